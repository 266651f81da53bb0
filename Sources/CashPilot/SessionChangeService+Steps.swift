/// The steps that every change takes, in their order.
extension SessionChangeService {
    /// What a try ended with.
    private enum Step: Sendable {
        case done(Answer)
        /// The key was answered before, to a request with this fingerprint.
        case answered([UInt8])
        /// An earlier try of this very change, of which nobody knew what became of it, did it.
        case doneBefore
    }

    /// The ids of what a change makes. They stay the same if it is tried again, so that it is done once.
    struct Names: Sendable {
        let event: AuditEventID
        let nextEvent: AuditEventID
        let nextSession: SessionID
    }

    /// A change of which the role of the caller does not matter any more.
    func change(
        _ target: ChangeTarget, _ action: SessionAction, by operation: Operation, because reason: String? = nil,
        _ apply: @escaping @Sendable (inout Session, Instant) throws -> Void
    ) async throws -> Answer {
        try await change(target, action, by: operation, because: reason) { session, _, now in
            try apply(&session, now)
        }
    }

    /// Locks, checks, applies, takes the slot if one is needed, writes, and keeps the answer.
    func change(
        _ target: ChangeTarget, _ action: SessionAction, by operation: Operation, because reason: String?,
        _ apply: @escaping @Sendable (inout Session, Role, Instant) throws -> Void
    ) async throws -> Answer {
        try await attempt(target, operation) { transaction, locked, names in
            let before = try await permitted(action, on: locked, for: target, transaction)
            var session = before
            try apply(&session, locked.seen.role, locked.instant)
            // What changes nothing is not written; a second deletion would only change the reason.
            guard session != before, action != .delete || before.deletion == nil else { return before }
            let isMove = session.cashier != before.cashier
            let fillsSlot = session.slot != nil && session.slot != before.slot
            if isMove || fillsSlot {
                try await admit(
                    session.cashier, fillingSlot: fillsSlot, for: target, transaction,
                    orElse: isMove ? .cashierNotInBusiness : .cashierNotReady)
            }
            try checkVersion(of: before, for: target)
            let event = ChangeEvent(id: names.event, operation: operation, reason: reason, caller: target.caller)
            return try await transaction.save(session, event)
        }
    }

    /// Closes a session and opens the next cashier's with the count as float, both or neither.
    ///
    /// - Throws: ``Refusal/alreadyOpen(_:)`` if the one who takes over has an open session in the business.
    package func handOver(_ order: HandoverOrder) async throws -> Answer {
        let target = order.target
        return try await attempt(target, .handover) { transaction, locked, names in
            var session = try await permitted(.handover, on: locked, for: target, transaction)
            guard order.recipient != session.cashier else { throw Refusal.recipientNotInBusiness }
            try await admit(
                order.recipient, fillingSlot: true, for: target, transaction, orElse: .recipientNotInBusiness)
            try checkVersion(of: session, for: target)
            let next = try await transaction.open(
                order, as: names.nextSession, from: session, audit: names.nextEvent)
            session.close(with: order.count, notes: order.notes, by: target.caller.id, at: locked.instant)
            let event = ChangeEvent(id: names.event, operation: .handover, reason: nil, caller: target.caller)
            _ = try await transaction.save(session, event)
            return next
        }
    }

    /// Tries until no other transaction is in the way. If the connection breaks under it, it is tried once more under the
    /// same names, which tell whether the first try did it.
    private func attempt(
        _ target: ChangeTarget, _ operation: Operation,
        _ work: @escaping @Sendable (any SessionTransaction, LockedSession, Names) async throws -> Session
    ) async throws -> Answer {
        let names = Names(event: ids.make(), nextEvent: ids.make(), nextSession: ids.make())
        var uncertain: StoreFault?
        for _ in 0..<Self.attemptsMax {
            do {
                let isAgain = uncertain != nil
                let made = try await pastFirstTry(uncertain) {
                    try await step(target, operation, names, isAgain: isAgain, work)
                }
                switch made {
                case .done(let answer): return answer
                case .answered(let fingerprint): return try await replay(fingerprint, operation, for: target)
                case .doneBefore:
                    return try await doneBefore(operation == .handover ? names.nextSession : target.session, target)
                case nil: continue
                }
            } catch let fault as StoreFault {
                guard uncertain == nil, fault.canBeSettled else { throw uncertain ?? fault }
                uncertain = fault
            } catch let refusal as Refusal {
                // The first request with this key may have finished while this one waited for the row.
                if refusal.isOfState, let answer = try await answerKept(for: target, operation) { return answer }
                throw refusal
            } catch let taken as SlotTaken {
                if let answer = try await answerKept(for: target, operation) { return answer }
                throw conflicts.refusal(of: target.caller, by: taken.blocker, role: taken.role, at: taken.instant)
            }
        }
        if let uncertain { throw uncertain }
        throw Refusal.busy
    }

