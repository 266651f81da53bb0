/// The open session that causes a conflict, with everything that a dialog shows, from one read.
package struct ExistingSession: Sendable {
    package let id: SessionID
    package let number: Int64
    package let status: Session.Status
    package let business: BusinessID
    package let cashier: UserID
    /// Shown to administrators.
    package let cashierName: String
    package let openedAt: Instant
    package let openedLocal: LocalTime
    /// The business's wall clock at the conflict. It shows whether the session was opened today.
    package let nowLocal: LocalTime
    package let businessDate: CivilDate
    package let timeZone: String
    package let isStale: Bool
    package let version: Int64

    package init(
        id: SessionID, number: Int64, status: Session.Status, business: BusinessID, cashier: UserID,
        cashierName: String, openedAt: Instant, openedLocal: LocalTime, nowLocal: LocalTime, businessDate: CivilDate,
        timeZone: String, isStale: Bool, version: Int64
    ) {
        self.id = id
        self.number = number
        self.status = status
        self.business = business
        self.cashier = cashier
        self.cashierName = cashierName
        self.openedAt = openedAt
        self.openedLocal = openedLocal
        self.nowLocal = nowLocal
        self.businessDate = businessDate
        self.timeZone = timeZone
        self.isStale = isStale
        self.version = version
    }
}

/// A conflict: the existing session, as one caller may see it, and the actions that resolve it.
package struct SessionConflict: Sendable {
    package let existing: ExistingSession
    /// True if the existing session is the caller's own.
    package let isOwn: Bool
    /// The actions that the caller may take, in display order.
    package let actions: [SessionAction]
    /// The database's clock at the conflict.
    package let instant: Instant

    /// - Parameter caller: `nil` for the command line.
    package init(with existing: ExistingSession, for caller: UserID?, role: Role, at instant: Instant) {
        self.existing = existing
        self.instant = instant
        isOwn = existing.cashier == caller
        actions = SessionPolicy.resolvingActions(of: existing, isOwn: isOwn, role: role)
    }
}

extension OpenPrecheck {
    /// The conflict of an open by `caller`; `nil` if the open-session key is free.
    func conflict(for caller: Caller) -> SessionConflict? {
        existing.map { SessionConflict(with: $0, for: caller.id, role: role, at: instant) }
    }
}
