import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Turns what the parser says into requests, and answers into what the encoder takes; and refuses heads that the parser
/// takes and this service does not, where what decides is not known any more in a request (RFC 9112).
///
/// - The target is a path: `http://elsewhere/`, `elsewhere:80` and `*` are for proxies (section 3.2).
/// - HTTP/1.0 has no `Transfer-Encoding`: what such a request ends with can be read in two ways (section 6.1).
/// - HTTP/1.1 has a `Host` (section 3.2). Probes that speak 1.0 have none.
/// - HTTP/1.0 ends with the answer, unless the client asks for more.
///
/// The codec that comes with the types takes every target apart as a URL, and so costs as much as the parser.
final class RequestCodec: ChannelDuplexHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard let request = HTTPRequest(framedPlainly: head) else {
                return context.fireErrorCaught(HTTPParserError.unknown)
            }
            context.fireChannelRead(wrapInboundOut(.head(request)))
        case .body(let bytes): context.fireChannelRead(wrapInboundOut(.body(bytes)))
        case .end(let trailers):
            context.fireChannelRead(wrapInboundOut(.end(trailers.map { HTTPFields($0, splitCookie: false) })))
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part: OutboundOut =
            switch unwrapOutboundIn(data) {
            case .head(let response): .head(HTTPResponseHead(response))
            case .body(let bytes): .body(.byteBuffer(bytes))
            case .end(let trailers): .end(trailers.map { HTTPHeaders($0) })
            }
        context.write(wrapOutboundOut(part), promise: promise)
    }
}

extension HTTPRequest {
    /// The request of a head; `nil` if it is refused.
    fileprivate init?(framedPlainly head: HTTPRequestHead) {
        guard head.uri.utf8.first == UInt8(ascii: "/"), let method = try? Method(head.method) else { return nil }
        self.init(method: method, scheme: "http", authority: nil, path: head.uri)
        headerFields.reserveCapacity(head.headers.count + 1)
        for (name, value) in head.headers {
            guard let name = HTTPField.Name(name) else { continue }
            // A second one stays among the fields.
            if name == .host, authority == nil {
                authority = value
            } else {
                headerFields.append(HTTPField(name: name, value: value))
            }
        }
        if head.version == .http1_0 {
            guard headerFields[.transferEncoding] == nil else { return nil }
            if !head.isKeepAlive { headerFields[.connection] = "close" }
        } else if authority == nil {
            return nil
        }
    }
}
