/// The rules for texts of users and businesses. The API and the command line apply the same ones.
package enum TextRule {
    /// The email address of an account.
    case email
    /// The name of a user, business or API key: one line, not only spaces.
    case name
    /// A new password. Logins accept any text, so that old passwords still work.
    case password
    /// A currency code (ISO 4217).
    case currency
    /// A possible name in the time zone database.
    case timeZone
    /// The reason for a forced close from the command line: one line, not only spaces.
    case reason

    /// The length in Unicode scalars, which the database counts too.
    package var length: ClosedRange<Int> {
        switch self {
        case .email: 3...255
        case .name: 1...200
        case .password: 8...128
        case .currency: 3...3
        case .timeZone: 1...64
        case .reason: TextLength.reason
        }
    }

    /// The error in a text; `nil` if the text follows the rule.
    package func fault(in text: String) -> FieldError.Code? {
        guard length.contains(text.unicodeScalars.count) else { return .length }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            return .format
        }
        return isWellFormed(text) ? nil : .format
    }

    private func isWellFormed(_ text: String) -> Bool {
        switch self {
        case .email: Self.isAddress(text) && !CardNumber.isIn(text)
        case .name, .reason: !text.allSatisfy(\.isWhitespace) && !CardNumber.isIn(text)
        case .password, .timeZone: true
        case .currency: text.unicodeScalars.allSatisfy { ("A"..."Z").contains($0) }
        }
    }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts.contains("") && !text.contains(where: \.isWhitespace)
    }
}

/// Detects card numbers, which must never be stored. A card number is a run of 13 to 19 digits with a valid Luhn
/// checksum.
enum CardNumber {
    static let lengths = 13...19

    /// Whether `text` contains a complete run of digits that could be a card number.
    static func isIn(_ text: String) -> Bool {
        var run: [UInt8] = []
        for byte in text.utf8 {
            if byte.isDigit {
                run.append(byte - UInt8(ascii: "0"))
            } else {
                if lengths.contains(run.count) && passesLuhn(run) { return true }
                run.removeAll(keepingCapacity: true)
            }
        }
        return lengths.contains(run.count) && passesLuhn(run)
    }

    /// Doubles every second digit from the right, and subtracts 9 from results above 9 (Luhn). The sum of all digits
    /// must be a multiple of 10.
    static func passesLuhn(_ digits: [UInt8]) -> Bool {
        var sum = 0
        for (place, digit) in digits.reversed().enumerated() {
            let value = Int(digit) * (place % 2 == 0 ? 1 : 2)
            sum += value > 9 ? value - 9 : value
        }
        return sum % 10 == 0
    }
}
