import Glibc
import Logging

/// How many files and sockets the process may have open: each connection is one.
enum DescriptorLimit {
    /// What the process has open besides its connections, with room.
    static let reserve = 64

    /// The limit that holds now.
    static var current: Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Int(clamping: limit.rlim_cur)
    }

    /// Raises the limit as far as `wanted`, or as far as the system lets us. It is never lowered.
    ///
    /// - Returns: the limit that holds now.
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

    /// How many connections the API may have: as many as it is told, or fewer if the system has no more to give.
    static func connectionsMax(_ configuration: ServerConfiguration, _ logger: Logger) -> Int {
        let wanted = configuration.httpConnectionsMax
        let others =
            Server.managementConnectionsMax + configuration.database.connections + reserve
        let limit = raise(to: wanted + others)
        guard limit < wanted + others else { return wanted }
        let possible = max(1, limit - others)
        logger.warning(
            "\(Setting.httpConnectionsMax.name) is more than the limit of open files allows",
            metadata: ["wanted": "\(wanted)", "connections": "\(possible)", "open_files": "\(limit)"])
        return possible
    }
}
