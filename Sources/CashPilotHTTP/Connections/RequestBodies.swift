import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTPTypes

/// The body of a request that has not come whole.
struct IncomingBody: AsyncSequence, Sendable {
    let dispatcher: NIOLoopBound<RequestDispatcher>
    let loop: any EventLoop
    let number: Int

    struct AsyncIterator: AsyncIteratorProtocol {
        let body: IncomingBody

        func next() async throws -> ByteBuffer? {
            try await body.loop.flatSubmit {
                body.dispatcher.value.nextBytes(of: body.number, on: body.loop)
            }.get()
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: self) }
}

/// Keeps a body whose length is known, to be written in one go.
final class WholeBody: ResponseBodyWriter {
    private(set) var bytes = ByteBuffer()

    func write(_ buffer: ByteBuffer) {
        var buffer = buffer
        if bytes.readableBytes == 0 { bytes = buffer } else { bytes.writeBuffer(&buffer) }
    }

    func finish(_ trailers: HTTPFields?) {}
}

/// Writes a body as it comes, and waits until the client's side has taken each piece.
struct StreamWriter: ResponseBodyWriter {
    let channel: any Channel

    func write(_ buffer: ByteBuffer) async throws {
        try await channel.writeAndFlush(HTTPResponsePart.body(buffer)).get()
    }

    func finish(_ trailers: HTTPFields?) async throws {
        try await channel.writeAndFlush(HTTPResponsePart.end(trailers)).get()
    }
}
