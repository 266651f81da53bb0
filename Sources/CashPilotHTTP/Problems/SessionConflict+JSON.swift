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
        switch (locale, isOwn) {
        case (.spanish, true): return "Tenés una sesión abierta \(since)"
        case (.spanish, false): return "\(name) tiene una sesión abierta \(since)"
        case (.english, true): return "You have an open session \(since)"
        case (.english, false): return "\(name) has an open session \(since)"
        }
    }

    /// Writes the members `existing_session` and `actions`.
    func write(to json: inout JSONWriter, in locale: Locale) {
        json.name("existing_session")
        json.object { $0.existing(existing, today: existing.nowLocal.date, in: locale) }
        json.actions(actions, on: existing.id, in: existing.business, locale)
    }
}

extension Session {
    /// Writes `existing_session` and `actions` for a session whose state does not allow a change.
    ///
    /// A closed session has its count. The opened time includes its date, because the business's date is not known.
    func writeAsExisting(to json: inout JSONWriter, in locale: Locale) {
        json.name("existing_session")
        json.object { json in
            json.existing(self, today: nil, in: locale)
            guard status == .closed else { return }
            json.member("closed_at", closedAt)
            json.member("closed_by", closedBy)
            json.member("currency", currency)
            json.member("final_cash", count.finalCash)
            json.member("over_short", try? Totals(float: initialCash, count: count).overShort)
        }
        json.actions([.view], on: id, in: business, locale)
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
    fileprivate mutating func existing(_ session: some SessionSummary, today: CivilDate?, in locale: Locale) {
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
        member("href", SessionLink.one(session.id, in: session.business))
    }

    /// Writes a session's available actions, from which a client can build a dialog.
    ///
    /// Each action has a title, a URL and the fields that it needs.
    mutating func actions(
        _ actions: [SessionAction], on session: SessionID, in business: BusinessID, _ locale: Locale
    ) {
        name("actions")
        array(actions) { json, action in
            json.object { json in
                json.member("name", action.rawValue)
                json.member("title", action.title[locale])
                json.member("method", action.method)
                json.member("href", SessionLink.action(action, on: session, in: business))
                guard action == .close else { return }
                json.member("type", "application/json")
                json.name("fields")
                json.array(["final_cash"]) { json, name in
                    json.object { json in
                        json.member("name", name)
                        json.member("type", "integer")
                        json.member("required", true)
                        json.member("title", Localized(es: "Efectivo contado", en: "Counted cash")[locale])
                    }
                }
            }
        }
    }
}

extension SessionAction {
    /// The button's text. Never `Cerrar sesión`, which people read as "log out".
    fileprivate var title: Localized {
        switch self {
        case .view: Localized(es: "Ver Sesión", en: "View session")
        case .close: Localized(es: "Cerrar", en: "Close")
        case .end: Localized(es: "Terminar turno", en: "End shift")
        case .edit: Localized(es: "Corregir", en: "Edit")
        case .handover: Localized(es: "Entregar caja", en: "Hand over")
        case .forceClose: Localized(es: "Forzar cierre", en: "Force close")
        case .reopen: Localized(es: "Reabrir", en: "Reopen")
        case .delete: Localized(es: "Eliminar", en: "Delete")
        case .restore: Localized(es: "Restaurar", en: "Restore")
        case .flag: Localized(es: "Marcar", en: "Flag")
        case .unflag: Localized(es: "Quitar marca", en: "Remove flag")
        }
    }

    fileprivate var method: String {
        switch self {
        case .view: "GET"
        case .close, .end, .handover, .forceClose, .reopen, .restore: "POST"
        case .edit: "PATCH"
        case .flag: "PUT"
        case .delete, .unflag: "DELETE"
        }
    }
}
