import Glibc
import Synchronization

/// A file descriptor that lines go to, and what the thread that writes them sleeps on.
final class LogSink: Sendable {
    private let descriptor: Int32
    /// Two ends of a socket, with something in it when the thread is wanted.
    private let wakeUp: (read: Int32, write: Int32)
    /// Whether the last write broke off inside a line.
    private let isTorn = Atomic(false)

    init(descriptor: Int32) throws(LogFault) {
        self.descriptor = descriptor
        var ends: [Int32] = [-1, -1]
        let type = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        guard socketpair(AF_UNIX, Int32(type), 0, &ends) == 0 else {
            throw .system(call: "socketpair", code: errno)
        }
        wakeUp = (ends[0], ends[1])
    }

    deinit {
        close(wakeUp.read)
        close(wakeUp.write)
    }

    /// Costs a system call. A socket that is full has enough in it.
    func wake() {
        var byte: UInt8 = 1
        _ = Glibc.write(wakeUp.write, &byte, 1)
    }

    /// Sleeps until ``wake()`` is called, or was since the last time; at most so long. −1 is without limit.
    func wait(milliseconds: Int) {
        var wanted = pollfd(fd: wakeUp.read, events: Int16(POLLIN), revents: 0)
        poll(&wanted, 1, Int32(milliseconds))
        var bytes: UInt64 = 0
        while read(wakeUp.read, &bytes, 8) == 8 {}
    }

    /// Sleeps, whoever calls.
    func pause(milliseconds: Int) { usleep(UInt32(milliseconds) * 1000) }

    /// Writes whole lines, for as long as it takes.
    ///
    /// - Returns: how many bytes were written before it failed for good; all of them, if it did not.
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
