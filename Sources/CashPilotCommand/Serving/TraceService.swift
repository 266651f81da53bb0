import FoundationEssentials
import Glibc
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
import Telemetry

/// Exports spans to the collector periodically, and the remaining ones at shutdown.
struct TraceService: Service {
    static let interval = Duration.seconds(1)
    /// The time limit of one export, from connecting to the response. A shutdown may wait for two exports.
    static let exportMax = TimeAmount.seconds(2)

    let tracer: Tracer
    let configuration: TraceConfiguration
    /// Exports run on one of these loops.
    let loops: any EventLoopGroup
    let logger: Logger

    func run() async {
        var isFailing = false
        var isLast = false
        while !isLast {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
            // Checks before taking the spans, so that the last batch is complete.
            isLast = Task.isShuttingDownGracefully || Task.isCancelled
            let batch = tracer.take()
            guard batch.count > 0 else { continue }
            do {
                try await post(batch)
                tracer.report(batch, isExported: true)
                if isFailing { logger.notice("Spans are exported again") }
                isFailing = false
            } catch {
                // Failed batches are not sent again, because newer spans are more useful.
                tracer.report(batch, isExported: false)
                if !isFailing {
                    logger.warning(
                        "Spans are not exported", metadata: ["error": "\(configuration.url.absoluteString): \(error)"])
                }
                isFailing = true
            }
        }
    }

    /// - Throws: ``HTTPPostError`` unless the collector responds with 200.
    private func post(_ batch: SpanBatch) async throws {
        let request = HTTPPost(
            to: configuration.url, "application/json",
            batch.export(scope: "cashpilot", service: configuration.name, version: Build.version))
        let status = try await request.send(within: Self.exportMax, on: loops.next())
        guard status == .ok else { throw HTTPPostError("the response has status \(status.code)") }
    }
}

/// A POST request over plain HTTP/1.1, sent on a connection of its own.
struct HTTPPost: Sendable {
    /// Maximum size of a response body, in bytes.
    static let responseMax = 64 << 10

    fileprivate let head: HTTPRequestHead
    fileprivate let body: ByteBuffer
    private let host: String
    private let port: Int

    /// - Parameters:
    ///   - url: `http://` with a host. User, query and fragment are ignored.
    ///   - type: the `Content-Type` of `body`.
    init(to url: URL, _ type: String, _ body: [UInt8]) {
        let host = String((url.host(percentEncoded: false) ?? "").filter { $0 != "[" && $0 != "]" })
        let authority = (host.contains(":") ? "[\(host)]" : host) + (url.port.map { ":\($0)" } ?? "")
        let headers: HTTPHeaders = [
            "Host": authority, "Content-Type": type, "Content-Length": "\(body.count)", "Connection": "close",
        ]
        head = HTTPRequestHead(version: .http1_1, method: .POST, uri: url.path(percentEncoded: true), headers: headers)
        self.body = ByteBuffer(bytes: body)
        self.host = host
        port = url.port ?? 80
    }

    /// Connects, sends the request, and reads the whole response. It does not follow redirects.
    ///
    /// - Parameter limit: the time limit for all of these steps.
    /// - Returns: the status of the response.
    /// - Throws: ``HTTPPostError``.
    func send(within limit: TimeAmount, on loop: any EventLoop) async throws -> HTTPResponseStatus {
        let response = loop.makePromise(of: HTTPResponseStatus.self)
        let late = HTTPPostError("no response within \(limit.nanoseconds / 1_000_000) ms")
        let deadline = loop.scheduleTask(in: limit) { response.fail(late) }
        let connection = ClientBootstrap(group: loop)
            .connectTimeout(limit)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(Exchange(self, response))
                }
            }
            .connect(host: host, port: port)
        connection.whenFailure { response.fail($0) }
        response.futureResult.whenComplete { _ in
            deadline.cancel()
            connection.whenSuccess { $0.close(promise: nil) }
        }
        do {
            return try await response.futureResult.get()
        } catch {
            throw HTTPPostError(error)
        }
    }
}

/// Why a POST failed, as a phrase for the log.
struct HTTPPostError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    init(_ error: any Error) {
        description =
            switch error {
            case let error as HTTPPostError: error.description
            case let error as NIOConnectionError:
                error.connectionErrors.first.map { Self($0.error).description } ?? "the host name cannot be resolved"
            case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
            case is HTTPParserError: "the response is not valid HTTP"
            default: "\(error)"
            }
    }
}

/// Sends the request once its connection is established, and completes `response`. The first result counts.
private final class Exchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: HTTPPost
    private let response: EventLoopPromise<HTTPResponseStatus>
    private var status: HTTPResponseStatus?
    private var bytesLeft = HTTPPost.responseMax

    init(_ request: HTTPPost, _ response: EventLoopPromise<HTTPResponseStatus>) {
        self.request = request
        self.response = response
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(request.head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(request.body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = head.status
        case .body(let part):
            bytesLeft -= part.readableBytes
            if bytesLeft < 0 {
                response.fail(HTTPPostError("the response is longer than \(HTTPPost.responseMax) bytes"))
            }
        case .end: if let status { response.succeed(status) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { response.fail(error) }

    func channelInactive(context: ChannelHandlerContext) {
        response.fail(HTTPPostError("the connection closed before the response ended"))
    }
}
