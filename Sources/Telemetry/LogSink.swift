import Glibc
import Synchronization
import Threads

/// The log's file descriptor, and the socket pair that wakes the writer thread.
final class LogSink: Sendable {
    private let descriptor: Int32
    /// The two ends of a socket pair. A byte in it wakes the thread.
    private let wakeUp: (read: Int32, write: Int32)
    /// Whether the last write ended inside a line.
    private let isTorn = Atomic(false)

    init(descriptor: Int32) throws(SystemError) {
        self.descriptor = descriptor
        var ends: [Int32] = [-1, -1]
        let type = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        guard socketpair(AF_UNIX, Int32(type), 0, &ends) == 0 else {
            throw SystemError(call: "socketpair", code: errno)
        }
        wakeUp = (ends[0], ends[1])
    }

    deinit {
        close(wakeUp.read)
        close(wakeUp.write)
    }

    /// Wakes the thread, with one system call. A full socket already contains a wake-up.
    func wake() {
        var byte: UInt8 = 1
        _ = Glibc.write(wakeUp.write, &byte, 1)
    }

    /// Blocks until ``wake()`` is called (a pending wake returns at once) or the timeout elapses. −1 means no
    /// timeout.
    func wait(milliseconds: Int) {
        var wanted = pollfd(fd: wakeUp.read, events: Int16(POLLIN), revents: 0)
        poll(&wanted, 1, Int32(milliseconds))
        var bytes: UInt64 = 0
        while read(wakeUp.read, &bytes, 8) == 8 {}
    }

    /// Blocks the calling thread for this time.
    func pause(milliseconds: Int) { usleep(UInt32(milliseconds) * 1000) }

    /// Writes whole lines and retries until all are written or writing fails.
    ///
    /// - Returns: the number of bytes written. It is less than the size of `lines` only after a failure.
    func write(_ lines: [UInt8]) -> Int {
        if isTorn.load(ordering: .relaxed) {
            guard writeAll([UInt8(ascii: "\n")]) == 1 else { return 0 }
            isTorn.store(false, ordering: .relaxed)
        }
        let written = writeAll(lines)
        if written > 0, lines[written - 1] != UInt8(ascii: "\n") { isTorn.store(true, ordering: .relaxed) }
        return written
    }

    private func writeAll(_ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
                if count > 0 {
                    written += count
                } else if errno == EAGAIN {
                    var writable = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&writable, 1, -1)
                } else if errno != EINTR {
                    return written
                }
            }
            return written
        }
    }
}
