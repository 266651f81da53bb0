/// The steps of every change, in order.
extension SessionChangeService {
    /// The result of one attempt.
    private enum Step: Sendable {
        case done(Answer)
        /// A response is stored for the key; its request had this fingerprint.
        case answered([UInt8])
        /// An earlier attempt of this change, whose outcome was unknown, succeeded.
        case doneBefore
    }

    /// The ids made before a change. A retry reuses them, so the change is applied once.
    struct ChangeIDs: Sendable {
        let event: AuditEventID
        let nextEvent: AuditEventID
        let nextSession: SessionID
    }

    /// Runs a change whose rules do not depend on the caller's role.
    func change(
        _ target: ChangeTarget, _ action: SessionAction, by operation: Operation, because reason: String? = nil,
        _ apply: @escaping @Sendable (inout Session, Instant) throws -> Void
    ) async throws -> Answer {
        try await change(target, action, by: operation, because: reason) { session, _, now in
            try apply(&session, now)
        }
    }

    /// Locks, checks, applies, takes the open-session key if needed, writes, and stores the response.
    func change(
        _ target: ChangeTarget, _ action: SessionAction, by operation: Operation, because reason: String?,
        _ apply: @escaping @Sendable (inout Session, Role, Instant) throws -> Void
    ) async throws -> Answer {
        try await attempt(target, operation) { transaction, locked, names in
            let before = try await permitted(action, on: locked, for: target, transaction)
            var session = before
            try apply(&session, locked.seen.role, locked.instant)
            // A change without an effect is not written. A second deletion would only replace the reason.
            guard session != before, action != .delete || before.deletion == nil else { return before }
            let isMove = session.cashier != before.cashier
            let opensSession = session.openSessionKey != nil && session.openSessionKey != before.openSessionKey
            if isMove || opensSession {
                try await admit(
                    session.cashier, openingSession: opensSession, for: target, transaction,
                    orElse: isMove ? .cashierNotInBusiness : .cashierNotReady)
            }
            try checkVersion(of: before, for: target)
            let event = ChangeEvent(id: names.event, operation: operation, reason: reason, caller: target.caller)
            return try await transaction.save(session, event)
        }
    }

    /// Closes a session and opens the recipient's session with the count as float, in one transaction.
    ///
    /// - Throws: ``DomainError/alreadyOpen(_:)`` if the recipient has an open session in the business.
    package func handOver(_ request: HandoverRequest) async throws -> Answer {
        let target = request.target
        return try await attempt(target, .handover) { transaction, locked, names in
            var session = try await permitted(.handover, on: locked, for: target, transaction)
            guard request.recipient != session.cashier else { throw DomainError.recipientNotInBusiness }
            try await admit(
                request.recipient, openingSession: true, for: target, transaction, orElse: .recipientNotInBusiness)
            try checkVersion(of: session, for: target)
            let next = try await transaction.open(
                request, as: names.nextSession, from: session, audit: names.nextEvent)
            session.close(with: request.count, notes: request.notes, by: target.caller.id, at: locked.instant)
            let event = ChangeEvent(id: names.event, operation: .handover, reason: nil, caller: target.caller)
            _ = try await transaction.save(session, event)
            return next
        }
    }

    /// Repeats the change until it loses no race, up to ``attemptsMax`` attempts.
    ///
    /// If the connection breaks, it retries once with the same change ids. They show whether the first attempt
    /// succeeded.
    private func attempt(
        _ target: ChangeTarget, _ operation: Operation,
        _ work: @escaping @Sendable (any SessionTransaction, LockedSession, ChangeIDs) async throws -> Session
    ) async throws -> Answer {
        let names = ChangeIDs(event: ids.make(), nextEvent: ids.make(), nextSession: ids.make())
        var unknownOutcome: StoreError?
        for _ in 0..<Self.attemptsMax {
            do {
                let isAgain = unknownOutcome != nil
                let made = try await retryingWhileInFlight(unknownOutcome) {
                    try await step(target, operation, names, isAgain: isAgain, work)
                }
                switch made {
                case .done(let answer): return answer
                case .answered(let fingerprint): return try await replay(fingerprint, operation, for: target)
                case .doneBefore:
                    return try await doneBefore(operation == .handover ? names.nextSession : target.session, target)
                case nil: continue
                }
            } catch let fault as StoreError {
                guard unknownOutcome == nil, fault.mayHaveCommitted else { throw unknownOutcome ?? fault }
                unknownOutcome = fault
            } catch let refusal as DomainError {
                // The first request with this key may have finished during the wait for the row lock.
                if refusal.isOfState, let answer = try await storedResponse(for: target, operation) { return answer }
                throw refusal
            } catch let taken as OpenSessionExists {
                if let answer = try await storedResponse(for: target, operation) { return answer }
                throw conflicts.refusal(of: target.caller, by: taken.existing, role: taken.role, at: taken.instant)
            }
        }
        if let unknownOutcome { throw unknownOutcome }
        throw DomainError.busy
    }

    /// Replays the stored response for the target's key; `nil` if there is none.
    ///
    /// - Throws: ``DomainError/keyReused`` if the first request was different.
    private func storedResponse(for target: ChangeTarget, _ operation: Operation) async throws -> Answer? {
        guard let key = target.key,
            let kept = try await store.storedResponse(
                for: key, operation: operation, business: target.business, caller: target.caller.id)
        else { return nil }
        guard kept.fingerprint == key.fingerprint else { throw DomainError.keyReused }
        try await store.waitForReplication()
        return kept.answer(to: target.caller)
    }

