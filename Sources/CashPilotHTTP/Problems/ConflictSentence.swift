import CashPilot

/// The sentence of a conflict: the cashier of the existing session, and its start time.
enum ConflictSentence {
    /// `Tenés una sesión abierta desde las 14:15`. For an administrator: `Ana tiene una sesión …`.
    static func text(for existing: SessionConflict, in locale: Locale) -> String {
        let since = ClockText.since(existing.openedLocal, today: existing.nowLocal.date, in: locale)
        switch (locale, existing.isOwn) {
        case (.spanish, true): return "Tenés una sesión abierta \(since)"
        case (.spanish, false): return "\(plain(existing.cashierName)) tiene una sesión abierta \(since)"
        case (.english, true): return "You have an open session \(since)"
        case (.english, false): return "\(plain(existing.cashierName)) has an open session \(since)"
        }
    }

    /// Replaces each whitespace character with a plain space, so the name stays on one line.
    private static func plain(_ name: String) -> String { String(name.map { $0.isWhitespace ? " " : $0 }) }
}
