import Glibc
import Hummingbird
import Logging
import NIOCore

@testable import CashPilotHTTP

/// The API on a real port, and a client that writes bytes as it pleases.
enum TestServer {
    /// Serves for as long as `client` talks, on a thread of its own: a blocked thread of the executor's could be the
    /// one that answers.
    static func talk<Result: Sendable>(
        requestTime: TimeAmount = RequestLimits.timeMax, _ client: @escaping @Sendable (TestClient) -> Result
    ) async throws -> Result {
        let api = try await APIFixture().api
        let (ports, running) = AsyncStream<Int>.makeStream()
        let application = Application(
            responder: api,
            server: .http1(configuration: .init(additionalChannelHandlers: [RequestLimits(time: requestTime)])),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { running.yield($0.localAddress?.port ?? 0) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let server = Task { try await application.run() }
        defer { server.cancel() }
        guard let port = await ports.first(where: { _ in true }) else { throw TestClient.Fault.noServer }
        return try await withCheckedThrowingContinuation { continuation in
            let code = BackgroundThread.start("client") {
                guard let connection = TestClient(port: port) else {
                    return continuation.resume(throwing: TestClient.Fault.noConnection)
                }
                continuation.resume(returning: client(connection))
            }
            if code != 0 { continuation.resume(throwing: TestClient.Fault.noThread) }
        }
    }
}

/// One end of a connection, with waits of at most 10 s.
final class TestClient {
    enum Fault: Error {
        case noServer, noConnection, noThread
    }

    private let connection: Int32
    /// All that came and was not taken by ``receive(upTo:)``.
    private(set) var received = ""
    /// Whether the other side sends no more.
    private(set) var isEnded = false

    init?(port: Int) {
        connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
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

    /// - Returns: whether the other side still takes anything.
    @discardableResult
    func send(_ text: String) -> Bool {
        Glibc.send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL)) == text.utf8.count
    }

    /// Waits until `end` has come, and takes all up to and with it; all that came, if it never does.
    func receive(upTo end: String) -> String {
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

    /// Sends `text` again at each `interval`, for at most 10 s, until the other side hangs up.
    func trickle(_ text: String, milliseconds interval: UInt32) {
        for _ in 0..<(10_000 / interval) {
            _ = read(flags: Int32(MSG_DONTWAIT))
            if isEnded || !send(text) { return }
            pause(milliseconds: interval)
        }
    }

    func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

    /// Sends `text` again and again, as fast as it is taken and for at most 10 s, until the connection is closed.
    ///
    /// - Returns: how many bytes were taken, and whether it was closed.
    func pour(_ text: String) -> (taken: Int, isClosed: Bool) {
        let bytes = Array(text.utf8)
        var taken = 0
        let limit = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < limit {
            // What was taken in part goes on where it broke off.
            let rest = Array(bytes[(taken % bytes.count)...])
            let count = Glibc.send(connection, rest, rest.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            if count > 0 { taken += count }
            if count < 0 && errno != EAGAIN { return (taken, true) }
            if !read(flags: Int32(MSG_DONTWAIT)) && count < 0 { usleep(1000) }
        }
        return (taken, false)
    }

    /// - Returns: whether anything came.
    private func read(flags: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(connection, &buffer, buffer.count, flags)
        if count == 0 || count < 0 && errno != EAGAIN { isEnded = true }
        guard count > 0 else { return false }
        received += String(decoding: buffer.prefix(count), as: UTF8.self)
        return true
    }
}
