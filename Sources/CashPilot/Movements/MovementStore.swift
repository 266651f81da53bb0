/// Stores movements. No method changes one.
///
/// - Throws: every method throws ``StoreError`` if the store fails.
package protocol MovementStore: SessionLookup {
    /// Records the movement, or reverses one, if permitted. Does nothing if a movement has the id.
    ///
    /// - Returns: `nil` if the caller's bearer is not valid.
    /// - Throws: ``DomainError/recordedTooMuch``.
    func record(
        _ request: MovementRequest, as id: MovementID, audit: AuditEventID
    ) async throws -> Authorized<RecordAttempt>?
    /// Returns a movement of any session of the business.
    func movement(_ id: MovementID, in business: BusinessID) async throws -> Movement?
    /// Returns up to `limit` movements of a session after `cursor`, newest first.
    func movements(
        _ query: MovementQuery, of session: SessionID, in business: BusinessID, after cursor: Cursor<Movement>?,
        limit: Int
    ) async throws -> [Movement]
    /// Returns a session with the sums of its movements, from one snapshot.
    ///
    /// - Returns: `nil` if the caller's bearer is not valid.
    func sums(
        of session: SessionID, in business: BusinessID, for caller: Caller
    ) async throws -> Authorized<SummedSession?>?
}

/// The result of ``MovementStore/record(_:as:audit:)``.
package struct RecordAttempt: Sendable {
    /// True if this statement recorded the movement.
    package let isNew: Bool
    /// The database's clock.
    package let instant: Instant
    /// Whether the other end of a transfer is an active cashier of the business. True for other movements.
    package let isCounterpartReady: Bool
    /// Whether the session had room for another movement.
    package let hasRoom: Bool
    /// The movement with the id; `nil` if there is none, because it was refused.
    package let movement: Movement?
    /// The session that the request names, in its current state.
    package let session: Session?

    package init(
        isNew: Bool, instant: Instant, isCounterpartReady: Bool, hasRoom: Bool, movement: Movement?, session: Session?
    ) {
        self.isNew = isNew
        self.instant = instant
        self.isCounterpartReady = isCounterpartReady
        self.hasRoom = hasRoom
        self.movement = movement
        self.session = session
    }
}

/// The result of ``MovementStore/sums(of:in:for:)``.
package struct SummedSession: Sendable {
    package let session: Session
    package let sums: [MovementSum]
    /// The hash of the last movement; `nil` without one.
    package let hash: [UInt8]?
    /// The database's clock.
    package let instant: Instant

    package init(session: Session, sums: [MovementSum], hash: [UInt8]?, instant: Instant) {
        self.session = session
        self.sums = sums
        self.hash = hash
        self.instant = instant
    }
}

/// A request to record a movement or to reverse one. Its format is checked, its permissions are not.
package struct MovementRequest: Sendable {
    package enum Content: Sendable, Equatable {
        case entry(MovementEntry)
        case reversal(of: MovementID)
    }

    package let caller: Caller
    package let business: BusinessID
    package let session: SessionID
    /// The id that the client made, or that its Idempotency-Key names; `nil` if it gave none.
    package let id: MovementID?
    /// True if an Idempotency-Key names the id.
    package let isIDOfKey: Bool
    package let content: Content
    package let reason: String?
    /// `nil` for the session's. Not used for a login by PIN.
    package let terminal: String?
    /// The accepted versions of the session (`If-Match`); `nil` accepts every version.
    package let expectedVersions: [Int64]?

    package init(
        caller: Caller, business: BusinessID, session: SessionID, id: MovementID?, isIDOfKey: Bool = false,
        content: Content, reason: String?, terminal: String? = nil, expectedVersions: [Int64]? = nil
    ) {
        self.caller = caller
        self.business = business
        self.session = session
        self.id = id
        self.isIDOfKey = isIDOfKey
        self.content = content
        self.reason = reason
        self.terminal = terminal
        self.expectedVersions = expectedVersions
    }

    /// True if the request recorded the movement. The time and the terminal are not compared.
    func recorded(_ movement: Movement) -> Bool {
        guard movement.session == session, movement.reason == reason else { return false }
        switch content {
        case .reversal(let original): return movement.reverses == original
        case .entry(let entry):
            return movement.reverses == nil && movement.kind == entry.kind && movement.amount == entry.amount
                && movement.counterpart == entry.counterpart && movement.reference == entry.reference
        }
    }
}

/// The values of a new movement.
package struct MovementEntry: Sendable, Equatable {
    package let kind: MovementKind
    /// In minor units: 0 for ``MovementKind/noSale``, else at least 1.
    package let amount: Money
    package let counterpart: UserID?
    package let reference: String?
    /// `nil` for now.
    package let occurredAt: Instant?

    package init(
        kind: MovementKind, amount: Money, counterpart: UserID? = nil, reference: String? = nil,
        occurredAt: Instant? = nil
    ) {
        self.kind = kind
        self.amount = amount
        self.counterpart = counterpart
        self.reference = reference
        self.occurredAt = occurredAt
    }
}

/// The filters of a list of movements. `nil` does not filter.
package struct MovementQuery: Sendable {
    package var name: MovementKind.Name?
    package var category: String?
    package var isLate: Bool?
    package var isReversed: Bool?

    package init() {}
}
