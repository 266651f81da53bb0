/// What became of a write that creates, once for a key.
package struct CreateOutcome<Value: Sendable>: Sendable {
    /// Whether no other request with the same key was running.
    package let isKeyFree: Bool
    /// The caller's.
    package let role: Role
    /// Of the first request with the same key, if there was one.
    package let fingerprint: [UInt8]?
    /// What was created, now or by that request.
    package let value: Value?

    package init(isKeyFree: Bool, role: Role, fingerprint: [UInt8]?, value: Value?) {
        self.isKeyFree = isKeyFree
        self.role = role
        self.fingerprint = fingerprint
        self.value = value
    }

    /// Says that the first request with the key is not over; to administrators: others are refused for another reason.
    ///
    /// - Throws: ``Refusal/requestInFlight``.
    func checkKey() throws(Refusal) {
        guard isKeyFree || fingerprint != nil || role != .admin else { throw .requestInFlight }
    }

    /// What to answer. What an earlier request created is answered once it is safe.
    ///
    /// - Throws: ``Refusal/forbidden`` for a cashier; ``Refusal/keyReused``.
    func created(for key: IdempotencyKey?, in store: some StandbyAwaiting) async throws -> Created<Value> {
        guard role == .admin else { throw Refusal.forbidden }
        if let fingerprint, fingerprint != key?.fingerprint { throw Refusal.keyReused }
        guard let value else { throw Refusal.busy }
        if fingerprint != nil { try await store.awaitStandby() }
        return Created(value: value, isReplay: fingerprint != nil)
    }
}

/// What was created, and whether a request with the same key had done it before.
package struct Created<Value: Sendable>: Sendable {
    package let value: Value
    package let isReplay: Bool
}
