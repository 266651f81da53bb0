import Dispatch
import HummingbirdCore
import NIOCore
import NIOPosix
import TestSupport

@testable import HTTPServer

/// A server on a real port, for raw clients.
enum TestServer {
    /// A limit that no request exceeds on a busy machine.
    static let patience = TimeAmount.seconds(300)

    /// Runs the responding tasks on a separate thread, because other tests block Swift's threads for seconds.
    private final class Executor: TaskExecutor {
        static let shared = Executor()
        private let queue = DispatchQueue(label: "test server")

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    /// Serves the API while `client` runs.
    static func talk<Result: Sendable>(
        requestTime: TimeAmount = patience, _ client: @escaping @Sendable (RawConnection) -> Result
    ) async throws -> Result {
        try await serve(requestTime: requestTime) { port in try await RawConnection.talk(to: port, client) }
    }

    /// Serves the API while `body` runs.
    static func serve<Result: Sendable>(
        requestTime: TimeAmount = patience, connections: ConnectionList = ConnectionList(max: 64),
        _ body: (_ port: Int) async throws -> Result
    ) async throws -> Result {
        let api = try await APIFixture().api
        return try await serve(api, requestTime: requestTime, connections: connections, body)
    }

    /// Serves the responses of `responder` while `body` runs.
    static func serve<Result: Sendable>(
        _ responder: some HTTPResponder, requestTime: TimeAmount = patience,
        connections: ConnectionList = ConnectionList(max: 64), _ body: (_ port: Int) async throws -> Result
    ) async throws -> Result {
        let (ports, running) = AsyncStream<Int>.makeStream()
        let settings = HTTP1Connection.Settings(
            connections: connections, idleTimeout: .seconds(300), requestTime: requestTime)
        // One event loop, as in the program, so that connections are accepted in order.
        let connection = HTTP1Connection(responder, settings, on: Executor.shared, now: { 784_111_777 })
        let server = Task {
            try await connection.serve(host: "127.0.0.1", port: 0, MultiThreadedEventLoopGroup.singleton.any()) {
                running.yield($0.localAddress?.port ?? 0)
            }
        }
        defer { server.cancel() }
        guard let port = await ports.first(where: { _ in true }) else { throw RawConnection.Failure.noConnection }
        return try await body(port)
    }
}
