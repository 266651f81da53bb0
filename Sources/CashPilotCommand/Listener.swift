import CashPilotHTTP
import Hummingbird
import NIOCore
import NIOPosix
import ServiceLifecycle

/// An HTTP server that says on standard output where it listens: port 0 is whatever the system gave.
struct Listener: Service {
    /// Why the service cannot listen, with the setting to change.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private let server: any Service
    private let setting: Setting
    private let address: String

    /// - Parameters:
    ///   - setting: which of the ports this is.
    ///   - connections: those of this port.
    ///   - onListening: called once it listens.
    init(
        _ responder: some HTTPResponder<APIContext>, _ setting: Setting, _ connections: ConnectionList,
        _ configuration: ServerConfiguration, _ loops: MultiThreadedEventLoopGroup, _ executor: any TaskExecutor,
        onListening: @escaping @Sendable () -> Void
    ) {
        let isAPI = setting.name == Setting.httpPort.name
        let port = isAPI ? configuration.httpPort : configuration.managementPort
        // An IPv6 address stands in brackets where a port follows.
        let host = configuration.httpHost.contains(":") ? "[\(configuration.httpHost)]" : configuration.httpHost
        self.setting = setting
        address = "\(host):\(port)"
        let settings = HTTP1Connection.Settings(connections: connections, idleTimeout: configuration.httpIdleTimeout)
        server = HTTP1Connection(responder, settings, on: executor, now: { System.milliseconds() / 1000 })
            .server(host: configuration.httpHost, port: port, loops) { channel in
                let name = isAPI ? "listening" : "management"
                System.announce("cashpilot: \(name) on http://\(host):\(channel.localAddress?.port ?? port)")
                onListening()
            }
    }

    func run() async throws {
        do {
            try await server.run()
        } catch let error as IOError {
            throw Fault(description: "\(setting.name): cannot listen on \(address): \(error.description)")
        }
    }
}
