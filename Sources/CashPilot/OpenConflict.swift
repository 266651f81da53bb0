/// Refused opens that are the same, as they were recorded: one session in the way, one caller, one minute.
package struct OpenConflict: Sendable {
    /// The audit event that the first of them left has the same.
    package let id: OpenConflictID
    package let business: BusinessID
    /// Who would have held the session.
    package let cashier: UserID
    package let cashierName: String?
    /// Who asked: the cashier, or an administrator for them.
    package let caller: UserID
    package let callerName: String?
    /// The session in the way.
    package let session: SessionID
    /// `nil` if the session's row is gone, which no request can bring about.
    package let sessionNumber: Int64?
    /// When it began.
    package let minute: Instant
    /// How many there were in that minute.
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
