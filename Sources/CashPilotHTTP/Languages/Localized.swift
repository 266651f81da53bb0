import CashPilot

/// A text in both languages of the service. Both are required.
struct Localized: Sendable, Equatable {
    let es: String
    let en: String

    subscript(locale: Locale) -> String {
        switch locale {
        case .spanish: es
        case .english: en
        }
    }
}
