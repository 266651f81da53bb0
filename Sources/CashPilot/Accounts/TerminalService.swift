/// Registers the terminals of a business, and answers the terminals themselves.
package struct TerminalService: Sendable {
    let store: any TerminalStore
    let ids: IDMaker

    package init(store: any TerminalStore, ids: IDMaker) {
        self.store = store
        self.ids = ids
    }

    // MARK: For administrators

    /// Creates a terminal, which is valid until it is ended.
    ///
    /// - Parameter bearer: SHA-256 of the terminal's bearer. A repeated request must have the same one.
    /// - Throws: ``DomainError/forbidden`` for a cashier; ``DomainError/recentLoginRequired``;
    ///   ``DomainError/nameTaken`` if a valid terminal of the business has the name.
    package func create(
        named name: String, bearer: BearerHash, in business: BusinessID, by caller: Caller, key: IdempotencyKey?
    ) async throws -> ChangeResult<Terminal> {
        let (id, audit): (CredentialID, AuditEventID) = (ids.make(), ids.make())
        return try await OnceOnly(store: store, key: key).create {
            try await store.create(
                named: name, bearer: bearer, in: business, as: id, by: caller, key: key, audit: audit)
        }
    }

    /// Returns the terminals of a business that are valid, or ended in the last 30 days, newest first.
    ///
    /// - Throws: ``DomainError/forbidden`` for a cashier.
    package func terminals(
        of business: BusinessID, after cursor: Cursor<Credential>?, limit: Int, for caller: Caller
    ) async throws -> Page<Terminal, Credential> {
        let read = try await store.terminals(of: business, after: cursor, limit: limit + 1, for: caller)
        return Page(of: try Authorized.administered(read), limit: limit) { Cursor(instant: $0.createdAt, id: $0.id) }
    }

    /// Renames a valid terminal.
    ///
    /// - Parameter name: `nil` keeps the name.
    /// - Throws: ``DomainError/forbidden`` for a cashier; ``DomainError/credentialNotFound``, also if it has ended;
    ///   ``DomainError/nameTaken``.
    package func rename(
        _ id: CredentialID, to name: String?, in business: BusinessID, by caller: Caller
    ) async throws -> Terminal {
        let audit: AuditEventID = ids.make()
        return try await OnceOnly(store: store).run {
            let read = try await store.rename(id, to: name, in: business, by: caller, audit: audit)
            guard let terminal = try Authorized.administered(read) else { throw DomainError.credentialNotFound }
            return terminal
        }
    }

    /// Ends a terminal and its logins by PIN for good. One that has ended is not changed.
    ///
    /// - Throws: ``DomainError/forbidden`` for a cashier; ``DomainError/credentialNotFound``.
    package func end(_ id: CredentialID, in business: BusinessID, by caller: Caller) async throws {
        let audit: AuditEventID = ids.make()
        try await OnceOnly(store: store).run {
            let isTerminal = try await store.end(id, in: business, by: caller, audit: audit)
            guard try Authorized.administered(isTerminal) else { throw DomainError.credentialNotFound }
        }
    }

    // MARK: For a terminal

    /// Returns the terminal of a bearer, and its business.
    ///
    /// - Throws: ``DomainError/callerInactive`` unless it is the bearer of a valid terminal.
    package func terminal(_ bearer: BearerHash) async throws -> (terminal: Terminal, business: Business) {
        guard let found = try await store.terminal(bearer) else { throw DomainError.callerInactive }
        return found
    }

    /// Returns the active cashiers of a terminal's business, in the order of their names.
    ///
    /// - Throws: ``DomainError/callerInactive`` unless it is the bearer of a valid terminal.
    package func cashiers(at bearer: BearerHash) async throws -> [TerminalCashier] {
        guard let found = try await store.cashiers(at: bearer) else { throw DomainError.callerInactive }
        return found
    }
}

/// Stores terminals.
///
/// - Throws: every method throws ``StoreError`` if the store fails. Unless stated otherwise, `nil` means that the
///   bearer is not valid.
package protocol TerminalStore: ReplicationBarrier {
    /// - Throws: ``DomainError/recentLoginRequired``; ``DomainError/nameTaken``.
    func create(
        named name: String, bearer: BearerHash, in business: BusinessID, as id: CredentialID, by caller: Caller,
        key: IdempotencyKey?, audit: AuditEventID
    ) async throws -> Keyed<Authorized<Terminal?>>?
    /// Returns up to `limit` terminals after `cursor`, newest first, that are valid or ended in the last 30 days.
    func terminals(
        of business: BusinessID, after cursor: Cursor<Credential>?, limit: Int, for caller: Caller
    ) async throws -> Authorized<[Terminal]>?
    /// Renames a terminal. The value is `nil` if there is no valid one that the caller may rename.
    ///
    /// - Throws: ``DomainError/nameTaken``.
    func rename(
        _ id: CredentialID, to name: String?, in business: BusinessID, by caller: Caller, audit: AuditEventID
    ) async throws -> Authorized<Terminal?>?
    /// Ends a terminal and its logins by PIN. A concurrent login cannot interfere.
    ///
    /// - Returns: whether there is such a terminal that the caller may end.
    func end(
        _ id: CredentialID, in business: BusinessID, by caller: Caller, audit: AuditEventID
    ) async throws -> Authorized<Bool>?
    func terminal(_ bearer: BearerHash) async throws -> (terminal: Terminal, business: Business)?
    func cashiers(at bearer: BearerHash) async throws -> [TerminalCashier]?
}
