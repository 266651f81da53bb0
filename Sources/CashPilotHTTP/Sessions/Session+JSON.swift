import CashPilot
import HTTPTypes
import HummingbirdCore
import JSON

extension JSONWriter {
    /// Writes a session as in the contract, with the totals computed from its count.
    ///
    /// - Throws: ``MoneyError/overflow``, which accepted amounts never cause.
    mutating func session(_ seen: SessionView) throws {
        try object { json in
            json.identity(of: seen.session)
            json.times(of: seen.session)
            json.terminal(seen.session.terminalLink)
            json.member("terminal_id", seen.session.terminal)
            json.member("external_id", seen.session.externalID)
            json.member("notes", seen.session.notes)
            json.count(seen.session.count)
            json.recorded(seen.session.recorded)
            try json.totals(of: seen.session)
            try json.atClose(of: seen.session)
            json.review(of: seen.session)
            json.mark("flag", seen.session.flag.map { ($0.reason, $0.by, $0.at) })
            json.mark("deleted", seen.session.deletion.map { ($0.reason, $0.by, $0.at) })
            json.link("handed_over_from", seen.session.handedOverFrom, in: seen.session.business)
            json.link("handed_over_to", seen.session.handedOverTo, in: seen.session.business)
            json.member("opening_difference", try seen.session.openingDifference)
            json.member("version", seen.session.version)
            json.name("allowed_actions")
            json.array(seen.actions) { $0.value($1.rawValue) }
        }
    }

    private mutating func identity(of session: Session) {
        member("id", session.id)
        member("session_number", session.number)
        member("business_id", session.business)
        member("cashier_id", session.cashier)
        member("opened_by", session.openedBy)
        member("status", session.status.rawValue)
        currency(session.currency)
        member("initial_cash", session.initialCash)
    }

    private mutating func times(of session: Session) {
        member("opened_at", session.openedAt)
        member("ended_at", session.endedAt)
        member("closed_at", session.closedAt)
        member("closed_by", session.closedBy)
        member("business_date", session.businessDate)
        member("time_zone", session.timeZone)
        member("stale", session.isStale)
        member("count_overdue", session.isCountOverdue)
    }

    private mutating func count(_ count: Count) {
        member("final_cash", count.finalCash)
        member("card_total", count.cardTotal)
        member("bank_transfer_total", count.bankTransferTotal)
        member("envelope_amount", count.envelopeAmount)
        member("expenses", count.expenses)
        member("credit_sales_total", count.creditSalesTotal)
        member("credit_payments_collected", count.creditPaymentsCollected)
        member("declared_cash_sales", count.declaredCashSales)
        member("closing_ticket", count.closingTicket)
    }

    private mutating func totals(of session: Session) throws {
        let totals = try session.totals
        name("totals")
        object { json in
            json.member("cash_sales", totals.cashSales)
            json.member("total_sales", totals.totalSales)
            json.member("net_earnings", totals.netEarnings)
            json.member("expected_cash", totals.expectedCash)
            json.member("over_short", totals.overShort)
        }
    }

    /// Writes the figures at the close, or `null` before the count.
    mutating func atClose(of session: Session) throws {
        name("at_close")
        guard let atClose = session.atClose else { return null() }
        let overShort = try atClose.overShort
        object { json in
            json.member("final_cash", atClose.finalCash)
            json.member("expected_cash", atClose.expectedCash)
            json.member("over_short", overShort)
        }
    }

    /// Writes the corrections, and why the session needs a review.
    mutating func review(of session: Session) {
        member("corrections", Int64(session.corrections.times))
        guard let reasons = session.reviewReasons else {
            null("needs_review")
            return null("review_reasons")
        }
        member("needs_review", !reasons.isEmpty)
        name("review_reasons")
        array(reasons) { $0.value($1.rawValue) }
    }

    /// Writes the registered terminal of a session, or `null`.
    mutating func terminal(_ terminal: Terminal.Link?) {
        name("terminal")
        guard let terminal else { return null() }
        object { json in
            json.member("id", terminal.id)
            json.member("name", terminal.name)
        }
    }

    /// Writes the other session of a handover, or `null`.
    mutating func link(_ name: StaticString, _ link: Session.Link?, in business: BusinessID) {
        self.name(name)
        guard let link else { return null() }
        object { json in
            json.member("id", link.id)
            json.member("session_number", link.number)
            json.member("href", SessionLink.one(link.id, in: business))
            json.member("by", link.by)
        }
    }

    /// Writes the reason, user and time of a flag or deletion, or `null`.
    private mutating func mark(_ name: StaticString, _ mark: (reason: String, by: UserID, at: Instant)?) {
        self.name(name)
        guard let mark else { return null() }
        object { json in
            json.member("reason", mark.reason)
            json.member("by", mark.by)
            json.member("at", mark.at)
        }
    }
}

extension Response {
    static func shown(_ seen: SessionView) throws -> Response {
        var headers = HTTPFields.revalidated
        headers[.eTag] = EntityTag.text(seen.session.version)
        return try .json(.ok, headers) { json in try json.session(seen) }
    }

    /// The response to a change of a session, new or replayed.
    static func changed(_ result: ChangeResult<SessionView>, status: HTTPResponse.Status = .ok) throws -> Response {
        try changed(result.value, status: status, isReplay: result.isReplay)
    }

    static func changed(_ view: SessionView, status: HTTPResponse.Status, isReplay: Bool) throws -> Response {
        var headers = HTTPFields.unstored
        headers[.eTag] = EntityTag.text(view.session.version)
        if status == .created { headers[.location] = SessionLink.one(view.session.id, in: view.session.business) }
        if isReplay { headers[.idempotentReplayed] = "true" }
        return try .json(status, headers) { json in try json.session(view) }
    }
}

/// The URL paths of sessions, with the base path.
enum SessionLink {
    static func all(in business: BusinessID) -> String {
        BasePath.prefixed("/v1/businesses/\(business)/sessions")
    }

    static func one(_ session: SessionID, in business: BusinessID) -> String {
        "\(all(in: business))/\(session)"
    }

    static func action(_ action: SessionAction, on session: SessionID, in business: BusinessID) -> String {
        switch action {
        case .view, .edit, .delete: one(session, in: business)
        case .flag, .unflag: "\(one(session, in: business))/flag"
        case .record: "\(one(session, in: business))/movements"
        case .reconcile: "\(one(session, in: business))/reconciliation"
        case .close, .end, .handover, .forceClose, .reopen, .restore:
            "\(one(session, in: business))/\(action.rawValue)"
        }
    }
}
