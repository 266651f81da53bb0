/// The steps of every change, in order.
extension SessionChangeService {
    /// The result of one transaction.
    private enum Step: Sendable {
        case done(SessionView)
        /// A response is stored for the key.
        case stored
        /// An earlier attempt of this change, whose outcome was unknown, succeeded.
        case doneBefore
    }

    /// The ids made before a change. A retry reuses them, so the change is applied once.
    struct ChangeIDs: Sendable {
        let event: AuditEventID
        let nextEvent: AuditEventID
        let nextSession: SessionID
    }

    /// Checks the rules, applies the change, takes the open-session key if needed, and writes.
    func change(
        _ target: ChangeTarget, _ action: SessionAction, by operation: Operation, because reason: String? = nil,
        edit: SessionEdit? = nil, acknowledged: Bool = false,
        _ apply: @escaping @Sendable (inout Session, Instant) throws -> Void
    ) async throws -> ChangeResult<SessionView> {
        try await once(target, action, operation) { transaction, locked, ids in
            let before = try await permitted(
                action, on: locked, for: target, edit: edit, acknowledged: acknowledged, transaction)
            var session = before
            try apply(&session, locked.instant)
            // A change without an effect is not written. A second deletion would only replace the reason.
            guard session != before, action != .delete || before.deletion == nil else { return before }
            let isMove = session.cashier != before.cashier
            let opensSession = session.openSessionKey != nil && session.openSessionKey != before.openSessionKey
            if isMove || opensSession {
                try await admit(
                    session.cashier, openingSession: opensSession, at: session.terminal, for: target, action,
                    transaction,
                    orElse: isMove ? .cashierNotInBusiness : .cashierNotReady)
            }
            // An open session lasts until now, so every later session would keep it from being moved.
            if session.openedAt != before.openedAt || (isMove && session.status != .open) {
                // The lock excludes a concurrent change that would overlap. After `admit`, it is already taken.
                try await transaction.lockOpenSessionKey(of: session.cashier, in: target.business)
                try await transaction.backdateCheck(session).check(for: target.caller, refused: .edit(target.session))
            }
            try checkVersion(of: before, for: target)
            let event = ChangeEvent(id: ids.event, operation: operation, reason: reason, caller: target.caller)
            return try await transaction.save(session, event)
        }
    }

    /// Closes a session and opens the recipient's session with the count as float, in one transaction.
    ///
    /// - Throws: ``DomainError/alreadyOpen(_:)`` if the recipient has an open session in the business.
    package func handOver(_ request: HandoverRequest) async throws -> ChangeResult<SessionView> {
        let target = request.target
        return try await once(target, .handover, .handover) { transaction, locked, ids in
            var session = try await permitted(.handover, on: locked, for: target, transaction)
            guard request.recipient != session.cashier else { throw DomainError.recipientNotInBusiness }
            try await admit(
                request.recipient, openingSession: true, at: session.terminal, for: target, .handover, transaction,
                orElse: .recipientNotInBusiness)
            try checkVersion(of: session, for: target)
            let next = try await transaction.open(request, as: ids.nextSession, from: session, audit: ids.nextEvent)
            session.close(with: request.count, notes: request.notes, by: target.caller.id, at: locked.instant)
            session.handedOverTo = next
            let event = ChangeEvent(id: ids.event, operation: .handover, reason: nil, caller: target.caller)
            _ = try await transaction.save(session, event)
            return try await transaction.session(next.id, for: target)
        }
    }

    /// Runs a change once, and records a conflict that prevents it.
    private func once(
        _ target: ChangeTarget, _ action: SessionAction, _ operation: Operation,
        _ work: @escaping @Sendable (any SessionTransaction, LockedSession, ChangeIDs) async throws -> Session
    ) async throws -> ChangeResult<SessionView> {
        let ids = ChangeIDs(event: ids.make(), nextEvent: ids.make(), nextSession: ids.make())
        do {
            return try await OnceOnly(store: store, key: target.key).run { _ in
                switch try await step(target, action, operation, ids, work) {
                case .done(let session): return .made(session)
                case .stored:
                    guard let stored = try await stored(target, operation) else {
                        throw DomainError.busy  // The response expired (7 days) between the two reads.
                    }
                    return .stored(stored)
                case .doneBefore:
                    return .made(try await view(operation == .handover ? ids.nextSession : target.session, target))
                case nil: return .lostRace
                }
            } stored: {
                try await stored(target, operation)
            }
        } catch DomainError.alreadyOpen(let conflict) {
            conflicts.record(conflict, of: target.caller)
            throw DomainError.alreadyOpen(conflict)
        }
    }

    private func stored(_ target: ChangeTarget, _ operation: Operation) async throws -> OnceOnly.Stored<SessionView>? {
        try await store.response(to: target.caller, for: target.key, of: operation, in: target.business)?
            .replay(to: target.caller)
    }

