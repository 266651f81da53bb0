/// A session that prevents a change, with everything that a dialog shows, from one read.
///
/// It is open, except in an overlap and in the change of a business, where it may have ended.
package struct ExistingSession: Sendable {
    package let id: SessionID
    package let number: Int64
    package let status: Session.Status
    package let business: BusinessID
    package let businessName: String
    /// The business's current currency. The session's own may differ.
    package let businessCurrency: String
    package let cashier: UserID
    /// Shown to administrators.
    package let cashierName: String
    package let openedByName: String
    package let currency: String
    package let initialCash: Money
    package let openedAt: Instant
    package let openedLocal: LocalTime
    /// The business's wall clock at the conflict. It shows whether the session was opened today.
    package let nowLocal: LocalTime
    package let businessDate: CivilDate
    package let timeZone: String
    package let isStale: Bool
    /// True if the books of the session's business date are closed.
    package let isInClosedBooks: Bool
    package let terminal: String?
    package let registeredTerminal: Terminal.Link?
    package let handedOverFrom: Session.Link?
    package let version: Int64

    package init(
        id: SessionID, number: Int64, status: Session.Status, business: BusinessID, businessName: String,
        businessCurrency: String, cashier: UserID, cashierName: String, openedByName: String, currency: String,
        initialCash: Money, openedAt: Instant, openedLocal: LocalTime, nowLocal: LocalTime, businessDate: CivilDate,
        timeZone: String,
        isStale: Bool, isInClosedBooks: Bool = false, terminal: String? = nil, registeredTerminal: Terminal.Link? = nil,
        handedOverFrom: Session.Link? = nil, version: Int64
    ) {
        self.id = id
        self.number = number
        self.status = status
        self.business = business
        self.businessName = businessName
        self.businessCurrency = businessCurrency
        self.cashier = cashier
        self.cashierName = cashierName
        self.openedByName = openedByName
        self.currency = currency
        self.initialCash = initialCash
        self.openedAt = openedAt
        self.openedLocal = openedLocal
        self.nowLocal = nowLocal
        self.businessDate = businessDate
        self.timeZone = timeZone
        self.isStale = isStale
        self.isInClosedBooks = isInClosedBooks
        self.terminal = terminal
        self.registeredTerminal = registeredTerminal
        self.handedOverFrom = handedOverFrom
        self.version = version
    }
}

/// A conflict: the existing session, as one caller may see it, and the actions that resolve it.
package struct SessionConflict: Sendable {
    package let existing: ExistingSession
    /// The request that the existing session prevents. The client may send it again.
    package let refused: RefusedRequest
    /// True if the existing session is the caller's own.
    package let isOwn: Bool
    /// True if the caller is at the existing session's terminal; `nil` if the request or the session has no terminal.
    package let isSameTerminal: Bool?
    /// The actions that the caller may take, in display order.
    package let actions: [ConflictAction]
    /// True if the caller may view the existing session. Otherwise it is a colleague's, and its float is not shown.
    package var isVisible: Bool { actions.contains(.view) }
    /// The database's clock at the conflict.
    package let instant: Instant

    /// - Parameters:
    ///   - caller: `nil` for the command line.
    ///   - terminal: the terminal of the caller's login, or the one that the request names.
    package init(
        with existing: ExistingSession, for caller: UserID?, role: Role, at instant: Instant,
        refused: RefusedRequest = .open, terminal: String? = nil
    ) {
        self.existing = existing
        self.instant = instant
        self.refused = refused
        isOwn = existing.cashier == caller
        isSameTerminal = terminal.flatMap { wanted in existing.terminal.map { $0 == wanted } }
        actions = SessionPolicy.resolvingActions(of: existing, isOwn: isOwn, role: role, refused: refused)
    }
}

/// The sessions that prevent a change of an account, an assignment or a business.
package struct HeldSessions: Sendable {
    /// The maximum number of sessions that an error names.
    package static let sessionsMax = 20

    /// At least one, newest first.
    package let sessions: [SessionConflict]

    /// - Returns: `nil` if `sessions` is empty.
    package init?(_ sessions: [SessionConflict]) {
        guard !sessions.isEmpty else { return nil }
        self.sessions = sessions
    }
}

/// A request that a session prevents.
package enum RefusedRequest: Sendable, Equatable {
    case open
    /// An open in the past, during another session.
    case backdate
    case reopen(SessionID)
    case restore(SessionID)
    case handover(SessionID)
    case edit(SessionID)
    case unassign(UserID)
    /// The deactivation of an account, or its change from administrator to cashier.
    case changeUser(UserID)
    case changeBusiness
}

/// An action that resolves a conflict, in display order. The raw value is its name on the wire.
package enum ConflictAction: String, Sendable, CaseIterable {
    case view
    case close
    /// Ends the shift without a count.
    case end
    /// Repeats the open, and gets the existing session.
    case resume
    case forceClose = "force_close"
    /// Restores the deleted session as ended, so that it needs no open-session key.
    case restoreEnded = "restore"
    /// Changes the account although its sessions stay open.
    case force

    /// The action on the existing session; `nil` if the action is on something else.
    package var onSession: SessionAction? {
        switch self {
        case .view: .view
        case .close: .close
        case .end: .end
        case .forceClose: .forceClose
        case .resume, .restoreEnded, .force: nil
        }
    }
}

extension OpenPrecheck {
    /// The conflict of a request by `caller`; `nil` if the open-session key is free.
    ///
    /// - Parameter terminal: the terminal that the request names. A login by PIN has its own.
    func conflict(for caller: Caller, refused: RefusedRequest, terminal: String? = nil) -> SessionConflict? {
        existing.map {
            SessionConflict(
                with: $0, for: caller.id, role: role, at: instant, refused: refused,
                terminal: callerTerminal.map { "\($0)" } ?? terminal)
        }
    }
}

/// Why a session of a cashier cannot begin at a time.
package struct BackdateCheck: Sendable {
    /// True if the books of the business date are closed.
    package let isInClosedBooks: Bool
    /// The database's clock.
    package let instant: Instant
    /// Another session of the cashier in the business at that time.
    package let overlapping: ExistingSession?

    package init(isInClosedBooks: Bool, instant: Instant, overlapping: ExistingSession?) {
        self.isInClosedBooks = isInClosedBooks
        self.instant = instant
        self.overlapping = overlapping
    }

    /// - Throws: ``DomainError/booksClosed``; ``DomainError/overlaps(_:)``. Only administrators backdate.
    func check(for caller: Caller, refused: RefusedRequest) throws(DomainError) {
        guard !isInClosedBooks else { throw .booksClosed }
        guard let overlapping else { return }
        throw .overlaps(
            SessionConflict(with: overlapping, for: caller.id, role: .admin, at: instant, refused: refused))
    }
}
