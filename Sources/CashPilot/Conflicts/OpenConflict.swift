/// Identical open conflicts of one minute, recorded as one row.
///
/// Conflicts are identical if the existing session, the caller and the minute are equal.
package struct OpenConflict: Sendable {
    /// Also the id of the audit event that the first conflict wrote.
    package let id: OpenConflictID
    package let business: BusinessID
    /// The cashier for whom the open was requested.
    package let cashier: UserID
    package let cashierName: String?
    /// The user that sent the request: the cashier, or an administrator on the cashier's behalf.
    package let caller: UserID
    package let callerName: String?
    /// The existing session.
    package let session: SessionID
    /// `nil` if the session's row is missing, which no request can cause.
    package let sessionNumber: Int64?
    /// The start of the minute.
    package let minute: Instant
    /// The number of conflicts in that minute.
    package let times: Int64
    package let firstAt: Instant
    package let lastAt: Instant

    package init(
        id: OpenConflictID, business: BusinessID, cashier: UserID, cashierName: String?, caller: UserID,
        callerName: String?, session: SessionID, sessionNumber: Int64?, minute: Instant, times: Int64,
        firstAt: Instant, lastAt: Instant
    ) {
        self.id = id
        self.business = business
        self.cashier = cashier
        self.cashierName = cashierName
        self.caller = caller
        self.callerName = callerName
        self.session = session
        self.sessionNumber = sessionNumber
        self.minute = minute
        self.times = times
        self.firstAt = firstAt
        self.lastAt = lastAt
    }
}

package typealias OpenConflictID = ID<OpenConflict>
