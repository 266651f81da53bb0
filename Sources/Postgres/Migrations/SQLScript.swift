/// SQL text, split into its statements.
///
/// A semicolon ends a statement unless it is in a string, a quoted name, dollar quotes or a comment. Function bodies
/// with `begin atomic … end` are not supported. Use dollar quotes.
struct SQLScript: Sendable {
    struct Statement: Sendable, Hashable {
        /// The SQL without its semicolon and without leading comments.
        let text: String
        /// The first line of the statement in the file, from 1.
        let line: Int
    }

    private(set) var statements: [Statement] = []

    /// - Parameter firstLine: the file's line number of the first line of `text`.
    init(_ text: some StringProtocol, firstLine: Int) {
        var scanner = SQLScanner(bytes: Array(text.utf8), line: firstLine)
        while let statement = scanner.nextStatement() { statements.append(statement) }
    }
}

/// Scans SQL byte by byte. All significant characters are ASCII.
private struct SQLScanner {
    let bytes: [UInt8]
    var position = 0
    var line: Int

    mutating func nextStatement() -> SQLScript.Statement? {
        skipSpaceAndSemicolons()
        guard position < bytes.count else { return nil }
        let (start, startLine) = (position, line)
        while let byte = peek(), byte != UInt8(ascii: ";") { skipToken(startingWith: byte) }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        advance()
        return SQLScript.Statement(text: text, line: startLine)
    }

    private func peek(_ offset: Int = 0) -> UInt8? {
        position + offset < bytes.count ? bytes[position + offset] : nil
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where position < bytes.count {
            if bytes[position] == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
    }

    private func starts(with text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[position...].starts(with: $0) }
    }

    private mutating func skipSpaceAndSemicolons() {
        while let byte = peek() {
            if starts(with: "--") || starts(with: "/*") {
                skipComment()
            } else if byte == UInt8(ascii: ";") || byte <= UInt8(ascii: " ") {
                advance()
            } else {
                return
            }
        }
    }

    private mutating func skipToken(startingWith byte: UInt8) {
        switch byte {
        case UInt8(ascii: "'"): skipQuoted(byte, backslashEscapes: false)
        case UInt8(ascii: "\""): skipQuoted(byte, backslashEscapes: false)
        case UInt8(ascii: "$"): skipDollarQuoted()
        case _ where starts(with: "--") || starts(with: "/*"): skipComment()
        case _ where byte.isWordByte: skipWord()
        default: advance()
        }
    }

    /// Skips a word, or all of `E'…'`.
    private mutating func skipWord() {
        let start = position
        while let byte = peek(), byte.isWordByte || byte == UInt8(ascii: "$") { advance() }
        let isEscape = position == start + 1 && (bytes[start] | 0x20) == UInt8(ascii: "e")
        if isEscape, peek() == UInt8(ascii: "'") { skipQuoted(UInt8(ascii: "'"), backslashEscapes: true) }
    }

    /// Skips a quoted string or name. A doubled quote counts as two adjacent strings, with the same result.
    private mutating func skipQuoted(_ quote: UInt8, backslashEscapes: Bool) {
        advance()
        while let byte = peek() {
            if byte == quote { return advance() }
            advance(backslashEscapes && byte == UInt8(ascii: "\\") ? 2 : 1)
        }
    }

    private mutating func skipDollarQuoted() {
        var length = 1
        while let byte = peek(length), byte.isWordByte { length += 1 }
        let isNumber = peek(1).map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
        guard peek(length) == UInt8(ascii: "$"), !isNumber else { return advance() }
        let tag = bytes[position...position + length]
        advance(tag.count)
        while position < bytes.count, !bytes[position...].starts(with: tag) { advance() }
        advance(tag.count)
    }

    /// Skips to the end of the line, or to the matching `*/`.
    private mutating func skipComment() {
        guard starts(with: "/*") else {
            while let byte = peek(), byte != UInt8(ascii: "\n") { advance() }
            return
        }
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                advance(2)
            } else if starts(with: "*/") {
                depth -= 1
                advance(2)
            } else {
                advance()
            }
        } while depth > 0 && position < bytes.count
    }
}

extension UInt8 {
    /// Whether the byte is part of a name, a keyword or a number.
    fileprivate var isWordByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }
}
