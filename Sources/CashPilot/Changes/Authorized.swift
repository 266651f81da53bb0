/// A value read for a caller, with the caller's role as the database has it.
package struct Authorized<Value: Sendable>: Sendable {
    package let role: Role
    /// Whether the business exists and the caller has access to it. True for values that belong to no business.
    package let seesBusiness: Bool
    package let value: Value

    package init(role: Role, seesBusiness: Bool = true, value: Value) {
        self.role = role
        self.seesBusiness = seesBusiness
        self.value = value
    }

    /// Returns what was read, if the caller is active and sees the business.
    ///
    /// - Parameter read: `nil` if the caller's bearer is not valid.
    /// - Throws: ``DomainError/callerInactive``; ``DomainError/businessNotFound``.
    static func checked(_ read: Authorized?) throws(DomainError) -> Authorized {
        guard let read else { throw .callerInactive }
        guard read.seesBusiness else { throw .businessNotFound }
        return read
    }

    /// Returns the value that was read for an administrator.
    ///
    /// - Throws: ``DomainError/forbidden`` for a cashier, and the errors of ``checked(_:)``.
    static func administered(_ read: Authorized?) throws(DomainError) -> Value {
        let read = try checked(read)
        guard read.role == .admin else { throw .forbidden }
        return read.value
    }
}

/// The result of a statement that runs once per Idempotency-Key.
package struct Keyed<Value: Sendable>: Sendable {
    /// True if no other request with the same key was running.
    package let isKeyFree: Bool
    /// The fingerprint stored by the first request with the same key; `nil` if there was none.
    package let fingerprint: [UInt8]?
    package let value: Value

    package init(isKeyFree: Bool, fingerprint: [UInt8]?, value: Value) {
        self.isKeyFree = isKeyFree
        self.fingerprint = fingerprint
        self.value = value
    }

    /// - Throws: ``DomainError/requestInFlight`` if the first request with the key is still running.
    func checkKey() throws(DomainError) {
        guard isKeyFree || fingerprint != nil else { throw .requestInFlight }
    }
}