    /// Runs one transaction: locks the session, makes the change, and stores the response.
    ///
    /// - Returns: `nil` if a concurrent transaction won.
    private func step(
        _ target: ChangeTarget, _ action: SessionAction, _ operation: Operation, _ ids: ChangeIDs,
        _ work: @escaping @Sendable (any SessionTransaction, LockedSession, ChangeIDs) async throws -> Session
    ) async throws -> Step? {
        try await store.transaction(on: target.session) { transaction in
            guard let result = try await transaction.lock(target, for: operation, audit: ids.event) else {
                throw DomainError.callerInactive
            }
            let locked = result.value
            guard locked.session.seesBusiness else { throw DomainError.businessNotFound }
            // Without the key, the statement did not wait for the session's lock and did not read it.
            guard result.isKeyFree else { throw DomainError.requestInFlight }
            if result.fingerprint != nil {
                try SessionPolicy.checkReplay(of: action, on: locked.session, to: target.caller.id)
                return .stored
            }
            if locked.isDone { return .doneBefore }
            let session = try await work(transaction, locked, ids)
            let role = locked.session.role
            try await transaction.storeResponse(session, role: role, for: target, operation)
            return .done(SessionView(session, for: target.caller.id, role: role))
        }
    }

    /// Reads a session after its change.
    private func view(_ id: SessionID, _ target: ChangeTarget) async throws -> SessionView {
        let read = try await store.session(id, in: target.business, for: target.caller)
        guard let session = read?.view(for: target.caller) else { throw DomainError.sessionNotFound }
        return session
    }

    /// Returns the session if the rules allow the action.
    private func permitted(
        _ action: SessionAction, on locked: LockedSession, for target: ChangeTarget, edit: SessionEdit? = nil,
        acknowledged: Bool = false, _ transaction: any SessionTransaction
    ) async throws -> Session {
        guard let session = locked.session.value else { throw DomainError.sessionNotFound }
        let role = locked.session.role
        let decision = SessionPolicy.decide(
            action, on: session, by: target.caller.id, role: role, edit: edit, acknowledged: acknowledged)
        switch decision {
        case .allowed, .unnecessary: break
        case .notFound: throw DomainError.sessionNotFound
        case .forbidden: throw DomainError.forbidden
        case .editWindowExpired: throw DomainError.editWindowExpired(session)
        case .booksClosed: throw DomainError.booksClosed
        case .countFirst: throw DomainError.countFirst(session)
        case .countIsFinal: throw DomainError.countIsFinal
        // The successor is a colleague's session, which a cashier may not view.
        case .handedOver(let successor):
            throw DomainError.handedOver(
                SuccessorLink(session: successor, business: session.business, isVisible: role == .admin))
        // `admit` reads the current rows, and throws the error with its details.
        case .obstructed: break
        case .wrongState where action == .reopen && session.openSessionKey != nil:
            // Here the existing session is this one.
            try await admit(
                session.cashier, openingSession: true, at: session.terminal, for: target, action, transaction,
                orElse: .cashierNotReady)
        case .wrongState: throw session.error(of: action)
        }
        return session
    }

    /// Runs last: other errors take precedence over a version mismatch (RFC 9110, 13.2.1).
    private func checkVersion(of session: Session, for target: ChangeTarget) throws(DomainError) {
        guard let versions = target.expectedVersions, !versions.contains(session.version) else { return }
        throw .versionMismatch(current: session.version)
    }

    /// Throws unless `cashier` may have the session. If the change opens it, the open-session key must also be free.
    ///
    /// The one-open index decides when the session is written.
    private func admit(
        _ cashier: UserID, openingSession opensSession: Bool, at terminal: String?, for target: ChangeTarget,
        _ action: SessionAction, _ transaction: any SessionTransaction, orElse unready: DomainError
    ) async throws {
        try await transaction.lockOpenSessionKey(of: cashier, in: target.business)
        guard let precheck = try await transaction.precheck(at: cashier, for: target) else {
            throw DomainError.callerInactive
        }
        guard precheck.isBusinessActive || !opensSession else { throw DomainError.businessInactive }
        if opensSession,
            let conflict = precheck.conflict(
                for: target.caller, refused: .change(action, of: target.session), terminal: terminal)
        {
            throw DomainError.alreadyOpen(conflict)
        }
        guard precheck.isCashierReady else { throw unready }
    }
}

extension Session {
    /// The error for an action that the session's state does not allow.
    fileprivate func error(of action: SessionAction) -> DomainError {
        switch action {
        case .restore: .notDeleted(self)
        case .close, .forceClose: status == .closed && deletion == nil ? .alreadyClosed(self) : .notOpen(self)
        case .view, .end, .edit, .record, .reconcile, .handover, .reopen, .delete, .flag, .unflag: .notOpen(self)
        }
    }
}

extension RefusedRequest {
    fileprivate static func change(_ action: SessionAction, of session: SessionID) -> RefusedRequest {
        switch action {
        case .reopen: .reopen(session)
        case .restore: .restore(session)
        case .handover: .handover(session)
        case .view, .close, .end, .edit, .record, .reconcile, .forceClose, .delete, .flag, .unflag: .edit(session)
        }
    }
}