    /// The first answer to the target's key again, if there is one.
    ///
    /// - Throws: ``Refusal/keyReused`` if the first request was another.
    private func answerKept(for target: ChangeTarget, _ operation: Operation) async throws -> Answer? {
        guard let key = target.key,
            let kept = try await store.answerKept(
                for: key, operation: operation, business: target.business, caller: target.caller.id)
        else { return nil }
        guard kept.fingerprint == key.fingerprint else { throw Refusal.keyReused }
        try await store.awaitStandby()
        return kept.answer(to: target.caller)
    }

    private func step(
        _ target: ChangeTarget, _ operation: Operation, _ names: Names, isAgain: Bool,
        _ work: @escaping @Sendable (any SessionTransaction, LockedSession, Names) async throws -> Session
    ) async throws -> Step? {
        try await store.transaction(on: target.session) { transaction in
            // The lock may have waited for an earlier try, and then it does not know yet that this was done.
            if isAgain { _ = try await transaction.lock(target, for: operation, audit: names.event) }
            guard let locked = try await transaction.lock(target, for: operation, audit: names.event) else {
                throw Refusal.callerInactive
            }
            guard locked.seen.seesBusiness else { throw Refusal.businessNotFound }
            guard locked.isKeyFree else { throw Refusal.requestInFlight }
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
        else { throw Refusal.sessionNotFound }
        try await store.awaitStandby()
        return Answer(
            session: session, actions: session.allowedActions(for: target.caller.id, role: seen.role), isReplay: false)
    }

    private func replay(
        _ fingerprint: [UInt8], _ operation: Operation, for target: ChangeTarget
    ) async throws -> Answer {
        guard fingerprint == target.key?.fingerprint else { throw Refusal.keyReused }
        guard let answer = try await answerKept(for: target, operation) else {
            throw Refusal.busy  // Its seven days ended between the two reads.
        }
        return answer
    }

    /// The session, if the table lets the caller do this to it.
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
            try await admit(
                session.cashier, fillingSlot: true, for: target, transaction, orElse: .cashierNotReady)
        case .wrongState: throw session.refusal(of: action)
        }
        return session
    }

    /// Comes last: a refusal that would stand without it comes before a version that does not match (RFC 9110, 13.2.1).
    private func checkVersion(of session: Session, for target: ChangeTarget) throws(Refusal) {
        guard let versions = target.expectedVersions, !versions.contains(session.version) else { return }
        throw .versionMismatch(current: session.version)
    }

    /// An answer is not given again to somebody who may no longer see it.
    private func checkReplay(
        of operation: Operation, on seen: Seen<Session?>, to caller: Caller
    ) throws(Refusal) {
        let isOwn = seen.value?.cashier == caller.id
        let isForCashiers = operation == .end || operation == .handover
        guard seen.role == .admin || (isOwn && isForCashiers) else { throw .forbidden }
    }

    /// Refuses unless `cashier` may hold the session, and, if it takes their slot, unless that is free. The index decides
    /// when the session is written.
    private func admit(
        _ cashier: UserID, fillingSlot fillsSlot: Bool, for target: ChangeTarget,
        _ transaction: any SessionTransaction, orElse unready: Refusal
    ) async throws {
        try await transaction.holdSlot(of: cashier, in: target.business)
        guard let look = try await transaction.look(at: cashier, for: target) else { throw Refusal.callerInactive }
        guard look.isBusinessActive || !fillsSlot else { throw Refusal.businessInactive }
        if fillsSlot, let blocker = look.blocker {
            throw SlotTaken(blocker: blocker, role: look.role, instant: look.instant)
        }
        guard look.isCashierReady else { throw unready }
    }
}

/// A session is in the way. It becomes a refusal, which is logged and recorded, unless an earlier answer is found.
private struct SlotTaken: Error {
    let blocker: Blocker
    let role: Role
    let instant: Instant
}

extension Refusal {
    /// Whether another try of the same request may have made it so.
    fileprivate var isOfState: Bool {
        switch self {
        case .notOpen, .alreadyClosed, .notDeleted, .versionMismatch: true
        default: false
        }
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
