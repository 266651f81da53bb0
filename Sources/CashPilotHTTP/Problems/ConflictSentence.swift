import CashPilot

/// The sentence of a refused open: whose session is open, and since when.
enum ConflictSentence {
    /// `Tenés una sesión abierta desde las 14:15`; for a cashier's administrator, `Ana tiene una sesión …`.
    static func text(for blocker: Blocker, in locale: Locale) -> String {
        let since = ClockText.since(blocker.openedLocal, today: blocker.nowLocal.date, in: locale)
        switch (locale, blocker.isOwn) {
        case (.spanish, true): return "Tenés una sesión abierta \(since)"
        case (.spanish, false): return "\(plain(blocker.cashierName)) tiene una sesión abierta \(since)"
        case (.english, true): return "You have an open session \(since)"
        case (.english, false): return "\(plain(blocker.cashierName)) has an open session \(since)"
        }
    }

    /// A name on one line, with no space in it but U+0020.
    private static func plain(_ name: String) -> String { String(name.map { $0.isWhitespace ? " " : $0 }) }
}
