/// A cash session: a cashier's shift at a drawer in a business, from the float to the count.
package struct Session: Equatable, Sendable {
    /// `open → ended → closed`, or `open → closed`.
    package enum Status: String, Sendable, CaseIterable {
        case open = "OPEN"
        /// Ended, but not counted.
        case ended = "ENDED"
        case closed = "CLOSED"
    }

    /// Why a session cannot be handed over, if it is open, or reopened, if it is not.
    package enum Obstacle: String, Sendable, CaseIterable {
        case businessInactive = "BUSINESS_INACTIVE"
        /// Every other active cashier of the business has an open session, and the caller cannot take over.
        case noRecipient = "NO_RECIPIENT"
        /// The session's cashier has another open session in the business.
        case alreadyOpen = "ALREADY_OPEN"
        /// The session's cashier is inactive, or no longer assigned to the business.
        case cashierNotReady = "CASHIER_NOT_READY"
    }

    /// Properties that depend on the time and on other rows. They change without a new version of the session.
    package struct Facts: Equatable, Sendable {
        /// True if the session is not closed, and opened longer ago than `stale_after_hours` of its business.
        package var isOverdue = false
        /// True if the session is closed and its cashier may still correct it.
        package var isInEditWindow = false
        /// True if the books of the session's business date are closed. Then the session cannot change.
        package var isInClosedBooks = false
        package var obstacle: Obstacle?
        /// The name of the registered terminal; `nil` if the session has none.
        package var terminalName: String?
        /// True if the business counts blind.
        package var isBlind = false

        package init(
            isOverdue: Bool = false, isInEditWindow: Bool = false, isInClosedBooks: Bool = false,
            obstacle: Obstacle? = nil, terminalName: String? = nil, isBlind: Bool = false
        ) {
            self.isOverdue = isOverdue
            self.isInEditWindow = isInEditWindow
            self.isInClosedBooks = isInClosedBooks
            self.obstacle = obstacle
            self.terminalName = terminalName
            self.isBlind = isBlind
        }
    }

    /// The other session of a handover.
    package struct Link: Equatable, Sendable {
        package let id: SessionID
        package let number: Int64
        /// The user who handed over.
        package let by: UserID

        package init(id: SessionID, number: Int64, by: UserID) {
            self.id = id
            self.number = number
            self.by = by
        }
    }

    /// A mark on a session that needs a review.
    package typealias Flag = Mark
    /// The deletion of a session. The row remains.
    package typealias Deletion = Mark

    /// An administrator's mark on a session, with its reason.
    package struct Mark: Equatable, Sendable {
        package let reason: String
        package let by: UserID
        package let at: Instant

        package init(reason: String, by: UserID, at: Instant) {
            self.reason = reason
            self.by = by
            self.at = at
        }
    }

    package let id: SessionID
    /// Numbers a business's sessions from 1.
    package let number: Int64
    package let business: BusinessID
    package var cashier: UserID
    package let openedBy: UserID
    package var status: Status
    /// ISO 4217. Copied from the business when the session opened.
    package let currency: String
    package var initialCash: Money
    package var openedAt: Instant
    package var endedAt: Instant?
    package var closedAt: Instant?
    package var closedBy: UserID?
    /// The accounting day, from the business's time zone and day cutoff.
    package let businessDate: CivilDate
    /// Copied from the business when the session opened.
    package let timeZone: String
    /// `openedAt` on the business's wall clock.
    package let openedLocal: LocalTime
    package let facts: Facts
    /// The text that the client gave, or the id of the registered terminal.
    package var terminal: String?
    /// The terminal whose login by PIN opened the session. It becomes `nil` when an edit changes ``terminal``.
    package private(set) var registeredTerminal: CredentialID?
    /// The id that another system gave to the session, unique in the business. It never changes.
    package let externalID: String?
    package var notes: String?
    package var count: Count
    package var flag: Flag?
    package var deletion: Deletion?
    /// The count of the session before at the same terminal; `nil` if it had none when this session opened, or has
    /// another currency.
    package let previousCount: Money?
    /// The session whose count is this one's float; `nil` without a handover.
    package let handedOverFrom: Link?
    /// The session whose float is this one's count; `nil` without a handover.
    package var handedOverTo: Link?
    package var corrections: Corrections
    /// What the movements add up to; `nil` until the session is counted, because nobody may know it before.
    package let recorded: Recorded?
    /// 1 after the open; each change adds 1.
    package let version: Int64

    package init(
        id: SessionID, number: Int64, business: BusinessID, cashier: UserID, openedBy: UserID, status: Status,
        currency: String, initialCash: Money, openedAt: Instant, endedAt: Instant?, closedAt: Instant?,
        closedBy: UserID?, businessDate: CivilDate, timeZone: String, openedLocal: LocalTime, facts: Facts = Facts(),
        terminal: String?, registeredTerminal: CredentialID? = nil, externalID: String? = nil, notes: String?,
        count: Count, flag: Flag?, deletion: Deletion?,
        previousCount: Money? = nil, handedOverFrom: Link? = nil, handedOverTo: Link? = nil,
        corrections: Corrections = Corrections(), recorded: Recorded? = nil, version: Int64
    ) {
        self.id = id
        self.number = number
        self.business = business
        self.cashier = cashier
        self.openedBy = openedBy
        self.status = status
        self.currency = currency
        self.initialCash = initialCash
        self.openedAt = openedAt
        self.endedAt = endedAt
        self.closedAt = closedAt
        self.closedBy = closedBy
        self.businessDate = businessDate
        self.timeZone = timeZone
        self.openedLocal = openedLocal
        self.facts = facts
        self.terminal = terminal
        self.registeredTerminal = registeredTerminal
        self.externalID = externalID
        self.notes = notes
        self.count = count
        self.flag = flag
        self.deletion = deletion
        self.previousCount = previousCount
        self.handedOverFrom = handedOverFrom
        self.handedOverTo = handedOverTo
        self.corrections = corrections
        self.recorded = recorded
        self.version = version
    }
}

