import CashPilot

/// The `existing_session` of a problem: the session that is in the way, or that does not allow what was asked.
struct ExistingSession {
    let id: SessionID
    let number: Int64
    let status: Session.Status
    let business: BusinessID
    let cashier: UserID
    let openedAt: Instant
    let openedLocal: LocalTime
    /// The day on the business's wall; `nil` if it is not known, and then times carry their date.
    let today: CivilDate?
    let businessDate: CivilDate
    let timeZone: String
    let isStale: Bool
    let version: Int64
    let actions: [SessionAction]
    /// How it was closed; `nil` unless it was.
    var closing: Session?

    init(_ blocker: Blocker) {
        id = blocker.session
        number = blocker.number
        status = blocker.status
        business = blocker.business
        cashier = blocker.cashier
        openedAt = blocker.openedAt
        openedLocal = blocker.openedLocal
        today = blocker.nowLocal.date
        businessDate = blocker.businessDate
        timeZone = blocker.timeZone
        isStale = blocker.isStale
        version = blocker.version
        actions = blocker.actions
    }

    /// A session that the caller may see, as it stands.
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
