import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Converts parsed heads into requests and responses into parts for the encoder.
///
/// The codec also applies rules that the parser does not check (RFC 9112). Later code cannot see these details. A
/// request that breaks one is not valid: see ``HummingbirdCore/Request/isValid``.
///
/// - The target is a path, an absolute URL, or `*` of an `OPTIONS` request: ``RequestTarget``.
/// - HTTP/1.0 has no `Transfer-Encoding`: the end of such a request is ambiguous (section 6.1).
/// - HTTP/1.1 requires `Host` (section 3.2). HTTP/1.0 health checks have none.
/// - An HTTP/1.0 connection ends with the response, unless the client requests keep-alive.
///
/// The HTTP types have a codec too. It parses every target as a URL, which costs as much as the parser.
final class RequestCodec: ChannelDuplexHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard let request = HTTPRequest(head) else {
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
    /// The request of a head; `nil` if the method is no token.
    ///
    /// A request that is not valid has no path, and its connection closes after the response.
    fileprivate init?(_ head: HTTPRequestHead) {
        guard let method = try? Method(head.method) else { return nil }
        let target = RequestTarget(head.uri, method)
        self.init(method: method, scheme: "http", authority: nil, path: target?.path)
        headerFields.reserveCapacity(head.headers.count + 1)
        for (name, value) in head.headers {
            guard let name = HTTPField.Name(name) else { continue }
            // A second `Host` stays among the fields.
            if name == .host, authority == nil {
                authority = value
            } else {
                headerFields.append(HTTPField(name: name, value: value))
            }
        }
        if head.version == .http1_0 {
            if headerFields[.transferEncoding] != nil { path = nil }
            if !head.isKeepAlive { headerFields[.connection] = "close" }
        } else if authority == nil {
            path = nil
        }
        if path == nil { headerFields[.connection] = "close" }
        if let named = target?.authority { authority = named }
    }
}

extension Request {
    /// Whether the request has a target for an origin server, a host and an unambiguous end (RFC 9112).
    package var isValid: Bool { head.path != nil }
}

extension HTTPField.Name {
    /// A duplicate `Host` field of a request. The codec removes the first one from the fields.
    package static let host = custom("Host")
    /// The peer address of each proxy, in the order in which the request passed them.
    static let forwardedFor = custom("X-Forwarded-For")

    /// A name that the HTTP types do not define.
    package static func custom(_ name: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name("\(name)") else { preconditionFailure("\(name) is no header's name.") }
        return name
    }
}
