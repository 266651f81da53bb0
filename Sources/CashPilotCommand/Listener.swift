import CashPilotHTTP
import HummingbirdCore
import NIOCore
import NIOPosix
import ServiceLifecycle

/// An HTTP server that says on standard output where it listens: port 0 is whatever the system gave.
struct Listener: Service {
    /// Why the service cannot listen, with the setting to change.
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
    ///   - setting: which of the ports this is.
    ///   - connections: those of this port.
    ///   - executor: where requests are answered.
    ///   - onListening: called once it listens.
    init(
        _ responder: some HTTPResponder, _ setting: Setting, _ connections: ConnectionList,
        _ configuration: ServerConfiguration, _ loops: MultiThreadedEventLoopGroup, on executor: any TaskExecutor,
        onListening: @escaping @Sendable () -> Void
    ) {
        self.setting = setting
        self.loops = loops
        self.onListening = onListening
        host = configuration.httpHost
        port = isAPI(setting) ? configuration.httpPort : configuration.managementPort
        let settings = HTTP1Connection.Settings(connections: connections, idleTimeout: configuration.httpIdleTimeout)
        connection = HTTP1Connection(responder, settings, on: executor, now: { System.milliseconds() / 1000 })
    }

    func run() async throws {
        // An IPv6 address stands in brackets where a port follows.
        let shownHost = host.contains(":") ? "[\(host)]" : host
        let name = isAPI(setting) ? "listening" : "management"
        do {
            try await connection.serve(host: host, port: port, loops) { [onListening, port] channel in
                System.announce("cashpilot: \(name) on http://\(shownHost):\(channel.localAddress?.port ?? port)")
                onListening()
            }
        } catch let error as IOError {
            throw Fault(
                description: "\(setting.name): cannot listen on \(shownHost):\(port): \(error.description)")
        }
    }
}

/// Whether it is the API's port, and not that of whoever runs the service.
private func isAPI(_ setting: Setting) -> Bool { setting.name == Setting.httpPort.name }
