import Glibc

/// The operating system's data about this process.
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

    /// The content of a short file.
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
