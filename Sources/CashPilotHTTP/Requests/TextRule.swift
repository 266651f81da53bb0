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
