import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// How a connection is served: the handlers that its bytes go through, in order, and the loop that answers them, which is
/// Hummingbird's.
package struct HTTP1Connection: HTTPChannelHandler {
    package typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    package let responder: Responder
    private let connections: ConnectionList
    private let idleTimeout: Duration
    private let requestTime: TimeAmount

    /// - Parameters:
    ///   - connections: those of this port.
    ///   - idleTimeout: a connection on which nothing happens for so long is closed.
    ///   - requestTime: from the first byte of a request to its last.
    package static func server(
        _ connections: ConnectionList, idleTimeout: Duration, requestTime: TimeAmount = RequestLimits.timeMax
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            HTTP1Connection(
                responder: responder, connections: connections, idleTimeout: idleTimeout, requestTime: requestTime)
        }
    }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false,  // The loop takes one request after the other.
                withErrorHandling: false,  // The loop answers 400.
                withOutboundHeaderValidation: false,  // The types do that.
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: Self.decoderLimits)
            try pipeline.addHandlers([
                RequestCodec(),
                RequestLimits(connections, time: requestTime),
                HTTPConnectionStateHandler(idleTimeout: idleTimeout, logger: logger),
            ])
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    package func handle(value: Value, logger: Logger) async { await handleHTTP(asyncChannel: value, logger: logger) }

    private static var decoderLimits: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 16_384
        limits.maxHeaderListSize = 32_768
        limits.maxHeaderFieldCount = 100
        return limits
    }
}
