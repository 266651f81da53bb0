/// Where duplicate open sessions are found and ended.
///
/// - Throws: every method throws ``StoreFault`` if the store could not do its work.
package protocol PreflightStore: Sendable {
    /// Up to `slots` cashiers with more than one open session in a business, in a fixed order, with up to `sessions`
    /// of each.
    ///
    /// - Parameter caller: `nil` for whoever operates the database.
    /// - Returns: the caller's role with what was found, which is nothing unless they are an administrator; `nil` if
    ///   they are no active user.
    func duplicates(slots: Int, sessions: Int, for caller: UserID?) async throws -> Seen<[DuplicateSlot]>?

    /// Ends a session if it is still open, and so is the one to keep. It is not closed: the count comes later.
    ///
    /// - Parameter actor: who is recorded to have asked; `nil` for whoever operates the database.
    /// - Returns: whether it was ended now.
    func end(
        _ session: DuplicateSession, of slot: DuplicateSlot, by actor: UserID?, audit: AuditEventID
    ) async throws -> Bool
}
