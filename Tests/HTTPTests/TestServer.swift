import NIOCore
import NIOPosix
import TestSupport

@testable import CashPilotHTTP

/// The API on a real port, and a client that writes bytes as it pleases.
enum TestServer {
    /// Serves for as long as `client` talks.
    static func talk<Result: Sendable>(
        requestTime: TimeAmount = RequestLimits.timeMax, _ client: @escaping @Sendable (RawConnection) -> Result
    ) async throws -> Result {
        try await serve(requestTime: requestTime) { port in try await RawConnection.talk(to: port, client) }
    }

    /// Serves for as long as `body` runs.
    static func serve<Result: Sendable>(
        requestTime: TimeAmount = RequestLimits.timeMax, connections: ConnectionList = ConnectionList(max: 64),
        _ body: (_ port: Int) async throws -> Result
    ) async throws -> Result {
        let api = try await APIFixture().api
        let (ports, running) = AsyncStream<Int>.makeStream()
        let settings = HTTP1Connection.Settings(
            connections: connections, idleTimeout: .seconds(60), requestTime: requestTime)
        // One loop, as the program has: what comes first is taken first.
        let service = HTTP1Connection(api, settings, on: nil, now: { 784_111_777 })
            .server(host: "127.0.0.1", port: 0, MultiThreadedEventLoopGroup.singleton.any()) {
                running.yield($0.localAddress?.port ?? 0)
            }
        let server = Task { try await service.run() }
        defer { server.cancel() }
        guard let port = await ports.first(where: { _ in true }) else { throw RawConnection.Fault.noConnection }
        return try await body(port)
    }
}
