import HTTPServer
import HummingbirdCore
import NIOCore
import NIOPosix
import Postgres
import ServiceLifecycle

/// An HTTP server that prints its address. With port 0, the system chooses the port.
struct Listener: Service {
    /// The service cannot listen. The error names the setting to change.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private let connection: HTTP1Connection
    private let setting: Setting
    private let host: String
    private let port: Int
    private let loops: MultiThreadedEventLoopGroup
    private let onListening: @Sendable () -> Void

    /// - Parameters:
    ///   - setting: the setting of this server's port.
    ///   - connections: the connections of this port.
    ///   - executor: runs the request handlers.
    ///   - onRefused: called for each request that is not valid HTTP.
    ///   - onListening: called once the server listens.
    init(
        _ responder: some HTTPResponder, _ setting: Setting, _ connections: ConnectionList,
        _ configuration: ServerConfiguration, _ loops: MultiThreadedEventLoopGroup, on executor: any TaskExecutor,
        onRefused: @escaping @Sendable (IPAddress?) -> Void, onListening: @escaping @Sendable () -> Void
    ) {
        self.setting = setting
        self.loops = loops
        self.onListening = onListening
        host = configuration.httpHost
        port = isAPI(setting) ? configuration.httpPort : configuration.managementPort
        let settings = HTTP1Connection.Settings(connections: connections, idleTimeout: configuration.httpIdleTimeout)
        connection = HTTP1Connection(
            responder, settings, on: executor, now: { System.milliseconds() / 1000 },
            onRefused: onRefused)
    }

    func run() async throws {
        // An IPv6 address needs brackets before a port.
        let shownHost = host.contains(":") ? "[\(host)]" : host
        let name = isAPI(setting) ? "listening" : "management"
        do {
            try await connection.serve(host: host, port: port, loops) { [onListening, port] channel in
                System.announce("cashpilot: \(name) on http://\(shownHost):\(channel.localAddress?.port ?? port)")
                onListening()
            }
        } catch let error as IOError {
            throw Fault(description: "\(setting.name): cannot listen on \(shownHost):\(port): \(error.description)")
        }
    }
}

/// Whether this is the API port, not the management port.
private func isAPI(_ setting: Setting) -> Bool { setting.name == Setting.httpPort.name }

/// Applies a request deadline to all database statements of a request. No other HTTP type depends on the database
/// module.
struct TimeLimited<Responder: HTTPResponder>: HTTPResponder {
    let responder: Responder
    let limit: Duration

    func respond(to request: Request, on connection: RequestConnection) async throws -> Response {
        try await RequestDeadline.with(limit) { try await responder.respond(to: request, on: connection) }
    }

    func respond(to fault: InvalidRequest) -> Response { responder.respond(to: fault) }
}
