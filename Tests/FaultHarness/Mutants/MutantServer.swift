import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport

/// An HTTP server whose responses come from a closure: the front end of the mutants.
final class MutantServer: Sendable {
    struct Request: Sendable {
        let method: String
        let path: String
        let headers: HTTPHeaders
        let body: [UInt8]
    }

    typealias Responder = @Sendable (Request) async throws -> Reply

    private let channel: any Channel
    let address: String

    static func start(_ respond: @escaping Responder) async throws -> MutantServer {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 64)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(Handler(respond))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return MutantServer(channel)
    }

    private init(_ channel: any Channel) {
        self.channel = channel
        address = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }

    func close() async throws { try await channel.close() }
}

/// One connection, which handles one request at a time.
private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let respond: MutantServer.Responder
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(_ respond: @escaping MutantServer.Responder) { self.respond = respond }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
        case .body(var bytes): body.writeBuffer(&bytes)
        case .end:
            guard let head else { return }
            let request = MutantServer.Request(
                method: head.method.rawValue, path: head.uri, headers: head.headers, body: Array(body.readableBytesView)
            )
            let respond = self.respond
            let promise = context.eventLoop.makePromise(of: Reply.self)
            promise.completeWithTask { try await respond(request) }
            let channel = context.channel
            promise.futureResult.whenComplete { Self.write($0, to: channel) }
        }
    }

    private static func write(_ result: Result<Reply, any Error>, to channel: any Channel) {
        let reply =
            switch result {
            case .success(let reply): reply
            case .failure(let error): Reply(status: 500, body: Array("\(error)".utf8))
            }
        let headers: HTTPHeaders = ["Content-Length": "\(reply.body.count)", "Content-Type": "application/json"]
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: reply.status), headers: headers)
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: reply.body))), promise: nil)
        channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
    }
}
