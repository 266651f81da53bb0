import CashPilot

/// The rules for texts of users and businesses. The API and the command line apply the same ones.
package enum TextRule {
    /// The email address of an account.
    case email
    /// The name of a user, business or API key.
    case name
    /// A new password. Logins accept any text, so that old passwords still work.
    case password
    /// A new PIN. Logins accept any text.
    case pin
    /// The code of a currency that a drawer can hold: ``Currency``.
    case currency
    /// A possible name in the time zone database.
    case timeZone
    /// The reason for a forced close from the command line.
    case reason
    /// The number on a till's closing ticket.
    case closingTicket
    /// The id that another system gave to a session.
    case externalID
    /// The terminal of sessions in a filter.
    case terminal
    /// The notes of a session from the command line.
    case notes

    /// The length in Unicode scalars, which the database counts too.
    package var length: ClosedRange<Int> {
        switch self {
        case .email: 3...255
        case .name: 1...200
        case .password: 8...128
        case .pin: 6...12
        case .currency: 3...3
        case .timeZone: 1...64
        case .reason: TextLength.reason
        case .closingTicket: TextLength.closingTicket
        case .externalID: TextLength.externalID
        case .terminal: TextLength.terminal
        case .notes: TextLength.notes
        }
    }

    /// Whether a stored fingerprint of a request leaves the text out.
    var isSecret: Bool { self == .password || self == .pin }

    /// The canonical form of a text. A password stays as it is, because existing hashes were made of its bytes. So does
    /// an external id, because the other system compares it.
    package func canonical(_ text: String) -> String {
        switch self {
        case .email: CanonicalText.email(text)
        case .name, .currency, .timeZone, .reason, .closingTicket, .terminal: CanonicalText.line(text)
        case .notes: CanonicalText.note(text)
        case .password, .pin, .externalID: text
        }
    }

    /// The error in a canonical text; `nil` if the text follows the rule.
    package func fault(in text: String) -> TextError? {
        guard length.contains(text.unicodeScalars.count) else { return .length }
        if self != .notes {
            guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
                return .format
            }
        }
        if self == .password { return CommonPasswords.contains(text) ? .commonPassword : nil }
        if self == .pin { return Self.isPIN(text) ? nil : .format }
        if CardNumber.isIn(text) { return .cardNumber }
        return isWellFormed(text) ? nil : .format
    }

    private func isWellFormed(_ text: String) -> Bool {
        switch self {
        case .email: Self.isAddress(text)
        case .name, .reason, .password, .pin, .timeZone, .terminal, .notes: true
        case .closingTicket: text.utf8.allSatisfy(\.isTicketByte)
        case .externalID: text.utf8.allSatisfy { $0.isNameByte || $0 == UInt8(ascii: ":") }
        case .currency: Currency(code: text) != nil
        }
    }

    /// Whether these are ASCII digits that are not all equal and not a run, such as 123456, 987654 or 678901.
    private static func isPIN(_ text: String) -> Bool {
        let digits = text.utf8.map { Int($0) - Int(UInt8(ascii: "0")) }
        guard digits.allSatisfy((0...9).contains) else { return false }
        let steps = Set(zip(digits, digits.dropFirst()).map { ($1 - $0 + 10) % 10 })
        return ![[0], [1], [9]].contains(steps)
    }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts.contains("") && !text.contains(where: \.isWhitespace)
    }
}

/// The reason why a text is rejected.
package enum TextError: Sendable, Equatable {
    case length
    case format
    /// The text contains a number that looks like a payment card's (``CardNumber``).
    case cardNumber
    /// The text is one of the ``CommonPasswords``.
    case commonPassword

    var code: FieldError.Code { self == .length ? .length : .format }
}

extension UInt8 {
    /// Whether this is one of `A–Z a–z 0–9 -`.
    fileprivate var isTicketByte: Bool { isNameByte && self != UInt8(ascii: ".") && self != UInt8(ascii: "_") }
}
