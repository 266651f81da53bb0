import NIOCore
import NIOPosix
import Synchronization

/// A TCP proxy between the service and its database.
///
/// It can cut a connection at any message of PostgreSQL's protocol, stop forwarding, or change the severity of errors.
package final class DatabaseLine: Sendable {
    package enum Side: String, Sendable, CaseIterable {
        /// Messages of the service.
        case requests
        /// Messages of the database.
        case answers
    }

    package enum Fault: Sendable {
        /// Forwards this many messages of one side, counted over all connections, and cuts the connection of the next.
        case cut(Side, after: Int)
        /// Forwards nothing on any connection, and closes none.
        case silence
        /// Changes the severity of every `ERROR`.
        case severity(Severity)
    }

    /// The severity fields of an error, each of five letters; `nil` keeps the server's.
    package struct Severity: Sendable {
        /// The field `S`, which is translated.
        let shown: String?
        /// The field `V`, which is always in English.
        let meant: String?

        package init(shown: String? = nil, meant: String? = nil) {
            self.shown = shown
            self.meant = meant
        }
    }

    private struct State {
        var fault: Fault?
        var passed = 0
        var cuts = 0
    }

    private let state = Mutex(State())
    private let channel: any Channel
    /// The service connects with it: `host=127.0.0.1 port=…`, user and database.
    package let connectionString: String

    /// Opens a proxy.
    ///
    /// - Parameters:
    ///   - socket: the Unix socket of the server.
    ///   - rest: user and database of the connection string.
    package static func open(to socket: String, rest: String) async throws -> DatabaseLine {
        let line = Mutex<DatabaseLine?>(nil)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 64)
            .childChannelInitializer { service in
                // The channel is registered, and read, only after this.
                ClientBootstrap(group: service.eventLoop)
                    .channelOption(.autoRead, value: false)
                    .connect(unixDomainSocketPath: socket)
                    .flatMapThrowing { database -> any Channel in
                        guard let line = line.withLock({ $0 }) else { throw ChannelError.alreadyClosed }
                        try service.pipeline.syncOperations.addHandler(Relay(.requests, line: line, to: database))
                        try database.pipeline.syncOperations.addHandler(Relay(.answers, line: line, to: service))
                        return database
                    }
                    .flatMap { database in database.setOption(.autoRead, value: true) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        let opened = DatabaseLine(
            channel: channel, connectionString: "host=127.0.0.1 port=\(port) sslmode=disable gssencmode=disable \(rest)"
        )
        line.withLock { $0 = opened }
        return opened
    }

    /// Opens a proxy.
    ///
    /// - Parameter database: the connection string of the database.
    package static func open(to database: String) async throws -> DatabaseLine {
        let words = database.split(separator: " ")
        let folder = words.first { $0.hasPrefix("host=") }?.dropFirst("host=".count) ?? ""
        let rest = words.filter { !$0.hasPrefix("host=") }.joined(separator: " ")
        return try await open(to: "\(folder)/.s.PGSQL.5432", rest: rest)
    }

    /// Runs `body` with a shop whose service connects through a proxy, and closes the proxy.
    package static func withShop(
        settings: [String: String] = [:], _ body: (Shop, DatabaseLine) async throws -> Void
    ) async throws {
        var line: DatabaseLine?
        try await TestSupport.withShop(settings: settings) { database in
            let opened = try await open(to: database)
            line = opened
            return opened.connectionString
        } _: { shop in
            guard let line else { throw ChannelError.alreadyClosed }
            try await body(shop, line)
            try await line.close()
        }
    }

    private init(channel: any Channel, connectionString: String) {
        self.channel = channel
        self.connectionString = connectionString
    }

    package func close() async throws { try await channel.close() }

    /// Injects a fault from now on.
    package func arm(_ fault: Fault) { state.withLock { $0 = State(fault: fault) } }

    /// The number of connections that were cut since ``arm(_:)``.
    package var cuts: Int { state.withLock { $0.cuts } }

    /// Stops the fault.
    ///
    /// - Returns: the number of connections that were cut.
    @discardableResult
    package func disarm() -> Int {
        state.withLock { state in
            defer { state = State() }
            return state.cuts
        }
    }

    fileprivate enum Verdict {
        case pass, drop, cut
        case reword(Severity)
    }

    fileprivate func verdict(on side: Side) -> Verdict {
        state.withLock { state in
            switch state.fault {
            case nil: return .pass
            case .silence: return .drop
            case .severity(let severity): return side == .answers ? .reword(severity) : .pass
            case .cut(let faulty, let count):
                guard faulty == side, state.cuts == 0 else { return .pass }
                state.passed += 1
                guard state.passed > count else { return .pass }
                state.cuts += 1
                return .cut
            }
        }
    }
}

/// One direction of one connection: splits the stream into messages and forwards them.
private final class Relay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let side: DatabaseLine.Side
    private let line: DatabaseLine
    private let other: any Channel
    private var waiting = ByteBuffer()
    /// The first message of the service has no type byte.
    private var isFirst: Bool

    init(_ side: DatabaseLine.Side, line: DatabaseLine, to other: any Channel) {
        self.side = side
        self.line = line
        self.other = other
        isFirst = side == .requests
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        waiting.writeBuffer(&bytes)
        while let message = nextMessage() {
            switch line.verdict(on: side) {
            case .pass: other.write(message, promise: nil)
            case .reword(let severity): other.write(message.reworded(as: severity), promise: nil)
            case .drop: break
            case .cut:
                other.flush()
                other.close(promise: nil)
                return context.close(promise: nil)
            }
        }
        other.flush()
    }

    private func nextMessage() -> ByteBuffer? {
        let typeLength = isFirst ? 0 : 1
        guard let length = waiting.getInteger(at: waiting.readerIndex + typeLength, as: Int32.self),
            let message = waiting.readSlice(length: typeLength + Int(length))
        else { return nil }
        isFirst = false
        return message
    }

    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

extension ByteBuffer {
    /// A message of the server, with another severity of the same length if it is an error (`E`).
    fileprivate func reworded(as severity: DatabaseLine.Severity) -> ByteBuffer {
        guard getInteger(at: readerIndex, as: UInt8.self) == UInt8(ascii: "E") else { return self }
        var message = self
        // After the type and the length come fields: a letter and a text that ends with 0.
        var place = readerIndex + 5
        while let field = getInteger(at: place, as: UInt8.self), field != 0,
            let end = readableBytesView[(place + 1)...].firstIndex(of: 0)
        {
            let word = field == UInt8(ascii: "S") ? severity.shown : field == UInt8(ascii: "V") ? severity.meant : nil
            if let word, getString(at: place + 1, length: end - place - 1) == "ERROR" {
                message.setString(word, at: place + 1)
            }
            place = end + 1
        }
        return message
    }
}
