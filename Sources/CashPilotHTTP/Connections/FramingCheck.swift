import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Refuses heads that the parser takes and this service does not, where what decides is not known any more behind
/// the codec (RFC 9112).
///
/// - The target is a path: `http://elsewhere/`, `elsewhere:80` and `*` are for proxies (section 3.2).
/// - HTTP/1.0 has no `Transfer-Encoding`: what such a request ends with can be read in two ways (section 6.1).
/// - HTTP/1.1 has a `Host` (section 3.2). Probes that speak 1.0 have none.
/// - HTTP/1.0 ends with the answer, unless the client asks for more.
final class FramingCheck: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// Puts one behind the parser.
    static func insert(in pipeline: ChannelPipeline.SynchronousOperations) throws {
        let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
        try pipeline.addHandler(FramingCheck(), position: .before(codec))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        let isOld = head.version == .http1_0
        guard head.uri.utf8.first == UInt8(ascii: "/"),
            isOld ? !head.headers.contains(name: "transfer-encoding") : head.headers.contains(name: "host")
        else {
            return context.fireErrorCaught(HTTPParserError.unknown)
        }
        guard isOld, !head.isKeepAlive else { return context.fireChannelRead(data) }
        head.headers.replaceOrAdd(name: "connection", value: "close")
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}
