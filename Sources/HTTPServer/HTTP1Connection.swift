import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// Sets up a connection's channel handlers, in the order in which bytes pass them.
package struct HTTP1Connection: ServerChildChannel {
    /// One connection, until it is closed and its last request has ended.
    package struct Value: ServerChildChannelValue {
        package let channel: any Channel
        fileprivate let dispatcher: NIOLoopBound<RequestDispatcher>
    }

    private let settings: Settings
    private let answers: RequestDispatcher.Answers

    /// The limits of one port's connections.
    package struct Settings: Sendable {
        let connections: ConnectionList
        let idleTimeout: TimeAmount
        let requestTime: TimeAmount

        /// - Parameters:
        ///   - connections: the connections of this port.
        ///   - idleTimeout: the server closes a connection without activity for this time.
        ///   - requestTime: the time limit from the first byte of a request to its last.
        package init(
            connections: ConnectionList, idleTimeout: Duration, requestTime: TimeAmount = RequestLimits.timeMax
        ) {
            self.connections = connections
            self.idleTimeout = TimeAmount(idleTimeout)
            self.requestTime = requestTime
        }
    }

    /// - Parameters:
    ///   - executor: runs the request handlers.
    ///   - now: seconds since 1970.
    ///   - onRefused: called with the remote address for each ``InvalidRequest``.
    package init(
        _ responder: some HTTPResponder, _ settings: Settings, on executor: (any TaskExecutor)?,
        now: @escaping @Sendable () -> Int64, onRefused: @escaping @Sendable (IPAddress?) -> Void = { _ in }
    ) {
        self.settings = settings
        answers = RequestDispatcher.Answers(
            executor: executor, date: HTTPDate(now: now),
            answer: { request, channel in
                try await responder.respond(to: request, on: RequestConnection(channel))
            },
            refuse: { fault, channel in
                onRefused(RequestConnection(channel).peer)
                return responder.respond(to: fault)
            })
    }

    /// Accepts connections at an address until the task is cancelled or shut down gracefully.
    ///
    /// - Parameter onListening: called once the socket listens.
    /// - Throws: `IOError` if the socket cannot listen at the address.
    package func serve(
        host: String, port: Int, _ loops: any EventLoopGroup, onListening: @escaping @Sendable (any Channel) -> Void
    ) async throws {
        let server = Server(
            childChannelSetup: self, configuration: ServerConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { onListening($0) }, eventLoopGroup: loops,
            logger: Logger(label: "http") { _ in SwiftLogNoOpLogHandler() })
        try await server.run()
    }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false,  // The dispatcher runs one request at a time.
                withErrorHandling: false,  // The dispatcher responds.
                withOutboundHeaderValidation: false,  // The HTTP types validate fields.
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: Self.decoderLimits)
            let dispatcher = RequestDispatcher(answers, idleTimeout: settings.idleTimeout)
            try pipeline.addHandlers([
                RequestCodec(), RequestLimits(settings.connections, time: settings.requestTime), dispatcher,
            ])
            return Value(channel: channel, dispatcher: NIOLoopBound(dispatcher, eventLoop: channel.eventLoop))
        }
    }

    package func handle(value: Value, logger: Logger) async {
        let loop = value.channel.eventLoop
        await withTaskCancellationHandler {
            try? await value.channel.closeFuture.get()
            let last = try? await loop.submit { value.dispatcher.value.answering }.get()
            await last?.value
        } onCancel: {
            loop.execute { value.dispatcher.value.cancel() }
        }
    }

    private static var decoderLimits: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 16_384
        limits.maxHeaderListSize = 32_768
        limits.maxHeaderFieldCount = 100
        return limits
    }
}
