import Glibc
import Logging

/// The process's limit of open files and sockets. Each connection uses one.
enum DescriptorLimit {
    /// Descriptors reserved for everything except HTTP connections, with a margin.
    static let reserve = 64

    /// The current limit.
    static var current: Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Int(clamping: limit.rlim_cur)
    }

    /// Raises the limit to `wanted`, or as far as the system allows. It never lowers the limit.
    ///
    /// - Returns: the resulting limit.
    static func raise(to wanted: Int) -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return .max }
        if limit.rlim_cur < rlim_t(wanted) {
            let before = limit
            limit.rlim_cur = min(rlim_t(wanted), limit.rlim_max)
            if setrlimit(resource, &limit) != 0 { limit = before }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// Maximum number of API connections. A low descriptor limit reduces the configured number.
    static func connectionsMax(_ configuration: ServerConfiguration, _ logger: Logger) -> Int {
        let wanted = configuration.httpConnectionsMax
        let others =
            Server.managementConnectionsMax + configuration.database.connections + reserve
        let limit = raise(to: wanted + others)
        guard limit < wanted + others else { return wanted }
        let possible = max(1, limit - others)
        logger.warning(
            "\(Setting.httpConnectionsMax.name) exceeds the limit of open files; raise `ulimit -n` or LimitNOFILE",
            metadata: ["wanted": "\(wanted)", "connections": "\(possible)", "open_files": "\(limit)"])
        return possible
    }
}
