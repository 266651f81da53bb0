@_spi(_Unicode) import Swift

/// The canonical form of texts. Texts that people read as the same are then equal.
///
/// Every text is converted where it enters the service, so the database has canonical texts only. Equality, uniqueness,
/// length and emptiness are checked on this form. docs/decisions/0031-canonical-texts.md explains the choices. The SQL
/// functions `canonical_line`, `canonical_note` and `canonical_email` implement the same rules.
///
/// All forms are in Unicode's Normalization Form C, have no white space at their ends, and have no invisible
/// characters (Unicode's default-ignorable code points, such as U+200B, U+FEFF and the bidirectional controls).
package enum CanonicalText {
    /// A text on one line: a name, the id of a terminal, a code. Each run of white space becomes one space.
    package static func line(_ text: String) -> String {
        if isPlain(text) { return text }
        var line = String.UnicodeScalarView()
        var hasGap = false
        for scalar in text.unicodeScalars {
            if scalar.isBlank {
                hasGap = true
            } else if !scalar.properties.isDefaultIgnorableCodePoint {
                if hasGap && !line.isEmpty { line.append(" ") }
                hasGap = false
                line.append(scalar)
            }
        }
        return composed(line)
    }

    /// A text for people that may have several lines: notes and reasons.
    ///
    /// Every kind of line break becomes U+000A. Other white space between words stays, because people align amounts
    /// with it. Joiners and variation selectors stay within a word, because emoji and some scripts need them.
    package static func note(_ text: String) -> String {
        if isPlain(text) { return text }
        var note = String.UnicodeScalarView()
        // White space, joiners and selectors are appended only where the next character shows that they belong.
        var gap = String.UnicodeScalarView()
        var joiners: [Unicode.Scalar] = []
        var isAfterReturn = false
        for scalar in text.unicodeScalars {
            let joins = scalar.isJoiner || scalar.isVariationSelector
            if scalar.properties.isDefaultIgnorableCodePoint && !joins { continue }
            defer { isAfterReturn = scalar == "\r" }
            if scalar == "\n" && isAfterReturn { continue }
            if scalar.isBlank {
                note.append(contentsOf: trimmed(joiners))
                joiners = []
                gap.append(scalar.isLineBreak ? "\n" : scalar)
            } else if joins {
                if gap.isEmpty && !note.isEmpty { joiners.append(scalar) }
            } else {
                if !note.isEmpty { note.append(contentsOf: gap) }
                note.append(contentsOf: joiners)
                (gap, joiners) = (String.UnicodeScalarView(), [])
                note.append(scalar)
            }
        }
        note.append(contentsOf: trimmed(joiners))
        return composed(note)
    }

    /// An e-mail address: one line, in lower case, with full-width characters (U+FF01–U+FF5E) as ASCII.
    package static func email(_ text: String) -> String {
        let ascii = String(String.UnicodeScalarView(text.unicodeScalars.map(\.halfWidth)))
        return line(ascii.lowercased())
    }

    /// The characters to keep at the end of a word: a variation selector, but no joiner.
    private static func trimmed(_ joiners: [Unicode.Scalar]) -> ArraySlice<Unicode.Scalar> {
        let end = joiners.lastIndex { !$0.isJoiner }.map { $0 + 1 } ?? 0
        return joiners[..<end]
    }

    /// Whether `text` is ASCII, printable and already canonical, as most texts are.
    private static func isPlain(_ text: String) -> Bool {
        let space = UInt8(ascii: " ")
        var last = space
        for byte in text.utf8 {
            guard (space..<0x7F).contains(byte), byte != space || last != space else { return false }
            last = byte
        }
        return last != space || text.isEmpty
    }

    /// Normalization Form C.
    private static func composed(_ scalars: String.UnicodeScalarView) -> String {
        var composed = String.UnicodeScalarView()
        composed.append(contentsOf: String(scalars)._nfc)
        return String(composed)
    }
}

extension Unicode.Scalar {
    /// Whether it is blank but has a width: white space, and the blank Braille cell (U+2800).
    package var isBlank: Bool { properties.isWhitespace || value == 0x2800 }

    /// Whether it ends a line: Unicode's mandatory breaks.
    var isLineBreak: Bool {
        switch value {
        case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// The zero-width joiner or non-joiner.
    fileprivate var isJoiner: Bool { value == 0x200C || value == 0x200D }

    fileprivate var isVariationSelector: Bool {
        (0xFE00...0xFE0F).contains(value) || (0xE0100...0xE01EF).contains(value)
    }

    /// The ASCII character of a full-width one, else itself.
    fileprivate var halfWidth: Unicode.Scalar {
        guard (0xFF01...0xFF5E).contains(value) else { return self }
        return Unicode.Scalar(value - 0xFEE0) ?? self
    }
}
