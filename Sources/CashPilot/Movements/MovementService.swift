/// Records and reads movements of cash, and reconciles a drawer.
package struct MovementService: Sendable {
    /// How far the clock of a till may be off, in milliseconds.
    static let clockTolerance: Int64 = 300_000

    private let store: any MovementStore
    private let ids: IDMaker

    package init(store: any MovementStore, ids: IDMaker) {
        self.store = store
        self.ids = ids
    }

    /// Records a movement, or reverses one. The id makes it once-only: a repetition returns the movement as it stands.
    ///
    /// - Throws: the errors of ``SessionPolicy/checkRecord(_:_:in:role:)``;
    ///   ``DomainError/movementIDTaken(_:)``, or ``DomainError/keyReused`` if an Idempotency-Key named the id;
    ///   ``DomainError/movementNotFound``, ``DomainError/notReversible``,
    ///   ``DomainError/movementAlreadyReversed(_:)`` for a reversal.
    package func record(_ request: MovementRequest) async throws -> ChangeResult<MovementView> {
        let (id, audit): (MovementID, AuditEventID) = (request.id ?? ids.make(), ids.make())
        let result = try await OnceOnly(store: store).run { isRetry in
            try await attempt(request, as: id, audit: audit, isRetry: isRetry)
        }.value
        if result.isReplay { try await store.waitForReplication() }
        return result
    }

    /// Returns one movement of a session.
    package func movement(
        _ id: MovementID, of session: SessionID, in business: BusinessID, for caller: Caller
    ) async throws -> MovementView {
        let (session, role) = try await visible(session, in: business, for: caller)
        guard let movement = try await store.movement(id, in: business), movement.session == session.id else {
            throw DomainError.movementNotFound
        }
        return MovementView(movement, in: session, to: role)
    }

    /// Lists the movements of a session, newest first.
    package func list(
        _ query: MovementQuery, of session: SessionID, in business: BusinessID, after cursor: Cursor<Movement>?,
        limit: Int, for caller: Caller
    ) async throws -> Page<MovementView, Movement> {
        let (session, role) = try await visible(session, in: business, for: caller)
        let found = try await store.movements(
            query, of: session.id, in: business, after: cursor, limit: limit + 1)
        return Page(of: found.map { MovementView($0, in: session, to: role) }, limit: limit) { view in
            Cursor(instant: view.movement.recordedAt, id: view.movement.id)
        }
    }

    /// Returns every term of the expected cash of a session.
    ///
    /// - Throws: ``DomainError/countFirst(_:)`` for a cashier of a business that counts blind, before the count.
    package func reconciliation(
        of session: SessionID, in business: BusinessID, for caller: Caller
    ) async throws -> Reconciliation {
        let read = try Authorized.checked(try await store.sums(of: session, in: business, for: caller))
        let session = try SessionPolicy.visible(
            Authorized(role: read.role, value: read.value?.session), to: caller.id)
        guard SessionPolicy.decide(.reconcile, on: session, by: caller.id, role: read.role) != .countFirst else {
            throw DomainError.countFirst(session)
        }
        guard let summed = read.value else { throw DomainError.sessionNotFound }
        return try Reconciliation(of: session, sums: summed.sums, hash: summed.hash, at: summed.instant)
    }

    private func visible(
        _ id: SessionID, in business: BusinessID, for caller: Caller
    ) async throws -> (Session, Role) {
        let read = try Authorized.checked(try await store.session(id, in: business, for: caller))
        return (try SessionPolicy.visible(read, to: caller.id), read.role)
    }

    // MARK: Steps of a record

    private func attempt(
        _ request: MovementRequest, as id: MovementID, audit: AuditEventID, isRetry: Bool
    ) async throws -> OnceOnly.Attempt<ChangeResult<MovementView>> {
        let read = try Authorized.checked(try await store.record(request, as: id, audit: audit))
        let attempt = read.value
        let session = try SessionPolicy.visible(
            Authorized(role: read.role, value: attempt.session), to: request.caller.id)
        if let movement = attempt.movement {
            // A cashier who counts blind must not find out a colleague's amounts by trying them with their ids.
            let mayCompare =
                movement.recordedBy == request.caller.id
                || MovementView(movement, in: session, to: read.role).showsAmount
            guard mayCompare, request.recorded(movement) else { throw try await taken(by: movement, for: request) }
            let view = MovementView(movement, in: session, to: read.role, isEcho: request.isEcho)
            // An earlier attempt of this request may have recorded it.
            return .made(ChangeResult(value: view, isReplay: !attempt.isNew && !isRetry))
        }
        if case .reversal(let original) = request.content {
            try await checkReversible(original, in: session, for: request, role: read.role)
        }
        try SessionPolicy.checkRecord(request, attempt, in: session, role: read.role)
        return .lostRace
    }

    /// The error for an id that another movement has.
    private func taken(by movement: Movement, for request: MovementRequest) async throws -> DomainError {
        guard !request.isIDOfKey else { return .keyReused }
        let seen = try? await visible(movement.session, in: request.business, for: request.caller)
        return .movementIDTaken(seen.map { MovementView(movement, in: $0.0, to: $0.1) })
    }

    private func checkReversible(
        _ id: MovementID, in session: Session, for request: MovementRequest, role: Role
    ) async throws {
        guard let original = try await store.movement(id, in: request.business), original.session == session.id else {
            throw DomainError.movementNotFound
        }
        guard role == .admin || session.status != .closed else { throw DomainError.forbidden }
        guard original.reverses == nil, original.kind != .noSale else { throw DomainError.notReversible }
        if let reversal = original.reversedBy,
            let found = try await store.movement(reversal, in: request.business)
        {
            throw DomainError.movementAlreadyReversed(MovementView(found, in: session, to: role))
        }
    }
}

