/// A span's place in a trace (W3C Trace Context).
package struct TraceContext: Hashable, Sendable {
    /// The high and low 64 bits of the trace id, not both zero.
    let (high, low): (UInt64, UInt64)
    /// The span's own id, not zero.
    let span: UInt64
    /// Whether the trace is recorded.
    let isSampled: Bool

    init(high: UInt64, low: UInt64, span: UInt64, isSampled: Bool) {
        (self.high, self.low, self.span, self.isSampled) = (high, low, span, isSampled)
    }

    /// Parses `00-<32 digits>-<16 digits>-<2 digits>` with no id all zero; `nil` for anything else. Later versions
    /// may append more fields.
    package init?(traceparent text: String) {
        var text = text
        let read: TraceContext? = text.withUTF8 { text in
            let dash = UInt8(ascii: "-")
            guard text.count >= 55, text[2] == dash, text[35] == dash, text[52] == dash,
                let version = Self.word(text[0..<2]), let span = Self.word(text[36..<52]),
                let high = Self.word(text[3..<19]), let low = Self.word(text[19..<35]),
                let flags = Self.word(text[53..<55]),
                version != 0xff, text.count == 55 || (version > 0 && text[55] == dash), high | low != 0, span != 0
            else { return nil }
            return TraceContext(high: high, low: low, span: span, isSampled: flags & 1 == 1)
        }
        guard let read else { return nil }
        self = read
    }

    /// The value of `traceresponse`, and of `traceparent` for child spans.
    package var text: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(55)
        bytes.append(contentsOf: "00-".utf8)
        writeTraceID(to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Self.write(span, to: &bytes)
        bytes.append(contentsOf: isSampled ? "-01".utf8 : "-00".utf8)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the trace id as 32 hexadecimal digits.
    package func writeTraceID(to bytes: inout [UInt8]) {
        Self.write(high, to: &bytes)
        Self.write(low, to: &bytes)
    }

    /// The words as hexadecimal digits, 16 for each.
    static func digits(of words: UInt64...) -> String {
        var bytes: [UInt8] = []
        for word in words { write(word, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func write(_ word: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: word >> shift & 15)
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    /// Accepts lower case only, as the standard requires.
    private static func word(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64? {
        var word: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): word = word << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): word = word << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return word
    }
}
