import CashPilot
import Postgres

/// Accounts in PostgreSQL.
package struct PostgresUserStore: UserStore {
    private let database: Database

    package init(database: Database) { self.database = database }

    package func create(
        _ user: User, isActive: Bool, passwordHash: String, by actor: ChangeActor, key: IdempotencyKey?,
        audit: AuditEventID
    ) async throws -> Keyed<Authorized<StaffMember?>>? {
        let parameters: [Value] = [
            .actor(actor), .id(user.id), .text(user.email), .text(user.name), .text(user.role.rawValue),
            .text(user.locale.rawValue), .bool(isActive), .text(passwordHash), .id(audit), .requestID(of: actor),
            .optional(key) { .text($0.text) }, .optional(key) { .bytes($0.fingerprint) }, .clientRequestID(of: actor),
        ]
        let created = try await creating(
            key, once: Constraint.userID, unique: Constraint.userEmail, else: .emailTaken
        ) { () throws(DatabaseError) in
            try await database.write(SQL.userCreate, parameters).first { columns throws(DatabaseError) in
                (needsLogin: try columns.next(Bool.self), try Keyed(reading: &columns, StaffMember.init(reading:)))
            }
        }
        guard created?.needsLogin != true else { throw DomainError.recentLoginRequired }
        return created?.1
    }

    package func createPrecheck(
        for caller: Caller, key: IdempotencyKey?
    ) async throws -> Authorized<PasswordPrecheck?>? {
        try await withStoreErrors {
            let parameters: [Value] = [.caller(caller), .optional(key) { .text($0.text) }]
            return try await database.read(SQL.userCreatePrecheck, parameters).first { columns throws(DatabaseError) in
                let role = try columns.next(Role.self)
                let (email, fingerprint) = (
                    try columns.nextOptional(String.self), try columns.nextOptional([UInt8].self)
                )
                return Authorized(
                    role: role, value: email.map { PasswordPrecheck(email: $0, fingerprint: fingerprint) })
            }
        }
    }

    package func member(_ id: UserID, for caller: Caller) async throws -> Authorized<StaffMember?>? {
        try await withStoreErrors {
            try await database.read(SQL.userShow, [.caller(caller), .id(id)]).first { columns throws(DatabaseError) in
                Authorized(role: try columns.next(), value: try StaffMember(reading: &columns))
            }
        }
    }

    package func members(
        for actor: ChangeActor, after cursor: Cursor<User>?, limit: Int
    ) async throws -> Authorized<[StaffMember]>? {
        try await withStoreErrors {
            let rows = try await database.list(SQL.userList, [.actor(actor)] + Value.page(after: cursor, limit))
            guard var caller = rows.first?.reader() else { return nil }
            return Authorized(role: try caller.next(), value: try rows.items(from: 1, as: StaffMember.init(reading:)))
        }
    }

    package func update(
        _ id: UserID, _ change: UserChange, passwordHash: String?, isForced: Bool, by actor: ChangeActor,
        audit: AuditEventID
    ) async throws -> Authorized<UserUpdateOutcome>? {
        let parameters: [Value] = [
            .actor(actor), .id(id), .optional(change.email, Value.text), .optional(change.name, Value.text),
            .optional(change.role) { .text($0.rawValue) }, .optional(change.locale) { .text($0.rawValue) },
            .optional(change.isActive, Value.bool), .optional(passwordHash, Value.text), .id(audit),
            .requestID(of: actor), .clientRequestID(of: actor),
        ]
        do {
            return try await database.transaction { transaction in
                try await transaction.query(SQL.administratorsLock)
                // The lock is a separate statement, so the next ones see the sessions of opens, and the credentials of
                // logins, that it waited for.
                let isLocked = try await !transaction.query(SQL.userLock, [.actor(actor), .id(id)]).isEmpty
                if isLocked, !isForced, let held = try await transaction.heldSessions(of: id, change) {
                    return Authorized(role: .admin, value: held)
                }
                let rows = try await transaction.query(SQL.userUpdate, parameters)
                guard var columns = rows.first?.reader() else { return nil }
                let role = try columns.next(Role.self)
                let (needsLogin, isLast) = (try columns.next(Bool.self), try columns.next(Bool.self))
                let member = try StaffMember(reading: &columns)
                let outcome =
                    if needsLogin {
                        UserUpdateOutcome.recentLoginRequired
                    } else if isLast {
                        UserUpdateOutcome.lastAdministrator
                    } else {
                        member.map(UserUpdateOutcome.updated) ?? .notFound
                    }
                return Authorized(role: role, value: outcome)
            }
        } catch let error as DatabaseError {
            guard !error.violates(Constraint.userEmail) else { throw DomainError.emailTaken }
            throw StoreError(error)
        }
    }

    package func passwordPrecheck(of caller: Caller, key: IdempotencyKey?) async throws -> PasswordPrecheck? {
        try await withStoreErrors {
            let rows = try await database.read(
                SQL.passwordPrecheck, [.caller(caller), .optional(key) { .text($0.text) }])
            return try rows.first { columns throws(DatabaseError) in
                let (email, fingerprint) = (try columns.next(String.self), try columns.nextOptional([UInt8].self))
                let kind = try columns.next(Credential.Kind.self)
                let method: LoginMethod = try columns.next(Bool.self) ? .pin : .password
                return PasswordPrecheck(email: email, fingerprint: fingerprint, login: kind == .login ? method : nil)
            }
        }
    }

    package func changePassword(
        of caller: Caller, checked: String, new: String, key: IdempotencyKey?, audit: AuditEventID
    ) async throws -> PasswordOutcome? {
        let parameters: [Value] = [
            .caller(caller), .text(checked), .text(new), .id(audit), .text(caller.requestID),
            .optional(key) { .text($0.text) }, .optional(key) { .bytes($0.fingerprint) },
            .optional(caller.clientRequestID, Value.text),
        ]
        return try await withStoreErrors {
            try await database.transaction { transaction in
                // A separate statement, as in ``update(_:_:passwordHash:isForced:by:audit:)``.
                let lock = try await transaction.query(
                    SQL.passwordLock, [.caller(caller), .optional(key) { .text($0.text) }])
                guard var free = lock.first?.reader() else { throw DomainError.callerInactive }
                guard try free.next(Bool.self) else { return nil }
                let rows = try await transaction.query(SQL.passwordChange, parameters)
                guard var columns = rows.first?.reader() else { throw DomainError.callerInactive }
                guard try columns.next(Bool.self) else { return nil }
                return try columns.next(Bool.self) ? .changed : .notChanged
            }
        }
    }

    package func waitForReplication() async throws { try await database.waitForReplication() }
}

extension Transaction {
    /// Returns the open sessions that a locked account could not close after a change; `nil` if there are none.
    fileprivate func heldSessions(
        of user: UserID, _ change: UserChange
    ) async throws(DatabaseError) -> UserUpdateOutcome? {
        let (isDeactivated, isDemoted) = (change.isActive == false, change.role == .cashier)
        guard isDeactivated || isDemoted else { return nil }
        let rows = try await query(
            SQL.userHeldSessions,
            [.id(user), .bool(isDeactivated), .bool(isDemoted), .int32(Int32(HeldSessions.sessionsMax))])
        guard var columns = rows.first?.reader() else { return nil }
        let instant = try columns.instant()
        return .held(try rows.items(from: 1, as: ExistingSession.init(reading:)), at: instant)
    }
}

extension StaffMember {
    /// Reads the columns of an account; `nil` if they are null.
    fileprivate init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let user = try User(reading: &columns) else { return nil }
        self.init(user: user, isActive: try columns.next(), createdAt: try columns.instant())
    }
}
