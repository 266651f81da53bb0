/// The errors of the business rules.
///
/// The enum is closed: a new case does not compile until the HTTP layer maps it to a response.
package enum DomainError: Error {
    /// The bearer's credential is not valid, or its user is inactive.
    case callerInactive
    /// The e-mail or the password is wrong, or the account is inactive. The error does not say which.
    case invalidCredentials
    /// Too many wrong passwords for the account or from the address. No password is checked for `seconds`.
    case tooManyAttempts(seconds: Int)
    /// Too many wrong PINs of the user at the terminal. The user must log in with the password first.
    case pinBlocked
    /// The business does not exist, or the caller is not assigned to it. Both cases are reported alike.
    case businessNotFound
    /// The business is inactive, so no session can be opened.
    case businessInactive
    case sessionNotFound
    /// The cashier has no open session in the business.
    case noOpenSession
    /// The session is a colleague's, or only administrators may do this.
    case forbidden
    /// The named user is not an active cashier of the business.
    case cashierNotInBusiness
    /// The recipient is not an active cashier of the business, or already holds the session.
    case recipientNotInBusiness
    /// The session's own cashier is no longer an active cashier of the business.
    case cashierNotReady
    /// `opened_at` is later than the current time, or than the session's end.
    case openedTooLate
    /// `final_cash` was sent for a session that is not closed. Use `close` instead.
    case countBeforeClose
    /// A correction of a closed session, or a lower float of another one, needs a reason.
    case reasonRequired
    /// The edit window, in which a cashier may correct a closed session, has expired.
    case editWindowExpired(Session)
    /// A restore of a session that is not deleted.
    case notDeleted(Session)
    /// The one-open rule: the cashier already has an open session in the business.
    case alreadyOpen(SessionConflict)
    /// The session was already closed; the value has the stored figures.
    case alreadyClosed(Session)
    /// The session's state does not allow this.
    case notOpen(Session)
    /// The count that the request would change is the float of this session.
    case handedOver(SuccessorLink)
    /// The session was changed after the caller read it.
    case versionMismatch(current: Int64)
    /// The key was already used for a different request.
    case keyReused
    /// The first request with this key is still running.
    case requestInFlight
    /// Every attempt lost a race, or the process has no room for another stream. Nothing was written.
    case busy
    /// Another account has the e-mail.
    case emailTaken
    /// Another business, or another valid terminal of the business, has the name.
    case nameTaken
    /// Another session of the business has the external id.
    case externalIDTaken
    case movementNotFound
    /// Another movement of the business has the id. The value is `nil` if the caller may not see it.
    case movementIDTaken(MovementView?)
    /// The movement was reversed before; the value is its reversal.
    case movementAlreadyReversed(MovementView)
    /// The movement is a reversal, or an opened drawer.
    case notReversible
    /// `occurred_at` is before the session was opened, or in the future, by more than the tolerance for clocks.
    case occurredOutsideSession
    /// The named user is not an active cashier of the business.
    case counterpartNotInBusiness
    /// The other end of a transfer is the session's own cashier.
    case counterpartIsCashier
    /// The sum of the recorded amounts would exceed the largest amount.
    case recordedTooMuch
    /// The session has the maximum number of movements.
    case tooManyMovements
    /// A cashier of a business that counts blind asks for what is expected before the count.
    case countFirst(Session)
    /// A cashier of a business that counts blind changes a figure after the count.
    case countIsFinal
    case userNotFound
    /// There is no such credential, or it is another user's or business's.
    case credentialNotFound
    /// The change needs a login that is less than ten minutes old. An API key never suffices.
    case recentLoginRequired
    /// Sessions of the user or the business prevent this change.
    case hasOpenSession(HeldSessions)
    /// The cashier has another session in the business at the time that was given for this one.
    case overlaps(SessionConflict)
    /// The books of the business date are closed.
    case booksClosed
    /// `books_closed_until` is not before the current business date.
    case booksClosedTooLate
    /// The change would leave no active administrator.
    case lastAdministrator
    /// The current password is wrong.
    case wrongPassword
    /// The position is after the end of the event log.
    case beyondEventLog
    /// Events after the position are deleted. The oldest event that remains comes after `start`.
    case beforeEventLog(start: Int64)
    /// The user has the maximum number of open event streams.
    case tooManyStreams

    /// True if an earlier request with the same Idempotency-Key may have caused this error.
    ///
    /// That request may have finished while this one waited for a lock.
    var mayComeFromEarlierRequest: Bool {
        switch self {
        case .notOpen, .alreadyOpen, .alreadyClosed, .notDeleted, .versionMismatch, .wrongPassword, .busy: true
        default: false
        }
    }
}

/// The store failed for a reason that is not in the request.
package struct StoreError: Error, CustomStringConvertible {
    /// Whether a change was applied.
    package enum Outcome: String, Sendable {
        /// Nothing was written.
        case notApplied = "not_applied"
        /// The change may or may not be applied. A retry with the same key returns the result.
        case unknown
    }

    package let outcome: Outcome
    /// For the log; contains no values of the request.
    package let description: String
    /// True if the error can pass with time, such as a lost connection. False for a constraint violation.
    package let isTransient: Bool
    /// True if the connection broke and the outcome is unknown. A retry with the same ids is safe.
    ///
    /// False after a timeout (no time left to retry) and after a commit whose replication wait was cancelled. Such a
    /// commit is visible but may still be lost.
    package let mayHaveCommitted: Bool

    package init(outcome: Outcome, description: String, isTransient: Bool, mayHaveCommitted: Bool = false) {
        self.mayHaveCommitted = mayHaveCommitted
        self.outcome = outcome
        self.description = description
        self.isTransient = isTransient
    }
}
