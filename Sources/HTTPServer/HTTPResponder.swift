import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// Responds to the requests of one port.
package protocol HTTPResponder: Sendable {
    func respond(to request: Request, on connection: RequestConnection) async throws -> Response

    /// Responds to bytes that are not an HTTP request. The connection closes after the response.
    func respond(to fault: InvalidRequest) -> Response
}

extension HTTPResponder {
    package func respond(to fault: InvalidRequest) -> Response { Response(status: fault.status) }
}

/// The reason why bytes are not an HTTP request.
package enum InvalidRequest: Sendable {
    case malformed
    case unknownMethod
    /// The request line or the fields exceed the limits.
    case tooLongHead

    init(_ error: HTTPParserError) {
        switch error {
        case .invalidMethod: self = .unknownMethod
        case .headerOverflow: self = .tooLongHead
        default: self = .malformed
        }
    }

    var status: HTTPResponse.Status {
        switch self {
        case .malformed: .badRequest
        case .unknownMethod: .notImplemented
        case .tooLongHead: .requestHeaderFieldsTooLarge
        }
    }
}

extension Error {
    /// Whether the bytes of a body are not valid HTTP.
    package var isInvalidHTTP: Bool { self is HTTPParserError }
}

/// The connection of a request, as a responder uses it.
package struct RequestConnection: Sendable {
    /// `nil` in tests.
    private let channel: (any Channel)?

    init(_ channel: any Channel) { self.channel = channel }

    /// No connection, for tests.
    package init() { channel = nil }

    /// The remote address: the client's, or a proxy's.
    package var peer: IPAddress? { channel?.remoteAddress?.ipAddress.flatMap { IPAddress($0) } }

    /// Sends `100 Continue` if the client waits for it before its body (`Expect: 100-continue`).
    package func askForBody() { channel?.triggerUserOutboundEvent(BodyWanted(), promise: nil) }

    /// Calls `done` if the client disconnects before the response is complete.
    package func whenHungUp(_ done: @escaping @Sendable () -> Void) {
        channel?.triggerUserOutboundEvent(HangUpWatched(onHangUp: done), promise: nil)
    }

    /// Closes the connection immediately and discards unsent bytes.
    package var cut: @Sendable () -> Void {
        let channel = channel
        return { channel?.close(promise: nil) }
    }
}
