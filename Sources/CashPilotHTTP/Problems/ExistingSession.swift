import CashPilot

/// The problem member `existing_session`: the session that prevents the operation.
struct ExistingSession {
    let id: SessionID
    let number: Int64
    let status: Session.Status
    let business: BusinessID
    let cashier: UserID
    let openedAt: Instant
    let openedLocal: LocalTime
    /// The current date in the business's time zone; `nil` if unknown. Without it, times include their date.
    let today: CivilDate?
    let businessDate: CivilDate
    let timeZone: String
    let isStale: Bool
    let version: Int64
    let actions: [SessionAction]
    /// The session with its count, if it is closed; otherwise `nil`.
    var closing: Session?

    init(_ existing: SessionConflict) {
        id = existing.session
        number = existing.number
        status = existing.status
        business = existing.business
        cashier = existing.cashier
        openedAt = existing.openedAt
        openedLocal = existing.openedLocal
        today = existing.nowLocal.date
        businessDate = existing.businessDate
        timeZone = existing.timeZone
        isStale = existing.isStale
        version = existing.version
        actions = existing.actions
    }

    /// Makes the member from a session that the caller may see.
    init(_ session: Session) {
        id = session.id
        number = session.number
        status = session.status
        business = session.business
        cashier = session.cashier
        openedAt = session.openedAt
        openedLocal = session.openedLocal
        today = nil
        businessDate = session.businessDate
        timeZone = session.timeZone
        isStale = session.isStale
        version = session.version
        actions = [.view]
        closing = session.status == .closed ? session : nil
    }

    /// Writes the members `existing_session` and `actions`.
    func write(to json: inout JSONWriter, in locale: Locale) {
        json.name("existing_session")
        json.object { json in
            json.member("id", id)
            json.member("session_number", number)
            json.member("status", status.rawValue)
            json.member("business_id", business)
            json.member("cashier_id", cashier)
            json.member("opened_at", openedAt)
            json.member("opened_time", ClockText.text(of: openedLocal, today: today, in: locale))
            json.member("business_date", businessDate)
            json.member("time_zone", timeZone)
            json.member("stale", isStale)
            json.member("version", version)
            json.member("href", SessionLink.one(id, in: business))
            if let closing { write(closing, to: &json) }
        }
        json.actions(actions, on: id, in: business, locale)
    }

    private func write(_ closing: Session, to json: inout JSONWriter) {
        json.member("closed_at", closing.closedAt)
        json.member("closed_by", closing.closedBy)
        json.member("currency", closing.currency)
        json.member("final_cash", closing.count.finalCash)
        json.member("over_short", try? Totals(float: closing.initialCash, count: closing.count).overShort)
    }
}
