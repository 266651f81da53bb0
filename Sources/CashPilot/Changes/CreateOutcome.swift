/// The result of an insert that runs once per Idempotency-Key.
package struct CreateOutcome<Value: Sendable>: Sendable {
    /// True if no other request with the same key was running.
    package let isKeyFree: Bool
    /// The caller's role.
    package let role: Role
    /// The fingerprint stored by the first request with the same key; `nil` if there was none.
    package let fingerprint: [UInt8]?
    /// The created row, from this request or the first one.
    package let value: Value?

    package init(isKeyFree: Bool, role: Role, fingerprint: [UInt8]?, value: Value?) {
        self.isKeyFree = isKeyFree
        self.role = role
        self.fingerprint = fingerprint
        self.value = value
    }

    /// Throws if the first request with the key is still running. Only administrators get this error; other callers get
    /// ``DomainError/forbidden`` later.
    ///
    /// - Throws: ``DomainError/requestInFlight``.
    func checkKey() throws(DomainError) {
        guard isKeyFree || fingerprint != nil || role != .admin else { throw .requestInFlight }
    }

    /// Returns the created value. A replay first waits for the replication barrier.
    ///
    /// - Throws: ``DomainError/forbidden`` for a cashier; ``DomainError/keyReused``; ``DomainError/busy`` if there is
    ///   no value.
    func created(for key: IdempotencyKey?, in store: some ReplicationBarrier) async throws -> Created<Value> {
        guard role == .admin else { throw DomainError.forbidden }
        if let fingerprint, fingerprint != key?.fingerprint { throw DomainError.keyReused }
        guard let value else { throw DomainError.busy }
        if fingerprint != nil { try await store.waitForReplication() }
        return Created(value: value, isReplay: fingerprint != nil)
    }
}

/// A created value; `isReplay` is true if an earlier request with the same key created it.
package struct Created<Value: Sendable>: Sendable {
    package let value: Value
    package let isReplay: Bool
}
