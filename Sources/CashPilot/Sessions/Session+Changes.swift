/// The changes of a session after its open. ``SessionPolicy`` must allow them first.
///
/// `now` is the database's clock. The clock may step back, so no time is written that is earlier than the open.
extension Session {
    /// The cashier in this session's open-session key; `nil` if it is not open or is deleted.
    var openSessionKey: UserID? { status == .open && deletion == nil ? cashier : nil }

    /// Ends the shift. The count is entered later.
    mutating func end(at now: Instant) {
        status = .ended
        endedAt = max(now, openedAt)
    }

    /// Closes the session. Figures entered before the close are kept unless `count` replaces them.
    mutating func close(with count: CountEntry, notes: String?, by actor: UserID, at now: Instant) {
        status = .closed
        closedAt = max(now, openedAt, endedAt ?? openedAt)
        closedBy = actor
        self.count.apply(count)
        self.notes = notes ?? self.notes
    }

    /// Opens the session again and clears its count. The audit trail keeps the old count.
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

    /// Restores the session in its previous state. If `ending` is true, an open session comes back ended.
    mutating func restore(ending: Bool, at now: Instant) {
        deletion = nil
        if ending && status == .open { end(at: now) }
    }

    /// Replaces the values that the edit names.
    ///
    /// - Throws: ``DomainError/openedTooLate``, ``DomainError/countBeforeClose``.
    mutating func apply(_ edit: SessionEdit, at now: Instant) throws(DomainError) {
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

/// The changes of an edit. Properties that are `nil` or `.keep` leave the value unchanged.
///
/// A session's business cannot be changed: docs/decisions/0010-a-session-keeps-its-business.md.
package struct SessionEdit: Sendable {
    /// For administrators.
    package var cashier: UserID?
    /// For administrators.
    package var openedAt: Instant?
    package var initialCash: Money?
    package var terminal = Replacement<String>.keep
    package var notes = Replacement<String>.keep
    /// `finalCash` is accepted only for a closed session. `close` sets it the first time.
    package var count = CountEntry()

    package init() {}

    /// True if the edit changes a value that only administrators may change.
    var isForAdministrators: Bool { cashier != nil || openedAt != nil }
}
