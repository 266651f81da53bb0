/// What happens to sessions besides opening and closing: ending, correcting, handing over, and what administrators do.
///
/// A change locks the session, applies the rules to what stands, and writes. One that makes a session open takes the
/// cashier's slot, by the same rule and with the same refusal as an open: the index decides.
package struct SessionChangeService: Sendable {
    /// How often a change is tried; after a lost race the next look usually sees the winner.
    static let attemptsMax = 3

    let store: any SessionChangeStore
    let conflicts: ConflictRecorder
    let ids: IDMaker

    package init(store: any SessionChangeStore, conflicts: ConflictRecorder, ids: IDMaker) {
        self.store = store
        self.conflicts = conflicts
        self.ids = ids
    }

    /// Stops the shift now; the count comes later. Frees the cashier's slot.
    package func end(_ target: ChangeTarget) async throws -> Answer {
        try await change(target, .end, by: .end) { session, now in session.end(at: now) }
    }

    /// Closes without the cashier. The count may be missing, and be added later.
    package func forceClose(
        _ target: ChangeTarget, count: CountEntry, notes: String?, reason: String
    ) async throws -> Answer {
        try await change(target, .forceClose, by: .forceClose, because: reason) { session, now in
            session.close(with: count, notes: notes, by: target.caller.id, at: now)
        }
    }

    /// Opens an ended or closed session again, if its cashier's slot is free.
    package func reopen(_ target: ChangeTarget, reason: String) async throws -> Answer {
        try await change(target, .reopen, by: .reopen, because: reason) { session, _ in session.reopen() }
    }

    /// Takes a session out of the books; the row stays. One that is out already is left as it is.
    package func delete(_ target: ChangeTarget, reason: String) async throws {
        _ = try await change(target, .delete, by: .delete, because: reason) { session, now in
            session.delete(because: reason, by: target.caller.id, at: now)
        }
    }

    /// Brings a deleted session back; one that was open needs its cashier's slot, unless it comes back ended.
    package func restore(_ target: ChangeTarget, ending: Bool, reason: String?) async throws -> Answer {
        try await change(target, .restore, by: .restore, because: reason) { session, now in
            session.restore(ending: ending, at: now)
        }
    }

    /// Marks a session for a closer look. What the same person has said of it before stays as it was.
    package func flag(_ target: ChangeTarget, reason: String) async throws -> Answer {
        try await change(target, .flag, by: .flag, because: reason) { session, now in
            guard session.flag?.reason != reason || session.flag?.by != target.caller.id else { return }
            session.flag = Session.Flag(reason: reason, by: target.caller.id, at: now)
        }
    }

    /// Takes the flag away; a session without one is left as it is.
    package func unflag(_ target: ChangeTarget) async throws {
        _ = try await change(target, .unflag, by: .unflag) { session, _ in session.flag = nil }
    }

    /// Corrects a session. A closed one needs a reason, and its cashier has only so long.
    ///
    /// - Throws: ``Refusal/editWindowExpired``, ``Refusal/reasonRequired``, and what a move to another cashier meets.
    package func edit(_ target: ChangeTarget, _ edit: SessionEdit, reason: String?) async throws -> Answer {
        try await change(target, .edit, by: .edit, because: reason) { session, role, now in
            guard role == .admin || !edit.isForAdministrators else { throw Refusal.forbidden }
            if session.status == .closed {
                guard role == .admin || session.isInEditWindow else { throw Refusal.editWindowExpired(session) }
                guard reason != nil else { throw Refusal.reasonRequired }
            }
            try session.apply(edit, at: now)
        }
    }
}
