import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Runs the requests of one connection, one after the other, each in its own task.
///
/// An idle connection has one suspended task, which waits for the close. The handler gets a request that has arrived
/// completely with its body; otherwise it reads the body as it arrives. Later requests wait in this dispatcher while a
/// request runs. When their buffer is full, the dispatcher stops reading. All except the tasks runs on the event loop.
final class RequestDispatcher: ChannelDuplexHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How all connections of a port run requests.
    struct Answers: Sendable {
        let executor: (any TaskExecutor)?
        let date: HTTPDate
        let answer: @Sendable (Request, any Channel) async throws -> Response
        let refuse: @Sendable (InvalidRequest, any Channel) -> Response
    }

    /// Why no more input arrives.
    private enum InputEnd {
        case closed
        case failed(any Error)
    }

    private let answers: Answers
    private let idleTimeout: TimeAmount
    private var context: ChannelHandlerContext?
    /// The rest of the current request, then the requests after it.
    // Swift's exclusivity check is off: only the event loop uses it, and the check costs time for each part.
    @exclusivity(unchecked) private var parts = HeldParts()
    private var inputEnd: InputEnd?
    /// Whether a read is requested but delayed because the buffer is full.
    private var isReadDue = false
    /// The task of the current request; `nil` between two requests.
    private(set) var answering: Task<Void, Never>?
    /// The number of the current request. It keeps an old body from reading the next request's bytes.
    private var number = 0
    /// Whether the current request's body still has unread bytes or an unread end.
    private var isBodyOpen = false
    /// Waits for the next bytes of the body, if they have not arrived yet.
    private var reader: EventLoopPromise<ByteBuffer?>?
    /// Whether the client requested `Connection: close` after the current request.
    private var asksToClose = false
    /// Whether the connection closes after the requests that have arrived.
    private var isQuiescing = false
    /// Whether the connection closes after the current request, even if later requests have arrived.
    private var isCancelled = false
    /// Whether the last response has begun. From then on the dispatcher ignores input.
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

    // MARK: Input

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver, inputEnd == nil else { return }
        parts.append(unwrapInboundIn(data))
        // After the client closes its side, NIO reads all kernel buffers without a read request.
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

    /// Cancels the current request, and closes the connection after it.
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

    /// Processes the parts that have arrived.
    private func advance() {
        if answering != nil { fulfillReader() } else { takeRequest() }
    }

    /// Performs a delayed read once the buffer has room.
    private func readOn() {
        guard isReadDue, !parts.isFull else { return }
        isReadDue = false
        context?.read()
    }

    // MARK: Requests

    private func takeRequest() {
        // Starts no request while the client reads no responses. Responses would accumulate here.
        guard let context, !isOver, context.channel.isWritable else { return }
        guard case .head(let head)? = parts.take() else { return rest(context) }
        let body = parts.takeBody()
        number += 1
        asksToClose = head.headerFields[.connection].map(Self.saysClose) ?? false
        isBodyOpen = !parts.takeEnd()
        readOn()
        var request = Request(head: head, body: RequestBody(buffer: body ?? ByteBuffer()))
        if isBodyOpen {
            if let body { parts.putBack(body) }
            let reading = IncomingBody(
                dispatcher: NIOLoopBound(self, eventLoop: context.eventLoop), loop: context.eventLoop, number: number)
            request = Request(head: head, body: RequestBody(asyncSequence: reading))
        }
        run(context) { [answers, request] channel in try await answers.answer(request, channel) }
    }

    /// Called when no request is left to run.
    private func rest(_ context: ChannelHandlerContext) {
        switch inputEnd {
        case nil where !isQuiescing: break
        case nil, .closed?: closeWhenWritten(context)
        case .failed(let error as HTTPParserError)?:
            asksToClose = true
            run(context) { [answers] channel in answers.refuse(InvalidRequest(error), channel) }
        case .failed?: context.close(promise: nil)
        }
    }

    /// Flushes the last response before closing, because closing at once would truncate it.
    private func closeWhenWritten(_ context: ChannelHandlerContext) {
        isOver = true
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.body(ByteBuffer())), promise: written)
    }

    /// Whether a `Connection` field, which is a list (RFC 9110, section 7.6.1), contains `close`.
    private static func saysClose(_ field: String) -> Bool {
        field.lowercased().split { $0 == "," || $0 == " " || $0 == "\t" }.contains("close")
    }

    // MARK: Bodies

    /// The next bytes of the body of request `number`. `nil` after the last byte or the response.
    func nextBytes(of number: Int, on loop: any EventLoop) -> EventLoopFuture<ByteBuffer?> {
        guard number == self.number, answering != nil, isBodyOpen, reader == nil else {
            return loop.makeSucceededFuture(nil)
        }
        let promise = loop.makePromise(of: ByteBuffer?.self)
        reader = promise
        fulfillReader()
        return promise.futureResult
    }

    private func failReader(with error: any Error) {
        reader?.fail(error)
        reader = nil
    }

    private func fulfillReader() {
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

    // MARK: Responses

    private func run(
        _ context: ChannelHandlerContext, _ respond: @escaping @Sendable (any Channel) async throws -> Response
    ) {
        let (loop, channel) = (context.eventLoop, context.channel)
        let dispatcher = NIOLoopBound(self, eventLoop: loop)
        answering = Task(executorPreference: answers.executor) {
            do {
                let response = try await respond(channel)
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

    /// Writes the head of a response, and discards the unread rest of its request.
    ///
    /// - Returns: `false` if the connection is gone.
    @discardableResult
    private func begin(_ response: Response) -> Bool {
        guard let context else { return false }
        failReader(with: CancellationError())
        if isBodyOpen { isBodyOpen = !parts.dropRest() }
        readOn()
        var head = response.head
        head.headerFields[.date] = answers.date.text
        if asksToClose || isCancelled || isQuiescing && parts.isEmpty { head.headerFields[.connection] = "close" }
        // The dispatcher does not read the rest of an incomplete request.
        isOver = isBodyOpen || head.headerFields[.connection] == "close"
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        return true
    }

    private func hasAnswered() {
        answering = nil
        lastActive = .now()
        takeRequest()
    }

    /// Ends a request whose response is missing or broke off.
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
