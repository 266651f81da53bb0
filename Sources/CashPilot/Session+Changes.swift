/// What happens to a session after it was opened, one verb each. Whether it may happen is decided before:
/// ``SessionAction/verdict(on:by:isOwn:status:isDeleted:)``.
///
/// `now` is the database's clock. It may have stepped back since the session opened, so no moment is written that lies
/// before an earlier one.
extension Session {
    /// Whose slot this session takes in its business: at most one session of a cashier may hold it.
    var slot: UserID? { status == .open && deletion == nil ? cashier : nil }

    /// Stops the shift; the count comes later.
    mutating func end(at now: Instant) {
        status = .ended
        endedAt = max(now, openedAt)
    }

    mutating func close(with count: Count, notes: String?, by actor: UserID, at now: Instant) {
        status = .closed
        closedAt = max(now, openedAt, endedAt ?? openedAt)
        closedBy = actor
        self.count = count
        self.notes = notes ?? self.notes
    }

    /// Makes it open again, as if it had never been counted: what was counted is in the audit trail.
    mutating func reopen() {
        status = .open
        endedAt = nil
        closedAt = nil
        closedBy = nil
        count = Count(finalCash: nil)
    }

    mutating func delete(because reason: String, by actor: UserID, at now: Instant) {
        deletion = Deletion(reason: reason, by: actor, at: now)
    }

    /// Brings it back in the state that it had; one that was open may come back ended.
    mutating func restore(ending: Bool, at now: Instant) {
        deletion = nil
        if ending && status == .open { end(at: now) }
    }

    /// Puts what an edit names in the place of what was there.
    ///
    /// - Throws: ``Refusal/openedTooLate``, ``Refusal/countBeforeClose``.
    mutating func apply(_ edit: SessionEdit, at now: Instant) throws(Refusal) {
        if let openedAt = edit.openedAt {
            guard openedAt <= min(now, endedAt ?? now, closedAt ?? now) else { throw .openedTooLate }
            self.openedAt = openedAt
        }
        guard edit.finalCash == nil || status == .closed else { throw .countBeforeClose }
        cashier = edit.cashier ?? cashier
        initialCash = edit.initialCash ?? initialCash
        terminal = edit.terminal.applied(to: terminal)
        notes = edit.notes.applied(to: notes)
        count.finalCash = edit.finalCash ?? count.finalCash
        count.cardTotal = edit.cardTotal ?? count.cardTotal
        count.bankTransferTotal = edit.bankTransferTotal ?? count.bankTransferTotal
        count.envelopeAmount = edit.envelopeAmount ?? count.envelopeAmount
        count.expenses = edit.expenses ?? count.expenses
        count.creditSalesTotal = edit.creditSalesTotal ?? count.creditSalesTotal
        count.creditPaymentsCollected = edit.creditPaymentsCollected ?? count.creditPaymentsCollected
        count.declaredCashSales = edit.declaredCashSales.applied(to: count.declaredCashSales)
        count.closingTicket = edit.closingTicket.applied(to: count.closingTicket)
    }
}

/// A new value for something that may be absent.
package enum Replacement<Value: Sendable>: Sendable {
    case keep
    /// `nil` takes it away.
    case with(Value?)

    func applied(to value: Value?) -> Value? {
        switch self {
        case .keep: value
        case .with(let new): new
        }
    }
}

/// What an edit changes; what is `nil` or kept stays as it is. A session's business cannot be changed:
/// docs/decisions/0010-a-session-keeps-its-business.md.
package struct SessionEdit: Sendable {
    /// For administrators.
    package var cashier: UserID?
    /// For administrators.
    package var openedAt: Instant?
    package var initialCash: Money?
    package var terminal = Replacement<String>.keep
    package var notes = Replacement<String>.keep
    /// Of a closed session only: before, there is `close` for it.
    package var finalCash: Money?
    package var cardTotal: Money?
    package var bankTransferTotal: Money?
    package var envelopeAmount: Money?
    package var expenses: Money?
    package var creditSalesTotal: Money?
    package var creditPaymentsCollected: Money?
    package var declaredCashSales = Replacement<Money>.keep
    package var closingTicket = Replacement<String>.keep

    package init() {}

    /// Whether it has something that only administrators may change.
    var isForAdministrators: Bool { cashier != nil || openedAt != nil }
}
