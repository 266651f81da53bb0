import CashPilotHTTP
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// An HTTP server that says on standard output where it listens: port 0 is whatever the system gave.
struct Listener<Responder: HTTPResponder>: Service
where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    /// Why the service cannot listen, with the setting to change.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private let application: Application<Responder>
    private let setting: Setting
    private let address: String

    /// - Parameters:
    ///   - setting: which of the ports this is.
    ///   - connections: those of this port.
    ///   - onListening: called once it listens.
    init(
        _ responder: Responder, _ setting: Setting, _ connections: ConnectionList, _ configuration: ServerConfiguration,
        _ loops: MultiThreadedEventLoopGroup, onListening: @escaping @Sendable () -> Void
    ) {
        let isAPI = setting.name == Setting.httpPort.name
        let port = isAPI ? configuration.httpPort : configuration.managementPort
        // An IPv6 address stands in brackets where a port follows.
        let host = configuration.httpHost.contains(":") ? "[\(configuration.httpHost)]" : configuration.httpHost
        self.setting = setting
        address = "\(host):\(port)"
        application = Application(
            responder: responder,
            server: HTTP1Connection.server(connections, idleTimeout: configuration.httpIdleTimeout),
            configuration: ApplicationConfiguration(address: .hostname(configuration.httpHost, port: port)),
            onServerRunning: { channel in
                let name = isAPI ? "listening" : "management"
                System.announce("cashpilot: \(name) on http://\(host):\(channel.localAddress?.port ?? port)")
                onListening()
            },
            eventLoopGroupProvider: .shared(loops),
            logger: Logger(label: "http") { _ in SwiftLogNoOpLogHandler() })
    }

    func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError {
            throw Fault(description: "\(setting.name): cannot listen on \(address): \(error.description)")
        }
    }
}
