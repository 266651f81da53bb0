import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Hands the requests of a connection to whoever answers them, one after the other, each in a task of its own, and writes
/// the answers.
///
/// Between two requests there is no task: of a connection that waits, nothing is kept but its handlers. A request that has
/// come whole is handed over with its body; of another the body is read as it comes, by whoever wants it. What comes
/// behind a request that is being answered waits here, and when it is much the client is made to wait.
///
/// All of it runs on the connection's event loop, but the tasks.
final class RequestDispatcher: ChannelDuplexHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How requests are answered, on all connections of a port.
    struct Answers: Sendable {
        let executor: (any TaskExecutor)?
        let date: HTTPDate
        let answer: @Sendable (Request, any Channel) async throws -> Response
    }

    /// Why nothing more comes in.
    private enum InputEnd {
        case closed
        case failed(any Error)
    }

    private let answers: Answers
    private let idleTimeout: TimeAmount
    private var context: ChannelHandlerContext?
    /// The rest of the request that is answered, then those behind it.
    private var parts = HeldParts()
    private var inputEnd: InputEnd?
    /// Whether the event loop wants to read, and must wait because much is held.
    private var isReadDue = false
    /// The request that is being answered, as long as it is.
    private(set) var answering: Task<Void, Never>?
    /// Counts the requests, so that a body that outlives its request reads nothing of the next.
    private var number = 0
    /// Whether the end of the body of the request that is being answered was not taken yet.
    private var isBodyOpen = false
    /// Whoever wants the next bytes of that body, if they are not there yet.
    private var reader: EventLoopPromise<ByteBuffer?>?
    /// Whether the request that is being answered is to be the connection's last, by the client's wish.
    private var asksToClose = false
    /// Whether the connection ends with what has come.
    private var isQuiescing = false
    /// Whether it ends with the request that is being answered, whatever is behind it.
    private var isCancelled = false
    /// Whether the last answer has begun: what still comes in is for nobody.
    private var isOver = false
    private var lastActive = NIODeadline.now()
    private var idleTimer: Scheduled<Void>?

    init(_ answers: Answers, idleTimeout: TimeAmount) {
        self.answers = answers
        self.idleTimeout = idleTimeout
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        idleTimer?.cancel()
    }

    func channelActive(context: ChannelHandlerContext) {
        watchIdle(context, for: idleTimeout)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.failed(ChannelError.ioOnClosedChannel))
        context.fireChannelInactive()
    }

    // MARK: What comes in

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver, inputEnd == nil else { return }
        parts.append(unwrapInboundIn(data))
        // After a client's last byte NIO reads all that the system holds, asked or not.
        if parts.isOverflowing { context.close(promise: nil) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        lastActive = .now()
        advance()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        advance()
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { end(.failed(error)) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed: end(.closed)
        case is ChannelShouldQuiesceEvent: quiesce()
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func read(context: ChannelHandlerContext) {
        if parts.isFull { isReadDue = true } else { context.read() }
    }

    /// The request that is being answered is cancelled, and the connection ends with it.
    func cancel() {
        answering?.cancel()
        isCancelled = true
        failReader(with: CancellationError())
        quiesce()
    }

    private func quiesce() {
        isQuiescing = true
        if answering == nil, parts.isEmpty || isCancelled, !isOver, let context { closeWhenWritten(context) }
    }

    private func end(_ reason: InputEnd) {
        if inputEnd == nil { inputEnd = reason }
        advance()
    }

    /// Does what can be done with what is there.
    private func advance() {
        if answering != nil { feedReader() } else { takeRequest() }
    }

    /// After something was taken: reads on if that had to wait.
    private func readOn() {
        guard isReadDue, !parts.isFull else { return }
        isReadDue = false
        context?.read()
    }

    // MARK: Requests

    private func takeRequest() {
        // Whoever sends requests ahead and takes no answers gets no more of them, so that none pile up here.
        guard let context, !isOver, context.channel.isWritable else { return }
        guard case .head(let head)? = parts.take() else { return rest(context) }
        let body = parts.takeBody()
        number += 1
        asksToClose = head.headerFields[.connection].map(Self.saysClose) ?? false
        isBodyOpen = !parts.takeEnd()
        readOn()
        if !isBodyOpen {
            answer(Request(head: head, body: RequestBody(buffer: body ?? ByteBuffer())), context)
        } else {
            if let body { parts.putBack(body) }
            let reading = IncomingBody(
                dispatcher: NIOLoopBound(self, eventLoop: context.eventLoop), loop: context.eventLoop, number: number)
            answer(Request(head: head, body: RequestBody(asyncSequence: reading)), context)
        }
    }

    /// Nothing is there to be answered.
    private func rest(_ context: ChannelHandlerContext) {
        switch inputEnd {
        case nil: if isQuiescing { closeWhenWritten(context) }
        case .closed?: closeWhenWritten(context)
        case .failed(is HTTPParserError)?:
            let head = Response(status: .badRequest, headers: [.connection: "close"]).head
            isOver = true
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .failed?: context.close(promise: nil)
        }
    }

    /// The last answer may still be on its way: to close would cut it off.
    private func closeWhenWritten(_ context: ChannelHandlerContext) {
        isOver = true
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.body(ByteBuffer())), promise: written)
    }

    /// What a `Connection` field has is a list (RFC 9110, section 7.6.1).
    private static func saysClose(_ field: String) -> Bool {
        field.lowercased().split { $0 == "," || $0 == " " || $0 == "\t" }.contains("close")
    }

    // MARK: Bodies

    /// The next bytes of the body of request `number`; `nil` after the last, and when it is answered.
    func nextBytes(of number: Int, on loop: any EventLoop) -> EventLoopFuture<ByteBuffer?> {
        guard number == self.number, answering != nil, isBodyOpen, reader == nil else {
            return loop.makeSucceededFuture(nil)
        }
        let promise = loop.makePromise(of: ByteBuffer?.self)
        reader = promise
        feedReader()
        return promise.futureResult
    }

    private func failReader(with error: any Error) {
        reader?.fail(error)
        reader = nil
    }

    private func feedReader() {
        guard let reader, !parts.isEmpty || inputEnd != nil else { return }
        self.reader = nil
        if let bytes = parts.takeBody() {
            reader.succeed(bytes)
        } else if parts.takeEnd() {
            isBodyOpen = false
            reader.succeed(nil)
        } else if case .failed(let error) = inputEnd {
            reader.fail(error)
        } else {
            reader.fail(ChannelError.inputClosed)
        }
        readOn()
    }

    // MARK: Answers

    private func answer(_ request: Request, _ context: ChannelHandlerContext) {
        let (loop, channel) = (context.eventLoop, context.channel)
        let dispatcher = NIOLoopBound(self, eventLoop: loop)
        answering = Task(executorPreference: answers.executor) { [answers] in
            do {
                let response = try await answers.answer(request, channel)
                if response.body.contentLength == nil {
                    loop.execute { dispatcher.value.begin(response) }
                    try await response.body.write(StreamWriter(channel: channel))
                    loop.execute { dispatcher.value.hasAnswered() }
                } else {
                    let whole = WholeBody()
                    try await response.body.write(whole)
                    let bytes = whole.bytes
                    loop.execute { dispatcher.value.write(response, bytes) }
                }
            } catch {
                loop.execute { dispatcher.value.fail(error) }
            }
        }
    }

    private func write(_ response: Response, _ body: ByteBuffer) {
        guard let context, begin(response) else { return hasAnswered() }
        if body.readableBytes > 0 { context.write(wrapOutboundOut(.body(body)), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        hasAnswered()
    }

    /// Writes the head of an answer; whatever was not read of its request is dropped.
    ///
    /// - Returns: false if there is nobody to write to.
    @discardableResult
    private func begin(_ response: Response) -> Bool {
        guard let context else { return false }
        failReader(with: CancellationError())
        if isBodyOpen { isBodyOpen = !parts.dropRest() }
        readOn()
        var head = response.head
        head.headerFields[.date] = answers.date.text
        if asksToClose || isCancelled || isQuiescing && parts.isEmpty { head.headerFields[.connection] = "close" }
        // What is not whole by now is not read any more.
        isOver = isBodyOpen || head.headerFields[.connection] == "close"
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        return true
    }

    private func hasAnswered() {
        answering = nil
        lastActive = .now()
        takeRequest()
    }

    /// There is no answer, or it broke off.
    private func fail(_ error: any Error) {
        answering = nil
        guard error is HTTPParserError, !isOver else { return context?.close(promise: nil) ?? () }
        inputEnd = .failed(error)
        parts.removeAll()
        takeRequest()
    }

    // MARK: Idleness

    private func watchIdle(_ context: ChannelHandlerContext, for time: TimeAmount) {
        idleTimer = context.eventLoop.assumeIsolated().scheduleTask(in: time) {
            guard self.answering == nil else { return self.watchIdle(context, for: self.idleTimeout) }
            let rest = self.lastActive + self.idleTimeout - .now()
            if rest > .nanoseconds(0) { self.watchIdle(context, for: rest) } else { context.close(promise: nil) }
        }
    }
}
