/// Changes sessions after they were opened: end, edit, handover and the administrators' changes.
///
/// A change locks the session, checks the rules against the current row, and writes. A change that makes a session open
/// takes the cashier's open-session key. The one-open index decides, and a conflict throws the same error as an open.
package struct SessionChangeService: Sendable {
    let store: any SessionChangeStore
    let conflicts: ConflictRecorder
    let ids: IDMaker

    package init(store: any SessionChangeStore, conflicts: ConflictRecorder, ids: IDMaker) {
        self.store = store
        self.conflicts = conflicts
        self.ids = ids
    }

    /// Ends the shift now and frees the cashier's open-session key. The count is entered later.
    package func end(_ target: ChangeTarget) async throws -> ChangeResult<SessionView> {
        try await change(target, .end, by: .end) { session, now in session.end(at: now) }
    }

    /// Closes a session without its cashier. The count may be missing and be added later.
    package func forceClose(
        _ target: ChangeTarget, count: CountEntry, notes: String?, reason: String
    ) async throws -> ChangeResult<SessionView> {
        try await change(target, .forceClose, by: .forceClose, because: reason) { session, now in
            session.close(with: count, notes: notes, by: target.caller.id, at: now)
        }
    }

    /// Opens an ended or closed session again, if its open-session key is free.
    ///
    /// - Parameter acknowledged: whether an administrator accepts that the float of the session that took over stays.
    /// - Throws: ``DomainError/handedOver(_:)``.
    package func reopen(
        _ target: ChangeTarget, reason: String, acknowledged: Bool = false
    ) async throws -> ChangeResult<SessionView> {
        try await change(target, .reopen, by: .reopen, because: reason, acknowledged: acknowledged) { session, _ in
            session.reopen()
        }
    }

    /// Marks a session as deleted; the row remains. A session that is already deleted is not changed.
    package func delete(_ target: ChangeTarget, reason: String) async throws -> ChangeResult<SessionView> {
        try await change(target, .delete, by: .delete, because: reason) { session, now in
            session.delete(because: reason, by: target.caller.id, at: now)
        }
    }

    /// Restores a deleted session. An open one needs its cashier's open-session key, unless `ending` is true.
    package func restore(
        _ target: ChangeTarget, ending: Bool, reason: String?
    ) async throws -> ChangeResult<SessionView> {
        try await change(target, .restore, by: .restore, because: reason) { session, now in
            session.restore(ending: ending, at: now)
        }
    }

    /// Flags a session for review. Repeating the reason as the same user changes nothing.
    package func flag(_ target: ChangeTarget, reason: String) async throws -> ChangeResult<SessionView> {
        try await change(target, .flag, by: .flag, because: reason) { session, now in
            guard session.flag?.reason != reason || session.flag?.by != target.caller.id else { return }
            session.flag = Session.Flag(reason: reason, by: target.caller.id, at: now)
        }
    }

    /// Removes the flag. A session without a flag is not changed.
    package func unflag(_ target: ChangeTarget) async throws {
        _ = try await change(target, .unflag, by: .unflag) { session, _ in session.flag = nil }
    }

    /// Corrects a session. A closed session needs a reason, and its cashier must be within the business's edit window.
    /// A lower float of a session that is not closed needs a reason too, and so does another terminal that ends the
    /// comparison with the last count. Both could hide missing money.
    ///
    /// - Parameter acknowledged: whether an administrator accepts that the float of the session that took over stays.
    /// - Throws: ``DomainError/editWindowExpired(_:)``, ``DomainError/reasonRequired``,
    ///   ``DomainError/handedOver(_:)``, and the errors of a move to another cashier or time.
    package func edit(
        _ target: ChangeTarget, _ edit: SessionEdit, reason: String?, acknowledged: Bool = false
    ) async throws -> ChangeResult<SessionView> {
        try await change(target, .edit, by: .edit, because: reason, edit: edit, acknowledged: acknowledged) {
            session, now in
            let lowersFloat = edit.initialCash.map { $0 < session.initialCash } ?? false
            let terminal = edit.terminal.applied(to: session.terminal)
            let endsComparison = session.previousCount != nil && terminal != session.terminal
            guard reason != nil || (session.status != .closed && !lowersFloat && !endsComparison) else {
                throw DomainError.reasonRequired
            }
            try session.apply(edit, at: now)
        }
    }
}
