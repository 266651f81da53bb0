/// The steps that every change takes, in their order.
extension SessionChangeService {
    /// What a try ended with.
    private enum Step: Sendable {
        case done(Answer)
        /// The key was answered before, to a request with this fingerprint.
        case answered([UInt8])
    }

    /// A change of which the role of the caller does not matter any more.
    func change(
        _ target: ChangeTarget, _ action: SessionAction, by operation: Operation, because reason: String? = nil,
        _ apply: @Sendable (inout Session, Instant) throws -> Void
    ) async throws -> Answer {
        try await change(target, action, by: operation, because: reason) { session, _, now in
            try apply(&session, now)
        }
    }

    /// Locks, checks, applies, takes the slot if one is needed, writes, and keeps the answer.
    func change(
        _ target: ChangeTarget, _ action: SessionAction, by operation: Operation, because reason: String?,
        _ apply: @Sendable (inout Session, Role, Instant) throws -> Void
    ) async throws -> Answer {
        try await attempt(target, operation) { transaction, locked in
            let before = try await permitted(action, on: locked, for: target, transaction)
            var session = before
            try apply(&session, locked.seen.role, locked.instant)
            guard session != before, action != .delete || before.deletion == nil else { return (before, true) }
            if let cashier = session.slot, cashier != before.slot {
                let isMove = cashier != before.cashier
                try await take(
                    slotOf: cashier, for: target, transaction, orElse: isMove ? .cashierNotInBusiness : .cashierNotReady
                )
            }
            let event = ChangeEvent(id: ids.make(), operation: operation, reason: reason, caller: target.caller)
            return (try await transaction.save(session, event), true)
        }
    }

    /// Closes a session and opens the next cashier's with the count as float, both or neither.
    ///
    /// - Throws: ``Refusal/alreadyOpen(_:)`` if the one who takes over has an open session in the business.
    package func handOver(_ order: HandoverOrder) async throws -> Answer {
        let target = order.target
        return try await attempt(target, .handover) { transaction, locked in
            var session = try await permitted(.handover, on: locked, for: target, transaction)
            guard order.recipient != session.cashier else { throw Refusal.recipientNotInBusiness }
            try await take(slotOf: order.recipient, for: target, transaction, orElse: .recipientNotInBusiness)
            let next = try await transaction.open(order, as: ids.make(), from: session, audit: ids.make())
            session.close(with: order.count, notes: order.notes, by: target.caller.id, at: locked.instant)
            let event = ChangeEvent(id: ids.make(), operation: .handover, reason: nil, caller: target.caller)
            _ = try await transaction.save(session, event)
            return (next, true)
        }
    }

    /// Tries until no other transaction is in the way.
    private func attempt(
        _ target: ChangeTarget, _ operation: Operation,
        _ work: @Sendable (any SessionTransaction, LockedSession) async throws -> (session: Session, isNew: Bool)
    ) async throws -> Answer {
        for _ in 0..<Self.attemptsMax {
            let step = try await store.transaction(on: target.session) { transaction -> Step in
                let locked = try await lock(target, for: operation, transaction)
                if let fingerprint = locked.fingerprint { return .answered(fingerprint) }
                let (session, isNew) = try await work(transaction, locked)
                let role = locked.seen.role
                try await transaction.keep(session, role: role, for: target, operation)
                let actions = session.allowedActions(for: target.caller.id, role: role)
                return .done(Answer(session: session, actions: actions, isReplay: false, isNew: isNew))
            }
            switch step {
            case .done(let answer): return answer
            case .answered(let fingerprint): return try await replay(fingerprint, operation, for: target)
            case nil: continue
            }
        }
        throw Refusal.busy
    }

    private func lock(
        _ target: ChangeTarget, for operation: Operation, _ transaction: any SessionTransaction
    ) async throws -> LockedSession {
        guard let locked = try await transaction.lock(target, for: operation) else { throw Refusal.callerInactive }
        guard locked.seen.seesBusiness else { throw Refusal.businessNotFound }
        guard locked.isKeyFree else { throw Refusal.requestInFlight }
        return locked
    }

    private func replay(
        _ fingerprint: [UInt8], _ operation: Operation, for target: ChangeTarget
    ) async throws -> Answer {
        guard let key = target.key, fingerprint == key.fingerprint else { throw Refusal.keyReused }
        guard
            let kept = try await store.answerKept(
                for: key, operation: operation, business: target.business, caller: target.caller.id)
        else { throw Refusal.busy }  // Its seven days ended between the two reads.
        return kept.answer(to: target.caller)
    }

    /// The session, if the table lets the caller do this to it, and if it has a version that will do.
    private func permitted(
        _ action: SessionAction, on locked: LockedSession, for target: ChangeTarget,
        _ transaction: any SessionTransaction
    ) async throws -> Session {
        guard let session = locked.seen.value else { throw Refusal.sessionNotFound }
        switch session.verdict(on: action, by: locked.seen.role, target.caller.id) {
        case .allowed: break
        case .notFound: throw Refusal.sessionNotFound
        case .forbidden: throw Refusal.forbidden
        case .wrongState where action == .delete: return session  // It is out of the books already.
        case .wrongState where action == .reopen && session.slot != nil:
            // The session that is in the way is this one.
            try await take(slotOf: session.cashier, for: target, transaction, orElse: .cashierNotReady)
        case .wrongState: throw session.refusal(of: action)
        }
        if let versions = target.expectedVersions, !versions.contains(session.version) {
            throw Refusal.versionMismatch(current: session.version)
        }
        return session
    }

    /// Refuses unless the slot of `cashier` is free and they may hold it. The index decides when the session is written.
    private func take(
        slotOf cashier: UserID, for target: ChangeTarget, _ transaction: any SessionTransaction,
        orElse unready: Refusal
    ) async throws {
        guard let look = try await transaction.look(at: cashier, for: target) else { throw Refusal.callerInactive }
        guard look.isBusinessActive else { throw Refusal.businessInactive }
        if let blocker = look.blocker {
            throw conflicts.refusal(of: target.caller, by: blocker, role: look.role, at: look.instant)
        }
        guard look.isCashierReady else { throw unready }
    }
}

extension Session {
    /// Why its state does not allow an action.
    fileprivate func refusal(of action: SessionAction) -> Refusal {
        switch action {
        case .restore: .notDeleted(self)
        case .close, .forceClose: status == .closed && deletion == nil ? .alreadyClosed(self) : .notOpen(self)
        case .view, .end, .edit, .handover, .reopen, .delete, .flag, .unflag: .notOpen(self)
        }
    }
}
