import NIOCore
import NIOHTTPTypes

/// Request parts that have arrived and are not processed yet, in order.
struct HeldParts {
    /// Maximum buffered size in bytes before reading stops. Each part also counts its own overhead, and one read may
    /// exceed the limit.
    static let max = 131_072
    /// Maximum size in bytes up to which pieces of a body become one. The result may exceed it by one piece.
    static let mergedMax = 65_536

    private var parts = CircularBuffer<HTTPRequestPart>(initialCapacity: 4)
    private var size = 0

    var isEmpty: Bool { parts.isEmpty }
    var isFull: Bool { size >= Self.max }
    /// Whether the buffer is larger than one read can make it.
    var isOverflowing: Bool { size >= 8 * Self.max }

    /// Adds a part. It merges small pieces of a body, because each piece would cost more than its content.
    mutating func append(_ part: HTTPRequestPart) {
        var part = part
        if case .body(var bytes) = part, case .body(var last)? = parts.last,
            last.readableBytes + bytes.readableBytes <= Self.mergedMax
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

    /// Takes the buffered bytes of a body, which usually arrives in one piece. The result may exceed ``mergedMax`` by
    /// one piece.
    mutating func takeBody() -> ByteBuffer? {
        var body: ByteBuffer?
        while case .body(var bytes)? = parts.first, body?.readableBytes ?? 0 <= Self.mergedMax {
            _ = take()
            if body == nil { body = bytes } else { body?.writeBuffer(&bytes) }
        }
        return body
    }

    /// Takes the end of a request, if it is next.
    mutating func takeEnd() -> Bool {
        guard case .end? = parts.first else { return false }
        _ = take()
        return true
    }

    /// Discards the remaining parts of a request, as far as they have arrived.
    ///
    /// - Returns: whether the end of the request was among them.
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
