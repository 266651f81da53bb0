import CashPilot
import JSON

extension SessionConflict {
    /// The problem's `detail`: the cashier of the existing session, and its start time.
    ///
    /// `Tenés una sesión abierta desde las 14:15`. For an administrator: `Ana tiene una sesión …`.
    func sentence(in locale: Locale) -> String {
        let since = ClockText.since(existing.openedLocal, today: existing.nowLocal.date, in: locale)
        // A plain space for each whitespace character keeps the name on one line.
        let name = String(existing.cashierName.map { $0.isWhitespace ? " " : $0 })
        let state = existing.status == .open ? Self.open : Self.uncounted
        switch (locale, isOwn) {
        case (.spanish, true): return "Tenés una sesión \(state.es) \(since)"
        case (.spanish, false): return "\(name) tiene una sesión \(state.es) \(since)"
        case (.english, true): return "You have \(state.en) session \(since)"
        case (.english, false): return "\(name) has \(state.en) session \(since)"
        }
    }

    private static let open = Localized(es: "abierta", en: "an open")
    private static let uncounted = Localized(es: "sin contar", en: "an uncounted")

    /// Writes the members `existing_session`, `actions` and `retry`.
    func write(to json: inout JSONWriter, in locale: Locale) {
        let links = ConflictLinks(self)
        json.name("existing_session")
        json.object { $0.existing(self, links, in: locale) }
        json.name("actions")
        json.array(actions) { json, action in json.action(action, of: self, links, in: locale) }
        json.name("retry")
        json.object { json in
            // With the same body and the same key.
            json.member("method", refused.method.rawValue)
            json.member("href", links.refused)
        }
    }
}

extension HeldSessions {
    /// Writes the newest session like a conflict, then `sessions`, each with its own actions.
    func write(to json: inout JSONWriter, in locale: Locale) {
        sessions.first?.write(to: &json, in: locale)
        json.name("sessions")
        json.array(sessions) { json, conflict in
            json.object { json in
                let links = ConflictLinks(conflict)
                json.existing(conflict, links, in: locale)
                json.name("actions")
                json.array(conflict.actions.filter { $0.onSession != nil }) { json, action in
                    json.action(action, of: conflict, links, in: locale)
                }
            }
        }
    }
}

extension Session {
    /// Writes `existing_session` and `actions` for a session whose state does not allow a change.
    ///
    /// A closed session has its count. The opened time includes its date, because the business's date is not known.
    func writeAsExisting(to json: inout JSONWriter, in locale: Locale) {
        json.name("existing_session")
        json.object { json in
            let link = SessionLink.one(id, in: business)
            json.existing(self, link, today: nil, in: locale)
            json.money(in: currency, float: initialCash)
            json.terminal(terminalLink)
            json.member("terminal_id", terminal)
            guard status != .open else { return }
            json.member("ended_at", endedAt)
            guard status == .closed else { return }
            json.member("closed_at", closedAt)
            json.member("closed_by", closedBy)
            json.member("final_cash", count.finalCash)
            json.member("over_short", try? totals.overShort)
        }
        json.name("actions")
        json.array([ConflictAction.view]) { json, action in
            json.object { $0.head(of: action, .get, SessionLink.one(id, in: business), in: locale) }
        }
    }
}

extension Session {
    /// Writes the member `actions`: the close, if the session is not closed yet.
    func writeCount(to json: inout JSONWriter, in locale: Locale) {
        json.name("actions")
        json.array(status == .closed ? [] : [ConflictAction.close]) { json, action in
            let href = SessionLink.action(.close, on: id, in: business)
            json.action(action, .post, href, version: version, currency: currency, in: locale)
        }
    }
}

extension SuccessorLink {
    /// Writes the members `successor` and `actions`.
    func write(to json: inout JSONWriter, in locale: Locale) {
        json.link("successor", session, in: business)
        json.name("actions")
        json.array(isVisible ? [ConflictAction.view] : []) { json, action in
            json.object { $0.head(of: action, .get, SessionLink.one(session.id, in: business), in: locale) }
        }
    }
}

/// The fields of a session that a dialog shows.
private protocol SessionSummary {
    var id: SessionID { get }
    var number: Int64 { get }
    var status: Session.Status { get }
    var business: BusinessID { get }
    var cashier: UserID { get }
    var openedAt: Instant { get }
    var openedLocal: LocalTime { get }
    var businessDate: CivilDate { get }
    var timeZone: String { get }
    var isStale: Bool { get }
    var version: Int64 { get }
}

extension ExistingSession: SessionSummary {}
extension Session: SessionSummary {}

extension JSONWriter {
    fileprivate mutating func existing(_ conflict: SessionConflict, _ links: ConflictLinks, in locale: Locale) {
        let session = conflict.existing
        existing(session, links.existing, today: session.nowLocal.date, in: locale)
        let isVisible = conflict.isVisible
        money(in: session.currency, float: isVisible ? session.initialCash : nil)
        member("cashier_name", session.cashierName)
        member("business_name", session.businessName)
        member("opened_by_name", isVisible ? session.openedByName : nil)
        terminal(isVisible ? session.registeredTerminal : nil)
        member("terminal_id", isVisible ? session.terminal : nil)
        name("same_terminal")
        if isVisible, let isSame = conflict.isSameTerminal { value(isSame) } else { null() }
        link("handed_over_from", isVisible ? session.handedOverFrom : nil, in: session.business)
    }

    fileprivate mutating func existing(
        _ session: some SessionSummary, _ link: String, today: CivilDate?, in locale: Locale
    ) {
        member("id", session.id)
        member("session_number", session.number)
        member("status", session.status.rawValue)
        member("business_id", session.business)
        member("cashier_id", session.cashier)
        member("opened_at", session.openedAt)
        member("opened_time", ClockText.text(of: session.openedLocal, today: today, in: locale))
        member("business_date", session.businessDate)
        member("time_zone", session.timeZone)
        member("stale", session.isStale)
        member("version", session.version)
        member("href", link)
    }

    fileprivate mutating func money(in currency: String, float: Money?) {
        self.currency(currency)
        member("initial_cash", float)
    }
}
