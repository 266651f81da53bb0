import NIOCore
import NIOHTTP1
import NIOPosix

/// An HTTP/1.1 client that opens a connection for each request.
///
/// A pool could reuse a connection that the server is about to close, and would have to send the request again or
/// report an error that is not the service's. Without a pool every request is sent exactly once, and every error is
/// its own. A connection on loopback costs less than a request.
enum HTTPClient {
    enum Failure: Error, CustomStringConvertible {
        case connectionClosed
        case responseTooLarge
        case timedOut(Duration)

        var description: String {
            switch self {
            case .connectionClosed: "the server closed the connection before the end of its response"
            case .responseTooLarge: "the response has more than \(HTTPClient.responseMax) bytes"
            case .timedOut(let limit): "the response was not complete after \(limit)"
            }
        }
    }

    /// The size of a body that ``Person/send(_:_:_:headers:within:)`` accepts, in bytes.
    static let responseMax = 8 << 20

    /// Sends a request with its target and headers unchanged.
    ///
    /// - Parameter limit: for the whole response.
    /// - Returns: the parts of the final response; 1xx responses are skipped. The stream ends after `.end`, and without
    ///   it if the task is cancelled. Releasing the stream closes the connection.
    /// - Throws: if there is no connection after 60 s. Later errors, a ``Failure`` among them, are the stream's.
    static func send(
        _ head: HTTPRequestHead, _ body: ByteBuffer?, to host: String, port: Int, within limit: Duration
    ) async throws -> AsyncThrowingStream<HTTPClientResponsePart, any Error> {
        let (parts, continuation) = AsyncThrowingStream<HTTPClientResponsePart, any Error>.makeStream()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(60))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    var encoding = HTTPRequestEncoder.Configuration()
                    encoding.automaticallySetFramingHeaders = false
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers(
                        enableOutboundHeaderValidation: false, encoderConfiguration: encoding)
                    try pipeline.addHandler(Exchange(head, body, continuation))
                }
            }
            .connect(host: host, port: port).get()
        let timer = channel.eventLoop.scheduleTask(in: TimeAmount(limit)) {
            continuation.finish(throwing: Failure.timedOut(limit))
        }
        continuation.onTermination = { _ in
            timer.cancel()
            channel.close(promise: nil)
        }
        return parts
    }
}

/// Sends one request and forwards the parts of its response.
private final class Exchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let head: HTTPRequestHead
    private let body: ByteBuffer?
    private let continuation: AsyncThrowingStream<HTTPClientResponsePart, any Error>.Continuation

    init(
        _ head: HTTPRequestHead, _ body: ByteBuffer?,
        _ continuation: AsyncThrowingStream<HTTPClientResponsePart, any Error>.Continuation
    ) {
        (self.head, self.body, self.continuation) = (head, body, continuation)
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let body { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        continuation.yield(part)
        guard case .end = part else { return }
        continuation.finish()
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        continuation.finish(throwing: error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        continuation.finish(throwing: HTTPClient.Failure.connectionClosed)
    }
}