extension MovementRequest {
    /// True if the request has the amount, so that its response tells nothing new.
    fileprivate var isEcho: Bool {
        switch content {
        case .entry: true
        case .reversal: false
        }
    }
}

extension SessionPolicy {
    /// Explains why a movement was not recorded in a session that the caller may view.
    ///
    /// Other errors take precedence over a version mismatch (RFC 9110, 13.2.1). Returns if nothing prevents it any more.
    ///
    /// - Throws: ``DomainError/notOpen(_:)``, ``DomainError/booksClosed``, ``DomainError/occurredOutsideSession``,
    ///   ``DomainError/editWindowExpired(_:)``, ``DomainError/counterpartNotInBusiness``,
    ///   ``DomainError/counterpartIsCashier``, ``DomainError/tooManyMovements``,
    ///   ``DomainError/versionMismatch(current:)``.
    static func checkRecord(
        _ request: MovementRequest, _ attempt: RecordAttempt, in session: Session, role: Role
    ) throws(DomainError) {
        guard session.deletion == nil else { throw .notOpen(session) }
        guard !session.facts.isInClosedBooks else { throw .booksClosed }
        if case .entry(let entry) = request.content {
            try checkTime(of: entry, in: session, at: attempt.instant)
            if role == .cashier && session.status == .closed && !session.facts.isInEditWindow {
                throw .editWindowExpired(session)
            }
            guard attempt.isCounterpartReady else { throw .counterpartNotInBusiness }
            guard entry.counterpart != session.cashier else { throw .counterpartIsCashier }
        }
        guard attempt.hasRoom else { throw .tooManyMovements }
        if let versions = request.expectedVersions, !versions.contains(session.version) {
            throw .versionMismatch(current: session.version)
        }
    }

    /// What happens now needs an open session. What happened before must have happened while it was open.
    private static func checkTime(
        of entry: MovementEntry, in session: Session, at now: Instant
    ) throws(DomainError) {
        guard let occurredAt = entry.occurredAt else {
            guard session.status == .open else { throw .notOpen(session) }
            return
        }
        let tolerance = MovementService.clockTolerance
        guard occurredAt.milliseconds >= session.openedAt.milliseconds - tolerance,
            occurredAt.milliseconds <= now.milliseconds + tolerance
        else { throw .occurredOutsideSession }
        guard let end = session.endedAt ?? session.closedAt else { return }
        guard max(occurredAt, session.openedAt) <= end else { throw .notOpen(session) }
    }
}
