extension JSONReader {
    /// Reads a number: `-0`, `12`, but not `+1`, `01`, `.5` or `1.`.
    mutating func number() throws(JSONError) -> JSONValue {
        let isNegative = next == UInt8(ascii: "-")
        if isNegative { offset += 1 }
        guard isDigit(next) else { throw fault }
        var number: Int64 = 0
        var isHuge = false
        if next == UInt8(ascii: "0") {
            offset += 1
        } else {
            while isDigit(next) {
                let digit = Int64(next - UInt8(ascii: "0"))
                // Accumulates negative numbers, because `Int64` has one more of them.
                let (tenfold, overflowed) = number.multipliedReportingOverflow(by: 10)
                let (longer, overflowedToo) = tenfold.subtractingReportingOverflow(digit)
                isHuge = isHuge || overflowed || overflowedToo
                number = longer
                offset += 1
            }
        }
        let isDecimal = next == UInt8(ascii: ".") || next | 0x20 == UInt8(ascii: "e")
        if next == UInt8(ascii: ".") {
            offset += 1
            try digits()
        }
        if next | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { offset += 1 }
            try digits()
        }
        if isDecimal { return .decimal }
        if isHuge || (!isNegative && number == .min) { return .hugeInteger }
        return .integer(isNegative ? number : -number)
    }

    private mutating func digits() throws(JSONError) {
        guard isDigit(next) else { throw fault }
        while isDigit(next) { offset += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// Reads a string and decodes its escapes.
    mutating func string() throws(JSONError) -> String {
        try expect(UInt8(ascii: "\""))
        var text: [UInt8] = []
        while true {
            switch next {
            case UInt8(ascii: "\""):
                offset += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                offset += 1
                try escape(into: &text)
            case 0..<0x20: throw fault
            case 0x20..<0x80:
                text.append(next)
                offset += 1
            default: try multibyte(into: &text)
            }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        switch next {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(next)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): return try unicodeEscape(into: &text)
        default: throw fault
        }
        offset += 1
    }

    /// Reads `u` and four hexadecimal digits, and the second half of a surrogate pair. It rejects an unpaired
    /// surrogate, which UTF-8 cannot represent.
    private mutating func unicodeEscape(into text: inout [UInt8]) throws(JSONError) {
        let start = offset - 1
        var code = try codeUnit()
        if code & 0xFC00 == 0xD800 {
            guard next == UInt8(ascii: "\\") else { throw JSONError(offset: start) }
            offset += 1
            guard next == UInt8(ascii: "u") else { throw JSONError(offset: start) }
            let low = try codeUnit()
            guard low & 0xFC00 == 0xDC00 else { throw JSONError(offset: start) }
            code = 0x10000 + (code & 0x3FF) << 10 | low & 0x3FF
        }
        guard let scalar = Unicode.Scalar(code) else { throw JSONError(offset: start) }
        text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private mutating func codeUnit() throws(JSONError) -> UInt32 {
        offset += 1
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = hexDigit(next) else { throw fault }
            code = code << 4 | digit
            offset += 1
        }
        return code
    }

    private func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// Reads one UTF-8 sequence of two to four bytes. It rejects overlong forms, surrogates and values above
    /// U+10FFFF.
    private mutating func multibyte(into text: inout [UInt8]) throws(JSONError) {
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch next {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            default: throw fault
            }
        for place in 0..<length {
            guard place == 0 || (place == 1 ? second : 0x80...0xBF).contains(next) else { throw fault }
            text.append(next)
            offset += 1
        }
    }
}
