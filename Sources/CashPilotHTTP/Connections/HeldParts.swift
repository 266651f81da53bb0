import HummingbirdCore
import NIOCore
import NIOHTTPTypes

/// What came of requests and was not taken yet, in order.
struct HeldParts {
    /// How many bytes are held before no more are read; a part counts for its own size too. One reading may go beyond it.
    static let max = 131_072

    private var parts = CircularBuffer<HTTPRequestPart>(initialCapacity: 4)
    private var size = 0

    var isEmpty: Bool { parts.isEmpty }
    var isFull: Bool { size >= Self.max }
    /// More than what one reading can bring beyond the limit.
    var isOverflowing: Bool { size >= 8 * Self.max }

    /// Of a body that comes in small pieces one is made: each would else cost more than it holds.
    mutating func append(_ part: HTTPRequestPart) {
        var part = part
        if case .body(var bytes) = part, case .body(var last)? = parts.last,
            last.readableBytes + bytes.readableBytes <= Request.bodyMax
        {
            _ = parts.popLast()
            size -= HTTPRequestPart.body(last).size
            last.writeBuffer(&bytes)
            part = .body(last)
        }
        size += part.size
        parts.append(part)
    }

    mutating func take() -> HTTPRequestPart? {
        guard let part = parts.popFirst() else { return nil }
        size -= part.size
        return part
    }

    /// What is there of a body, at most a little more than anybody wants: nearly every body comes in one piece, but it may
    /// as well come in a piece for each byte.
    mutating func takeBody() -> ByteBuffer? {
        var body: ByteBuffer?
        while case .body(var bytes)? = parts.first, body?.readableBytes ?? 0 <= Request.bodyMax {
            _ = take()
            if body == nil { body = bytes } else { body?.writeBuffer(&bytes) }
        }
        return body
    }

    /// Takes the end of a request, if that comes next.
    mutating func takeEnd() -> Bool {
        guard case .end? = parts.first else { return false }
        _ = take()
        return true
    }

    /// Drops what is left of a request, as far as it is there.
    ///
    /// - Returns: whether all of it was.
    mutating func dropRest() -> Bool {
        while let part = take() {
            if case .end = part { return true }
        }
        return false
    }

    mutating func putBack(_ body: ByteBuffer) {
        let part = HTTPRequestPart.body(body)
        size += part.size
        parts.prepend(part)
    }

    mutating func removeAll() {
        parts.removeAll()
        size = 0
    }
}

extension HTTPRequestPart {
    fileprivate var size: Int {
        if case .body(let bytes) = self { bytes.readableBytes + 128 } else { 128 }
    }
}
