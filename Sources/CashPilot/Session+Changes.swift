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

    /// What was entered before the close stays, unless the count names it.
    mutating func close(with count: CountEntry, notes: String?, by actor: UserID, at now: Instant) {
        status = .closed
        closedAt = max(now, openedAt, endedAt ?? openedAt)
        closedBy = actor
        self.count.apply(count)
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
        guard edit.count.finalCash == nil || status == .closed else { throw .countBeforeClose }
        cashier = edit.cashier ?? cashier
        initialCash = edit.initialCash ?? initialCash
        terminal = edit.terminal.applied(to: terminal)
        notes = edit.notes.applied(to: notes)
        count.apply(edit.count)
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
    /// `finalCash` is of a closed session only: before, there is `close` for it.
    package var count = CountEntry()

    package init() {}

    /// Whether it has something that only administrators may change.
    var isForAdministrators: Bool { cashier != nil || openedAt != nil }
}
