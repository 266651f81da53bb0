/// Every way in which the shop's rules say no. Closed on purpose: a new one does not compile until somebody
/// decides how HTTP says it.
package enum Refusal: Error {
    /// The caller's account is gone or inactive.
    case callerInactive
    /// The e-mail or the password is wrong, or the account is inactive; which of them is not said.
    case invalidCredentials
    /// Too many passwords were wrong, for the account or from the address: none is checked for so long.
    case tooManyAttempts(seconds: Int)
    /// There is no such business, or the caller is not assigned to it: they look the same.
    case businessNotFound
    /// Nothing is opened in a business that is not active.
    case businessInactive
    case sessionNotFound
    /// The cashier has no open session in the business.
    case noOpenSession
    /// It is a colleague's, or only administrators may do it.
    case forbidden
    /// The one named is no active cashier of the business.
    case cashierNotInBusiness
    /// The one who is to take over is no active cashier of the business, or has the session already.
    case recipientNotInBusiness
    /// The session's own cashier is no active cashier of the business any more.
    case cashierNotReady
    /// `opened_at` is later than now, or than the session's end.
    case openedTooLate
    /// A count for a session that is not closed: there is `close` for it.
    case countBeforeClose
    /// A closed session is only corrected with a reason.
    case reasonRequired
    /// The time in which a cashier may correct their closed session is over.
    case editWindowExpired(Session)
    /// A restore of a session that is not deleted.
    case notDeleted(Session)
    /// The promise: a session of this cashier is open in this business.
    case alreadyOpen(Blocker)
    /// It was counted and closed before; the figures that won are in it.
    case alreadyClosed(Session)
    /// It is in no state that allows this.
    case notOpen(Session)
    /// Somebody changed the session since the caller read it.
    case versionMismatch(current: Int64)
    /// The key came before, with another request.
    case keyReused
    /// The first request with this key is still running.
    case requestInFlight
    /// Every attempt lost a race. Nothing was written.
    case busy
    /// The e-mail has an account already.
    case emailTaken
    /// Another business has the name.
    case nameTaken
    case userNotFound
    /// There is no such API key.
    case keyNotFound
    /// The cashier has this session open in the business that they should leave.
    case hasOpenSession(Blocker)
    /// It would leave nobody to administer the shop.
    case lastAdministrator
    /// The current password is not what was said.
    case wrongPassword
    /// The feed never came to the position that was named.
    case beyondFeed
    /// The caller follows the feed by as many streams as anybody may.
    case tooManyStreams
}

/// The session in the way of an open: what a dialog needs, in one read.
package struct Blocker: Sendable {
    package let session: SessionID
    package let number: Int64
    package let status: Session.Status
    package let business: BusinessID
    package let cashier: UserID
    /// For telling an administrator whose it is.
    package let cashierName: String
    package let openedAt: Instant
    package let openedLocal: LocalTime
    /// The business's wall clock at the refusal: was it opened today?
    package let nowLocal: LocalTime
    package let businessDate: CivilDate
    package let timeZone: String
    package let isStale: Bool
    package let version: Int64
    /// What the caller may do about it, in the order to offer.
    package var actions: [SessionAction]
    /// Whether it is the caller's own.
    package var isOwn: Bool

    package init(
        session: SessionID, number: Int64, status: Session.Status, business: BusinessID, cashier: UserID,
        cashierName: String, openedAt: Instant, openedLocal: LocalTime, nowLocal: LocalTime, businessDate: CivilDate,
        timeZone: String, isStale: Bool, version: Int64, actions: [SessionAction], isOwn: Bool
    ) {
        self.session = session
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
        self.actions = actions
        self.isOwn = isOwn
    }
}

/// The store could not do its work, through no fault of the request.
package struct StoreFault: Error, CustomStringConvertible {
    /// What became of a change.
    package enum Outcome: String, Sendable {
        /// Nothing was written.
        case notApplied = "not_applied"
        /// It may or may not have been written; a retry with the same key will tell.
        case unknown
    }

    package let outcome: Outcome
    /// For the log; without values of the request.
    package let description: String
    /// Whether it passes with time: a lost connection does, a broken rule of the schema does not.
    package let isTransient: Bool
    /// Whether the outcome is unknown because the connection broke: then the same change, under the same ids, can be
    /// asked for once more at once, and tells. Not after a limit of time, which has none left for it, nor after a commit
    /// that did not reach its standby, which is there to see and may still be lost.
    package let canBeSettled: Bool

    package init(outcome: Outcome, description: String, isTransient: Bool, canBeSettled: Bool = false) {
        self.canBeSettled = canBeSettled
        self.outcome = outcome
        self.description = description
        self.isTransient = isTransient
    }
}