extension Session {
    /// True if the session has been open for longer than the business allows. A stale session may still change.
    package var isStale: Bool { status == .open && facts.isOverdue }

    /// True if the session has ended without a count, and opened longer ago than the business allows.
    package var isCountOverdue: Bool { status == .ended && deletion == nil && facts.isOverdue }

    /// True if a client may keep the session until its version changes.
    ///
    /// Otherwise the time or closed books changed the response without a new version. Obstacles are ignored: they
    /// depend on other sessions, and change only the allowed actions. A new name of the terminal is ignored too.
    package var isKeptByVersion: Bool {
        !facts.isOverdue && !facts.isInClosedBooks && (status != .closed || facts.isInEditWindow)
    }

    /// True if someone with a role must not know what is expected, because the session is not counted.
    package func isBlind(to role: Role) -> Bool { role == .cashier && facts.isBlind && count.finalCash == nil }

    /// The figures computed from the count and the movements.
    ///
    /// - Throws: ``MoneyError/overflow``, which accepted amounts never cause.
    package var totals: Totals {
        get throws(MoneyError) { try Totals(float: initialCash, count: count, recorded: recorded ?? Recorded()) }
    }

    /// The registered terminal with its name; `nil` if the session has none.
    package var terminalLink: Terminal.Link? {
        registeredTerminal.map { Terminal.Link(id: $0, name: facts.terminalName ?? "") }
    }

    /// The float minus the last count at the same terminal; `nil` without such a count. Negative if money is missing.
    package var openingDifference: Money? {
        get throws(MoneyError) {
            guard let previousCount else { return nil }
            return try initialCash.subtracting(previousCount)
        }
    }
}

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
    ///
    /// Another close after a reopen of a counted session is a correction.
    mutating func close(with count: CountEntry, notes: String?, by actor: UserID, at now: Instant) {
        status = .closed
        closedAt = max(now, openedAt, endedAt ?? openedAt)
        closedBy = actor
        self.count.apply(count)
        self.notes = notes ?? self.notes
        if corrections.atClose != nil { corrections.times += 1 }
    }

    /// Opens the session again and clears its count. The figures of the first count are kept.
    mutating func reopen() {
        corrections.atClose = atClose
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
        let before = self
        if let openedAt = edit.openedAt {
            guard openedAt <= min(now, endedAt ?? now, closedAt ?? now) else { throw .openedTooLate }
            self.openedAt = openedAt
        }
        guard edit.count.finalCash == nil || status == .closed else { throw .countBeforeClose }
        cashier = edit.cashier ?? cashier
        initialCash = edit.initialCash ?? initialCash
        terminal = edit.terminal.applied(to: terminal)
        if terminal != before.terminal { registeredTerminal = nil }
        notes = edit.notes.applied(to: notes)
        count.apply(edit.count)
        recordCorrection(of: before)
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

    /// True if the edit names a figure of the expected cash, or the count.
    var changesFigures: Bool {
        initialCash != nil || count.finalCash != nil || count.envelopeAmount != nil || count.expenses != nil
            || count.creditPaymentsCollected != nil || count.declaredCashSales.isReplaced
    }
}
