import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Testing

@testable import HTTPServer

@Suite("Buffered request parts")
struct HeldPartsTests {
    private static func bytes(_ count: Int) -> HTTPRequestPart { .body(ByteBuffer(repeating: 7, count: count)) }

    @Test("A body that arrives byte by byte is buffered in one piece, at the cost of its bytes")
    func small() {
        var parts = HeldParts()
        for _ in 0..<60_000 { parts.append(Self.bytes(1)) }
        #expect(!parts.isFull)
        let body = parts.takeBody()
        #expect(body?.readableBytes == 60_000)
        #expect(parts.isEmpty)
    }

    @Test("The buffer is full at its limit, overflows at eight times that, and is usable again once emptied")
    func limits() {
        var parts = HeldParts()
        var appended = 0
        for _ in 0..<100 where !parts.isFull {
            parts.append(Self.bytes(65_536))
            appended += 65_536
        }
        #expect(appended == HeldParts.max)
        for _ in 0..<100 where !parts.isOverflowing {
            parts.append(Self.bytes(65_536))
            appended += 65_536
        }
        #expect((7 * HeldParts.max...8 * HeldParts.max).contains(appended))
        while parts.take() != nil {}
        #expect(!parts.isFull && !parts.isOverflowing)
    }

    @Test("Dropping the rest of a request drops nothing of the next request")
    func drops() {
        var parts = HeldParts()
        let head = HTTPRequestPart.head(HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/next"))
        for part in [Self.bytes(3), .end(nil), head] { parts.append(part) }
        let (isWhole, next, hasMore) = (parts.dropRest(), parts.take(), parts.dropRest())
        #expect(isWhole)
        #expect(next == head)
        #expect(!hasMore)
    }
}
