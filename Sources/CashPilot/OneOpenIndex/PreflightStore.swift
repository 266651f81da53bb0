/// Finds and ends duplicate open sessions.
///
/// - Throws: every method throws ``StoreError`` if the store fails.
package protocol PreflightStore: Sendable {
    /// Returns cashiers with several open sessions in a business, in a fixed order.
    ///
    /// - Parameters:
    ///   - limit: the maximum number of business and cashier pairs.
    ///   - sessions: the maximum number of sessions of each pair.
    ///   - caller: `nil` for an operator of the database.
    /// - Returns: the caller's role and the pairs, which are empty unless the caller is an administrator; `nil` if the
    ///   caller is not an active user.
    func duplicates(limit: Int, sessions: Int, for caller: UserID?) async throws -> Authorized<
        [DuplicateOpenSessions]
    >?

    /// Ends a session if it and the session to keep are still open. The session is not closed: the count comes later.
    ///
    /// - Parameter actor: the user recorded in the audit trail; `nil` for an operator of the database.
    /// - Returns: true if this call ended the session.
    func end(
        _ session: DuplicateSession, of duplicate: DuplicateOpenSessions, by actor: UserID?, audit: AuditEventID
    ) async throws -> Bool
}
