import Foundation
import Glibc

/// A blocking TCP client for bytes that no client library would send. A read waits for at most 60 s.
///
/// Use it on its own thread: ``RawConnection/talk(to:_:)``.
package final class RawConnection {
    package enum Failure: Error {
        case noConnection
    }

    private let connection: Int32
    /// The received text that ``receive(upTo:)`` has not returned yet.
    package private(set) var received = ""
    /// Whether the other side has closed the connection.
    package private(set) var isEnded = false

    /// Connects to a port of loopback and runs `body` on a new thread.
    ///
    /// A blocked thread of the executor could be the one that serves the request.
    package static func talk<Result: Sendable>(
        to port: Int, _ body: @escaping @Sendable (RawConnection) -> Result
    ) async throws -> Result {
        try await offExecutor {
            guard let connection = RawConnection(port: port) else { throw Failure.noConnection }
            return body(connection)
        }
    }

    package init?(port: Int) {
        connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { return nil }
    }

    deinit { close(connection) }

    /// - Returns: whether all bytes were sent.
    @discardableResult
    package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        Glibc.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    /// Half-closes the connection.
    package func finish() { shutdown(connection, Int32(SHUT_WR)) }

    /// Resets the connection: the other side gets an error instead of an end. The connection cannot be used afterwards.
    package func reset() {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        // The descriptor stays open for `deinit`.
        let nowhere = open("/dev/null", O_RDWR)
        dup2(nowhere, connection)
        close(nowhere)
    }

    /// Waits for `end` and returns the text up to and including it, or all received text if the connection ends first.
    package func receive(upTo end: String) -> String {
        while true {
            if let range = received.firstRange(of: end) {
                let taken = String(received[..<range.upperBound])
                received = String(received[range.upperBound...])
                return taken
            }
            guard read(flags: 0) else { break }
        }
        defer { received = "" }
        return received
    }

    /// Reads until the connection ends.
    ///
    /// - Returns: the number of bytes that are `byte`.
    package func drain(counting byte: UInt8) -> Int {
        var count = 0
        repeat {
            count += received.utf8.count { $0 == byte }
            received = ""
        } while read(flags: 0)
        return count
    }

    /// Whether the other side is known to have closed the connection, without waiting.
    package func isKnownToHaveEnded() -> Bool {
        while read(flags: Int32(MSG_DONTWAIT)) {}
        return isEnded
    }

    /// Sends `text` every `interval` ms until the other side closes the connection, for at most `limit` ms.
    package func trickle(_ text: String, milliseconds interval: UInt32, for limit: UInt32 = 60_000) {
        for _ in 0..<(limit / interval) {
            _ = read(flags: Int32(MSG_DONTWAIT))
            if isEnded || !send(text) { return }
            pause(milliseconds: interval)
        }
    }

    package func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

    /// Sends `text` repeatedly until the connection is closed, 64 MiB are sent, or no byte is accepted for `idle`.
    ///
    /// - Returns: the number of bytes sent, and whether the connection was closed.
    package func pour(_ text: String, idle: Duration = .seconds(120)) -> (taken: Int, isClosed: Bool) {
        let bytes = Array(text.utf8)
        var taken = 0
        var limit = ContinuousClock.now + idle
        while taken < 64 << 20, ContinuousClock.now < limit {
            // After a partial write, continue with the rest.
            let rest = Array(bytes[(taken % bytes.count)...])
            let count = Glibc.send(connection, rest, rest.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            if count > 0 {
                taken += count
                limit = .now + idle
            }
            if count < 0 && errno != EAGAIN {
                while read(flags: Int32(MSG_DONTWAIT)) {}
                return (taken, true)
            }
            if !read(flags: Int32(MSG_DONTWAIT)) && count < 0 { usleep(1000) }
        }
        return (taken, false)
    }

    /// - Returns: whether any byte was received.
    private func read(flags: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(connection, &buffer, buffer.count, flags)
        if count == 0 || count < 0 && errno != EAGAIN { isEnded = true }
        guard count > 0 else { return false }
        received += String(decoding: buffer.prefix(count), as: UTF8.self)
        return true
    }
}
