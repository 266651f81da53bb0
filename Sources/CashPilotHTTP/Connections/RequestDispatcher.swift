import Hummingbird
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

    /// How many bytes wait here before no more are read; a part counts for its own size too.
    static let heldMax = 131_072

    /// Why nothing more comes in.
    private enum InputEnd {
        case closed
        case failed(any Error)
    }

    private let answers: Answers
    private let idleTimeout: TimeAmount
    private var context: ChannelHandlerContext?
    /// What came and was not taken yet: the rest of the request that is answered, then those behind it.
    private var parts = CircularBuffer<HTTPRequestPart>(initialCapacity: 4)
    private var held = 0
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
    /// Whether the connection ends with what it is at.
    private var isQuiescing = false
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
        let part = unwrapInboundIn(data)
        held += part.bytes
        parts.append(part)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        lastActive = .now()
        advance()
        context.fireChannelReadComplete()
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
        if held < Self.heldMax { context.read() } else { isReadDue = true }
    }

    /// The request that is being answered is cancelled, and the connection ends with it.
    func cancel() {
        answering?.cancel()
        reader?.fail(CancellationError())
        reader = nil
        quiesce()
    }

    private func quiesce() {
        isQuiescing = true
        if answering == nil, parts.isEmpty { context?.close(promise: nil) }
    }

    private func end(_ reason: InputEnd) {
        if inputEnd == nil { inputEnd = reason }
        advance()
    }

    /// Does what can be done with what is there.
    private func advance() {
        if answering != nil { feedReader() } else { takeRequest() }
    }

    private func takePart() -> HTTPRequestPart? {
        guard let part = parts.popFirst() else { return nil }
        held -= part.bytes
        if isReadDue, held < Self.heldMax {
            isReadDue = false
            context?.read()
        }
        return part
    }

    /// What is there of a body, at most a little more than anybody wants: nearly every body has come whole, in one piece,
    /// but it may as well come in a piece for each byte.
    private func takeBody() -> ByteBuffer? {
        var body: ByteBuffer?
        while case .body(var bytes)? = parts.first, body?.readableBytes ?? 0 <= Request.bodyMax {
            _ = takePart()
            if body == nil { body = bytes } else { body?.writeBuffer(&bytes) }
        }
        return body
    }

    // MARK: Requests

    private func takeRequest() {
        guard let context, !isOver else { return }
        guard case .head(let head)? = takePart() else { return rest(context) }
        let body = takeBody() ?? ByteBuffer()
        number += 1
        asksToClose = head.headerFields[.connection].map(Self.says("close")) ?? false
        isBodyOpen = true
        if case .end? = parts.first {
            _ = takePart()
            isBodyOpen = false
            answer(Request(head: head, body: RequestBody(buffer: body)), context)
        } else {
            if body.readableBytes > 0 {
                held += HTTPRequestPart.body(body).bytes
                parts.prepend(.body(body))
            }
            let reading = IncomingBody(
                dispatcher: NIOLoopBound(self, eventLoop: context.eventLoop), loop: context.eventLoop, number: number)
            answer(Request(head: head, body: RequestBody(asyncSequence: reading)), context)
        }
    }

    /// Nothing is there to be answered.
    private func rest(_ context: ChannelHandlerContext) {
        switch inputEnd {
        case nil: if isQuiescing { context.close(promise: nil) }
        case .closed?: context.close(mode: .output, promise: nil)
        case .failed(is HTTPParserError)?:
            let head = HTTPResponse(status: .badRequest, headerFields: [.connection: "close", .contentLength: "0"])
            isOver = true
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .failed?: context.close(promise: nil)
        }
    }

    private static func says(_ word: String) -> (String) -> Bool {
        { text in text.lowercased().split { $0 == "," || $0 == " " }.contains { $0 == word } }
    }

    // MARK: Bodies

    /// The next bytes of the body of request `number`; `nil` after the last.
    fileprivate func nextBytes(of number: Int) -> EventLoopFuture<ByteBuffer?>? {
        guard let context, number == self.number, isBodyOpen, reader == nil else { return nil }
        let promise = context.eventLoop.makePromise(of: ByteBuffer?.self)
        reader = promise
        feedReader()
        return promise.futureResult
    }

    private func feedReader() {
        guard let reader, !parts.isEmpty || inputEnd != nil else { return }
        self.reader = nil
        if let bytes = takeBody() {
            reader.succeed(bytes)
        } else if takePart() != nil {
            isBodyOpen = false
            reader.succeed(nil)
        } else if case .failed(let error) = inputEnd {
            reader.fail(error)
        } else {
            reader.fail(ChannelError.inputClosed)
        }
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
        while isBodyOpen, let part = takePart() {
            if case .end = part { isBodyOpen = false }
        }
        var head = response.head
        head.headerFields[.date] = answers.date.text
        if asksToClose || isQuiescing && parts.isEmpty { head.headerFields[.connection] = "close" }
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
        held = 0
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

extension HTTPRequestPart {
    /// What it counts for where it waits.
    fileprivate var bytes: Int {
        if case .body(let bytes) = self { bytes.readableBytes + 128 } else { 128 }
    }
}

/// The body of a request that has not come whole.
private struct IncomingBody: AsyncSequence, Sendable {
    let dispatcher: NIOLoopBound<RequestDispatcher>
    let loop: any EventLoop
    let number: Int

    struct AsyncIterator: AsyncIteratorProtocol {
        let body: IncomingBody

        func next() async throws -> ByteBuffer? {
            try await body.loop.flatSubmit {
                body.dispatcher.value.nextBytes(of: body.number) ?? body.loop.makeSucceededFuture(nil)
            }.get()
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: self) }
}

/// Keeps a body whose length is known, to be written in one go.
private final class WholeBody: ResponseBodyWriter {
    private(set) var bytes = ByteBuffer()

    func write(_ buffer: ByteBuffer) {
        var buffer = buffer
        if bytes.readableBytes == 0 { bytes = buffer } else { bytes.writeBuffer(&buffer) }
    }

    func finish(_ trailers: HTTPFields?) {}
}

/// Writes a body as it comes, and waits until the client's side has taken each piece.
private struct StreamWriter: ResponseBodyWriter {
    let channel: any Channel

    func write(_ buffer: ByteBuffer) async throws {
        try await channel.writeAndFlush(HTTPResponsePart.body(buffer)).get()
    }

    func finish(_ trailers: HTTPFields?) async throws {
        try await channel.writeAndFlush(HTTPResponsePart.end(trailers)).get()
    }
}
