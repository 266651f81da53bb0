/// Adjacent decimal digits of a text, in any script.
struct DigitGroup {
    /// The values, 0…9.
    var digits: [UInt8]
    /// The characters between the previous group of the sequence and this one.
    let gap: [Unicode.Scalar]

    /// The only character of the gap; `nil` if it has more, or none.
    var separator: Unicode.Scalar? { gap.count == 1 ? gap[0] : nil }

    var beginsLine: Bool { gap.contains(where: \.isLineBreak) }

    /// Whether the gap is more than white space or one separator: ` - `, ` / ` or a line break.
    var isAfterWideGap: Bool { beginsLine || (gap.count > 1 && !gap.allSatisfy(\.isBlank)) }

    /// Whether the gap has a character that does not separate the groups of one number, such as a comma.
    var isAfterOtherCharacter: Bool { !gap.allSatisfy(\.isNumberSeparator) }

    /// The gap without its white space.
    var mark: [Unicode.Scalar] { gap.filter { !$0.isBlank } }

    /// The number of up to four digits.
    var value: Int { digits.prefix(4).reduce(0) { $0 * 10 + Int($1) } }
}

extension [DigitGroup] {
    /// Splits a sequence before each group that meets a condition.
    func parts(beginningWhere begins: (DigitGroup) -> Bool) -> [[DigitGroup]] {
        var parts: [[DigitGroup]] = []
        for group in self {
            if parts.isEmpty || begins(group) {
                parts.append([group])
            } else {
                parts[parts.count - 1].append(group)
            }
        }
        return parts
    }
}

/// Splits a text into sequences of digit groups without a letter between them.
enum DigitGroups {
    /// The sequences of a text. Invisible characters and accents are skipped; UUIDs and long hexadecimal ids have no
    /// digit groups.
    static func sequences(in text: String) -> [[DigitGroup]] {
        let scalars = text.unicodeScalars.filter { !$0.isSkippedInNumbers }
        let hex = scalars.map { $0.isASCII && $0.properties.isASCIIHexDigit }
        var (sequences, sequence): ([[DigitGroup]], [DigitGroup]) = ([], [])
        var gap: [Unicode.Scalar] = []
        func endSequence() {
            if !sequence.isEmpty { sequences.append(sequence) }
            (sequence, gap) = ([], [])
        }
        let all = Array(scalars)
        var index = 0
        while index < all.count {
            let startsID = hex[index] && (index == 0 || !hex[index - 1])
            if startsID, let length = lengthOfID(in: all[index...], hex[index...]) {
                endSequence()
                index += length
                continue
            }
            let scalar = all[index]
            index += 1
            if let digit = scalar.decimalDigit {
                if gap.isEmpty, let last = sequence.indices.last {
                    sequence[last].digits.append(digit)
                } else {
                    sequence.append(DigitGroup(digits: [digit], gap: gap))
                }
                gap = []
            } else if !scalar.isLetterOrNumber {
                if !sequence.isEmpty { gap.append(scalar) }
            } else {
                endSequence()
            }
        }
        endSequence()
        return sequences
    }

    private static let uuidLengths = [8, 4, 4, 4, 12]
    /// Minimum length of a hexadecimal id without dashes: a UUID's, and that of a trace.
    private static let hexMin = 32

    /// The length of the UUID or hexadecimal id at the start of a text; `nil` if there is none.
    ///
    /// - Parameter hex: whether each character is a hexadecimal digit.
    private static func lengthOfID(in text: ArraySlice<Unicode.Scalar>, _ hex: ArraySlice<Bool>) -> Int? {
        let run = hex.prefix { $0 }.count
        if run >= hexMin { return text.prefix(run).contains { $0.properties.isAlphabetic } ? run : nil }
        var end = text.startIndex
        for (place, length) in uuidLengths.enumerated() {
            if place > 0 {
                guard end < text.endIndex, text[end] == "-" else { return nil }
                end += 1
            }
            guard hex[end...].prefix(while: { $0 }).count == length else { return nil }
            end += length
        }
        return end - text.startIndex
    }
}

extension Unicode.Scalar {
    /// The value of a decimal digit of any script, such as `٤` or `４`; `nil` for other characters.
    fileprivate var decimalDigit: UInt8? {
        if isASCII { return ("0"..."9").contains(self) ? UInt8(value - 0x30) : nil }
        guard properties.numericType == .decimal || properties.numericType == .digit else { return nil }
        return properties.numericValue.map { UInt8($0) }
    }

    fileprivate var isLetterOrNumber: Bool { properties.isAlphabetic || properties.numericType != nil }

    /// Whether people separate the groups of a number with it.
    fileprivate var isNumberSeparator: Bool {
        if isBlank { return true }
        switch properties.generalCategory {
        case .dashPunctuation, .connectorPunctuation: return true
        default: return Self.separators.contains(self)
        }
    }

    /// The dots, slashes and minus signs, whose categories have other characters too.
    private static let separators: Set<Unicode.Scalar> = [
        ".", "/", "\\", "|", "\u{B7}", "\u{2022}", "\u{2024}", "\u{2027}", "\u{2044}", "\u{2212}", "\u{2215}",
        "\u{2219}", "\u{22C5}", "\u{3002}", "\u{30FB}", "\u{FE52}", "\u{FF0E}", "\u{FF0F}", "\u{FF3C}", "\u{FF5C}",
        "\u{FF61}", "\u{FF65}", "\u{6D4}", "\u{2043}",
    ]

    /// Whether a reader sees the digits around it as adjacent: invisible characters and combining marks.
    fileprivate var isSkippedInNumbers: Bool {
        guard !isASCII else { return false }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return true
        default: return properties.isDefaultIgnorableCodePoint
        }
    }
}
