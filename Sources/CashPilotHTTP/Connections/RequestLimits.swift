import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTPTypes

/// Bounds what one connection may cost while a request arrives. Each connection has its own, next to the parser.
///
/// - A request has a limit of time from its first byte to its last; then whoever reads it gets ``SlowRequest``. A new
///   connection has as long to begin its first.
/// - There is a limit of connections: ``ConnectionList``.
/// - An answer that goes out before the request's last byte came in, or that says `Connection: close`, is the last:
///   the rest is thrown away for a moment, and the connection is closed.
/// - A client may send some requests ahead of their answers; one that sends more gets the answers to these, and no more.
/// - A client that does not take its answers counts as waiting, and is cut off when they have been held for as long as a
///   request may take.
/// - A client that asks whether its body is wanted (`Expect: 100-continue`) is told so when somebody wants to read it.
///
/// A request that arrives whole costs no timer, but the first of a connection. All of it runs on the connection's event loop.
package final class RequestLimits: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    /// From the first byte of a request to its last: 64 KiB in that time is a line of 52 kbit/s.
    package static let timeMax = TimeAmount.seconds(10)
    /// Requests of a connection that have come in and are not answered: a few dozen bytes of each become kilobytes here.
    static let aheadMax = 16
    /// How long the rest of a request is read after the answer: cut off at once, a client that still sends might
    /// never see the answer.
    static let lingerTime = TimeAmount.seconds(2)
    /// How many bytes of that rest are taken; what is more stays with the client.
    static let lingerBytesMax = 262_144
    /// What a head counts for among them.
    private static let headBytes = 1024

    private let time: TimeAmount
    private let connections: ConnectionList
    /// Among the connections; nil before and after it is one.
    private var place: Int?
    /// Whether the client has sent anything yet.
    private var hasBegun = false
    /// Requests that began, requests that came to their end, and answers that did.
    private var heads = 0
    private var ends = 0
    private var answers = 0
    /// Whether anything came out of the parser since the last read.
    private var hasParts = false
    /// Whether the answer that is being written is the connection's last.
    private var isLast = false
    /// Whether the last answer has been written to its end.
    private var isDone = false
    /// Whether what still comes in is thrown away, and how many bytes were.
    private var isDeaf = false
    private var dropped = 0
    /// Whether the client sends no more.
    private var isInputClosed = false
    /// Told once when the client hangs up while an answer that does not end is written.
    private var onHangUp: (@Sendable () -> Void)?
    /// Ends the request, or the connection when the request is over.
    private var timer: Scheduled<Void>?
    /// Ends the connection while its client takes nothing.
    private var unread: Scheduled<Void>?

    package init(_ connections: ConnectionList, time: TimeAmount = timeMax) {
        self.connections = connections
        self.time = time
    }

    package func channelActive(context: ChannelHandlerContext) {
        place = connections.enter(context.channel)
        limitRequest(context)
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        leave()
        hasHungUp()
        context.fireChannelInactive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        leave()
        timer?.cancel()
        unread?.cancel()
    }

    private func leave() {
        if let place { connections.leave(place) }
        place = nil
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { hasHungUp() }
        context.fireUserInboundEventTriggered(event)
    }

    private func hasHungUp() {
        isInputClosed = true
        onHangUp?()
        onHangUp = nil
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
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

    package func channelReadComplete(context: ChannelHandlerContext) {
        if !hasBegun {
            hasBegun = true
            if !isDeaf { stopTimer() }
        }
        // Bytes of which the parser made nothing are the beginning of a head.
        if !isDeaf, timer == nil, heads > ends || !hasParts { limitRequest(context) }
        hasParts = false
        context.fireChannelReadComplete()
        // Nobody else asks for what is thrown away.
        if isDeaf { read(context: context) }
    }

    package func read(context: ChannelHandlerContext) {
        if dropped <= Self.lingerBytesMax { context.read() }
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
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

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
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

    package func triggerUserOutboundEvent(
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
            // The request before is not answered yet: this one is not slower than that.
            guard self.answers == self.ends else { return self.limitRequest(context) }
            // Whoever reads the body can still answer; then, or if nobody does, the connection ends.
            self.hangUp(context)
            context.fireErrorCaught(SlowRequest())
        }
    }

    /// Reads on for a moment for the client's sake, then closes.
    private func hangUp(_ context: ChannelHandlerContext) {
        stopTimer()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingerTime) { context.close(promise: nil) }
        dropRest(context)
    }

    /// Throws away what still comes in.
    private func dropRest(_ context: ChannelHandlerContext) {
        isDeaf = true
        context.read()
    }
}

/// A request did not come to its end within ``RequestLimits/timeMax``.
struct SlowRequest: Error {}

/// Tells the connection that somebody waits for the body of a request.
struct BodyWanted: Sendable {}

/// Tells the connection that somebody writes an answer that does not end, and wants to know when the client is gone. One
/// that only says no more counts as gone: nothing tells the two apart but a write that fails much later.
struct HangUpWatched: Sendable {
    let onHangUp: @Sendable () -> Void
}
