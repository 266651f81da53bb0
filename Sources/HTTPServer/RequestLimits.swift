import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTPTypes

/// Bounds the cost of a connection while a request arrives. Each connection has its own instance next to the parser.
///
/// - A request may take ``timeMax`` from its first byte to its last. After that, the reader of the body gets
///   ``SlowRequest``. A new connection must send its first byte within `timeMax`.
/// - ``ConnectionList`` limits the number of connections.
/// - A response is the connection's last if it begins before the request's last byte arrived, or if it says
///   `Connection: close`. The server then discards input for `lingerTime` and closes the connection.
/// - A client may pipeline `aheadMax` requests. If it sends more, the server responds to the first `aheadMax` only.
/// - A client that does not read its responses counts as idle. The server closes the connection when it could not write
///   for `timeMax`.
/// - A client that sends `Expect: 100-continue` gets `100 Continue` when a handler reads the body.
///
/// A request that arrives in one read needs no timer, except a connection's first request. All code here runs on the
/// connection's event loop.
final class RequestLimits: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Maximum time from the first byte of a request to its last. A body of 64 KiB then needs 52 kbit/s.
    static let timeMax = TimeAmount.seconds(10)
    /// Maximum number of unanswered requests of a connection. A request of 50 bytes uses kilobytes of memory.
    static let aheadMax = 16
    /// How long the server reads the rest of a request after the response. If the server closed at once, a client that
    /// still sends might never see the response.
    static let lingerTime = TimeAmount.seconds(2)
    /// After this many discarded bytes, the server stops reading.
    static let lingerBytesMax = 262_144
    /// The size in bytes that a discarded request head counts toward `lingerBytesMax`.
    private static let headBytes = 1024

    private let time: TimeAmount
    private let connections: ConnectionList
    /// The place in the connection list; `nil` while the connection is not listed.
    private var place: Int?
    /// Whether the client has sent anything yet.
    private var hasBegun = false
    /// The number of request heads that arrived and were not discarded.
    private var heads = 0
    /// The number of these requests that arrived completely.
    private var ends = 0
    /// The number of complete responses.
    private var answers = 0
    /// Whether the parser produced anything since the last read.
    private var hasParts = false
    /// Whether the current response is the connection's last.
    private var isLast = false
    /// Whether the last response is completely written.
    private var isDone = false
    /// Whether the server discards input.
    private var isDeaf = false
    /// The number of discarded bytes.
    private var dropped = 0
    /// Whether the client has closed its sending side.
    private var isInputClosed = false
    /// Called once when the client disconnects during a streaming response.
    private var onHangUp: (@Sendable () -> Void)?
    /// Ends the request, or closes the connection when the request is over.
    private var timer: Scheduled<Void>?
    /// Closes the connection while the client reads nothing.
    private var unread: Scheduled<Void>?

    init(_ connections: ConnectionList, time: TimeAmount = timeMax) {
        self.connections = connections
        self.time = time
    }

    func channelActive(context: ChannelHandlerContext) {
        place = connections.enter(context.channel)
        limitRequest(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        hasHungUp()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        leave()
        timer?.cancel()
        unread?.cancel()
    }

    private func leave() {
        if let place { connections.leave(place) }
        place = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { hasHungUp() }
        context.fireUserInboundEventTriggered(event)
    }

    private func hasHungUp() {
        isInputClosed = true
        onHangUp?()
        onHangUp = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        hasParts = true
        if case .head = part, heads - answers >= Self.aheadMax { isDeaf = true }
        guard !isDeaf else { return drop(part) }
        switch part {
        case .head: heads += 1
        case .body: break
        case .end:
            ends += 1
            stopTimer()
            if let place { connections.isServed(place) }
        }
        context.fireChannelRead(data)
    }

    private func drop(_ part: HTTPRequestPart) {
        switch part {
        case .head: dropped += Self.headBytes
        case .body(let bytes): dropped += bytes.readableBytes
        case .end: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !hasBegun {
            hasBegun = true
            if !isDeaf { stopTimer() }
        }
        // If the parser produced no part, a head has begun.
        if !isDeaf, timer == nil, heads > ends || !hasParts { limitRequest(context) }
        hasParts = false
        context.fireChannelReadComplete()
        // No other handler requests reads while the input is discarded.
        if isDeaf { read(context: context) }
    }

    func read(context: ChannelHandlerContext) {
        if dropped <= Self.lingerBytesMax { context.read() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isDone else { return promise?.fail(ChannelError.outputClosed) ?? () }
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.kind != .informational:
            isLast = (isDeaf && answers + 1 >= heads) || answers >= ends || head.headerFields[.connection] == "close"
            guard isLast else { return context.write(data, promise: promise) }
            head.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end where isLast:
            hasAnswered()
            isDone = true
            stopTimer()
            dropRest(context)
            let written = promise ?? context.eventLoop.makePromise(of: Void.self)
            written.futureResult.assumeIsolated().whenSuccess {
                context.close(mode: .output, promise: nil)
                self.hangUp(context)
            }
            context.writeAndFlush(data, promise: written)
        case .end:
            hasAnswered()
            context.write(data, promise: promise)
        case .head, .body: context.write(data, promise: promise)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        unread?.cancel()
        unread = nil
        if !context.channel.isWritable {
            if let place { connections.waits(place) }
            unread = context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
        } else if let place, answers < ends {
            connections.isServed(place)
        }
        context.fireChannelWritabilityChanged()
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        if let watched = event as? HangUpWatched {
            onHangUp = watched.onHangUp
            if isInputClosed { hasHungUp() }
            return promise?.succeed() ?? ()
        }
        guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        guard !isDeaf, heads > ends, answers == ends else { return promise?.succeed() ?? () }
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: promise)
    }

    private func hasAnswered() {
        answers += 1
        onHangUp = nil
        if let place, answers >= ends { connections.waits(place) }
    }

    private func stopTimer() {
        timer?.cancel()
        timer = nil
    }

    private func limitRequest(_ context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) {
            self.timer = nil
            // The previous request has no response yet, so the time limit of this request starts again.
            guard self.answers == self.ends else { return self.limitRequest(context) }
            // The reader of the body can still respond. Without a response, the connection closes after `lingerTime`.
            self.hangUp(context)
            context.fireErrorCaught(SlowRequest())
        }
    }

    /// Reads for `lingerTime` so that the client sees the response, then closes.
    private func hangUp(_ context: ChannelHandlerContext) {
        stopTimer()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingerTime) { context.close(promise: nil) }
        dropRest(context)
    }

    /// Discards the input that still arrives.
    private func dropRest(_ context: ChannelHandlerContext) {
        isDeaf = true
        context.read()
    }
}

/// A request did not arrive completely within ``RequestLimits/timeMax``.
package struct SlowRequest: Error {}

/// Signals that a handler waits for the body of a request.
struct BodyWanted: Sendable {}

/// Signals that a handler writes a streaming response and must know when the client disconnects. A half-closed
/// connection counts as disconnected: only a write that fails much later could distinguish the two.
struct HangUpWatched: Sendable {
    let onHangUp: @Sendable () -> Void
}