    private func step(
        _ target: ChangeTarget, _ operation: Operation, _ names: ChangeIDs, isAgain: Bool,
        _ work: @escaping @Sendable (any SessionTransaction, LockedSession, ChangeIDs) async throws -> Session
    ) async throws -> Step? {
        try await store.transaction(on: target.session) { transaction in
            // The first lock may have waited for an earlier attempt. Its snapshot is older than that attempt's commit.
            if isAgain { _ = try await transaction.lock(target, for: operation, audit: names.event) }
            guard let locked = try await transaction.lock(target, for: operation, audit: names.event) else {
                throw DomainError.callerInactive
            }
            guard locked.seen.seesBusiness else { throw DomainError.businessNotFound }
            guard locked.isKeyFree else { throw DomainError.requestInFlight }
            if let fingerprint = locked.fingerprint {
                try checkReplay(of: operation, on: locked.seen, to: target.caller)
                return .answered(fingerprint)
            }
            if locked.isDone { return .doneBefore }
            let session = try await work(transaction, locked, names)
            let role = locked.seen.role
            try await transaction.keep(session, role: role, for: target, operation)
            let actions = session.allowedActions(for: target.caller.id, role: role)
            return .done(Answer(session: session, actions: actions, isReplay: false))
        }
    }

    private func doneBefore(_ id: SessionID, _ target: ChangeTarget) async throws -> Answer {
        guard let seen = try await store.session(id, in: target.business, for: target.caller.id),
            let session = seen.value
        else { throw DomainError.sessionNotFound }
        try await store.waitForReplication()
        return Answer(
            session: session, actions: session.allowedActions(for: target.caller.id, role: seen.role), isReplay: false)
    }

    private func replay(
        _ fingerprint: [UInt8], _ operation: Operation, for target: ChangeTarget
    ) async throws -> Answer {
        guard fingerprint == target.key?.fingerprint else { throw DomainError.keyReused }
        guard let answer = try await storedResponse(for: target, operation) else {
            throw DomainError.busy  // The response expired (7 days) between the two reads.
        }
        return answer
    }

    /// Returns the session if the rules allow the action.
    private func permitted(
        _ action: SessionAction, on locked: LockedSession, for target: ChangeTarget,
        _ transaction: any SessionTransaction
    ) async throws -> Session {
        guard let session = locked.seen.value else { throw DomainError.sessionNotFound }
        switch session.verdict(on: action, by: locked.seen.role, target.caller.id) {
        case .allowed: break
        case .notFound: throw DomainError.sessionNotFound
        case .forbidden: throw DomainError.forbidden
        case .wrongState where action == .delete: return session  // The session is already deleted.
        case .wrongState where action == .reopen && session.openSessionKey != nil:
            // Here the existing session is this one.
            try await admit(
                session.cashier, openingSession: true, for: target, transaction, orElse: .cashierNotReady)
        case .wrongState: throw session.refusal(of: action)
        }
        return session
    }

    /// Runs last: other errors take precedence over a version mismatch (RFC 9110, 13.2.1).
    private func checkVersion(of session: Session, for target: ChangeTarget) throws(DomainError) {
        guard let versions = target.expectedVersions, !versions.contains(session.version) else { return }
        throw .versionMismatch(current: session.version)
    }

    /// Rejects a replay if the caller may no longer see the session.
    private func checkReplay(
        of operation: Operation, on seen: Authorized<Session?>, to caller: Caller
    ) throws(DomainError) {
        let isOwn = seen.value?.cashier == caller.id
        let isForCashiers = operation == .end || operation == .handover
        guard seen.role == .admin || (isOwn && isForCashiers) else { throw .forbidden }
    }

    /// Throws unless `cashier` may hold the session. If the change opens it, the open-session key must also be free.
    ///
    /// The one-open index decides when the session is written.
    private func admit(
        _ cashier: UserID, openingSession opensSession: Bool, for target: ChangeTarget,
        _ transaction: any SessionTransaction, orElse unready: DomainError
    ) async throws {
        try await transaction.holdOpenSession(of: cashier, in: target.business)
        guard let precheck = try await transaction.precheck(at: cashier, for: target) else {
            throw DomainError.callerInactive
        }
        guard precheck.isBusinessActive || !opensSession else { throw DomainError.businessInactive }
        if opensSession, let existing = precheck.existing {
            throw OpenSessionExists(existing: existing, role: precheck.role, instant: precheck.instant)
        }
        guard precheck.isCashierReady else { throw unready }
    }
}

/// An existing session prevents the change. The service logs and records the conflict unless it finds a stored
/// response.
private struct OpenSessionExists: Error {
    let existing: SessionConflict
    let role: Role
    let instant: Instant
}

extension DomainError {
    /// True if another attempt of the same request may have caused this error.
    fileprivate var isOfState: Bool {
        switch self {
        case .notOpen, .alreadyClosed, .notDeleted, .versionMismatch: true
        default: false
        }
    }
}

extension Session {
    /// The error for an action that the session's state does not allow.
    fileprivate func refusal(of action: SessionAction) -> DomainError {
        switch action {
        case .restore: .notDeleted(self)
        case .close, .forceClose: status == .closed && deletion == nil ? .alreadyClosed(self) : .notOpen(self)
        case .view, .end, .edit, .handover, .reopen, .delete, .flag, .unflag: .notOpen(self)
        }
    }
}
