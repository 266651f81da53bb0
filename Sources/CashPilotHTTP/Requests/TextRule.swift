/// What the texts of people and businesses may be. The API and the command line keep to the same.
package enum TextRule {
    /// An address to log in with.
    case email
    /// Of a person, a business or an API key: on one line, and more than space.
    case name
    /// To be set, not to be checked: that may be anything.
    case password
    /// ISO 4217.
    case currency
    /// A name that might be in the zone database.
    case timeZone
    /// Why an administrator closes a session by force, given at the command line: on one line, and more than space.
    case reason

    /// In Unicode scalars, as the database counts them.
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

    /// What is wrong with a text; `nil` if it keeps to the rule.
    package func fault(in text: String) -> FieldFault.Code? {
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
