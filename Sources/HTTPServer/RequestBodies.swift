import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTPTypes

/// A request body that has not arrived completely.
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

/// Collects a body of known length, to write it at once.
final class WholeBody: ResponseBodyWriter {
    private(set) var bytes = ByteBuffer()

    func write(_ buffer: ByteBuffer) {
        var buffer = buffer
        if bytes.readableBytes == 0 { bytes = buffer } else { bytes.writeBuffer(&buffer) }
    }

    func finish(_ trailers: HTTPFields?) {}
}

/// Writes a body in pieces, and waits until the socket has accepted each piece.
struct StreamWriter: ResponseBodyWriter {
    let channel: any Channel

    func write(_ buffer: ByteBuffer) async throws {
        try await channel.writeAndFlush(HTTPResponsePart.body(buffer)).get()
    }

    func finish(_ trailers: HTTPFields?) async throws {
        try await channel.writeAndFlush(HTTPResponsePart.end(trailers)).get()
    }
}
