import Glibc
import Logging

enum ProcessStatus {
    /// The process's start time, since 1970. It is read once, on first use.
    static let startTime: Duration? = {
        var (real, boot) = (timespec(), timespec())
        clock_gettime(CLOCK_REALTIME, &real)
        clock_gettime(CLOCK_BOOTTIME, &boot)
        // Field 22 of proc(5): the start time in clock ticks since boot. Two fields precede the closing parenthesis.
        guard let line = text(of: "/proc/self/stat"), let end = line.lastIndex(of: ")") else { return nil }
        let fields = line[end...].split(separator: " ")
        guard fields.count > 20, let ticks = Int64(fields[20]) else { return nil }
        return real.duration - boot.duration + Duration.milliseconds(ticks * 1_000 / Int64(sysconf(Int32(_SC_CLK_TCK))))
    }()

    /// The processor time of all threads since the start.
    static var processorTime: Duration? {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return time.duration
    }

    static var residentBytes: Int? {
        guard let fields = text(of: "/proc/self/statm")?.split(separator: " "), fields.count > 1 else { return nil }
        return Int(fields[1]).map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
    }

    /// The number of open descriptors.
    ///
    /// - Complexity: O(n) in the open descriptors, which the connection limit bounds.
    static var openDescriptors: Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        return count - 3  // `.`, `..` and this directory's own descriptor.
    }

    private static func text(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension timespec {
    fileprivate var duration: Duration { Duration.seconds(Int64(tv_sec)) + Duration.nanoseconds(Int64(tv_nsec)) }
}

/// The process's limit of open files and sockets. Each connection uses one.
enum DescriptorLimit {
    /// Descriptors reserved for everything except HTTP connections, with a margin.
    static let reserve = 64

    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

    private static var limit: rlimit? {
        var limit = rlimit()
        return getrlimit(resource, &limit) == 0 ? limit : nil
    }

    static var current: Int? { limit.map { Int(clamping: $0.rlim_cur) } }

    /// Raises the limit to `wanted`, or as far as the system allows. It never lowers the limit.
    ///
    /// - Returns: the resulting limit.
    static func raise(to wanted: Int) -> Int {
        guard var limit, let before = current else { return .max }
        limit.rlim_cur = min(rlim_t(wanted), limit.rlim_max)
        guard before < wanted, setrlimit(resource, &limit) == 0 else { return before }
        return Int(clamping: limit.rlim_cur)
    }

    /// Maximum number of API connections. A low descriptor limit reduces the configured number.
    static func connectionsMax(_ configuration: ServerConfiguration, _ logger: Logger) -> Int {
        let wanted = configuration.httpConnectionsMax
        let others = Server.managementConnectionsMax + configuration.database.connections + reserve
        let limit = raise(to: wanted + others)
        guard limit < wanted + others else { return wanted }
        let possible = max(1, limit - others)
        logger.warning(
            "\(Setting.httpConnectionsMax.name) exceeds the limit of open files; raise `ulimit -n` or LimitNOFILE",
            metadata: ["wanted": "\(wanted)", "connections": "\(possible)", "open_files": "\(limit)"])
        return possible
    }
}
