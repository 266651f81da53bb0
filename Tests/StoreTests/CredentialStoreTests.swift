import CashPilot
import CashPilotPostgres
import Postgres
import TestSupport
import Testing

@Suite("Credentials in PostgreSQL", .droppedDatabases)
struct CredentialStoreTests {
    private static let ids = IDMaker(milliseconds: { 1_764_000_000_000 }, random: { .random(in: .min ... .max) })

    /// Two administrators, Ana and Eva. Ana has the logins 1 and 2 and the API key 3, and Eva has the login 9.
    private struct Office {
        let database: Database
        let connection: BlockingConnection
        let string: String
        let (ana, eva): (UserID, UserID)
        /// The ids of Ana's credentials: two logins and a key.
        let own: [CredentialID]

        var credentials: PostgresCredentialStore { PostgresCredentialStore(database: database) }
        var users: PostgresUserStore { PostgresUserStore(database: database) }

        func caller(_ bearer: UInt8) -> Caller {
            Caller(
                id: bearer == 9 ? eva : ana, bearer: Bearer(number: bearer).hash, requestID: "own",
                clientRequestID: "client")
        }

        /// Which of Ana's bearers 1, 2 and 3 are valid.
        func valid() async throws -> [UInt8] {
            let ended = try await credentials.ended(among: [1, 2, 3].map { Bearer(number: $0).hash })
            return [1, 2, 3].filter { !ended.contains(Bearer(number: $0).hash) }
        }

        /// The audit events of Ana's credentials after their creation: the action and the id of the credential.
        func events() throws -> [String] {
            try connection.lines(
                """
                select concat_ws(' ', action, after ->> 'id', request_id, client_request_id)
                from audit_events
                where action in ('user.logout', 'credential.revoke') and cashier_id = '\(ana)'
                    and before ->> 'revoked_at' is null and after ->> 'revoked_at' is not null
                    and not before ? 'last_used_at'
                order by after ->> 'id'
                """)
        }

        func update(_ change: UserChange, hash: String? = nil, by actor: ChangeActor) async throws
            -> UserUpdateOutcome?
        {
            try await users.update(
                ana, change, passwordHash: hash, isForced: true, by: actor, audit: CredentialStoreTests.ids.make())?
                .value
        }
    }

    private func withOffice(_ test: (Office) async throws -> Void) async throws {
        let string = try await Schema.migratedDatabase()
        let connection = try Schema.connect(string)
        let (ana, eva): (UserID, UserID) = (Self.ids.make(), Self.ids.make())
        try connection.execute(
            """
            insert into users (id, email, name, role, password_hash)
            values ('\(ana)', 'ana@x.example', 'Ana', 'ADMIN', '-'), ('\(eva)', 'eva@x.example', 'Eva', 'ADMIN', '-')
            """)
        try await Schema.withDatabase(string) { database in
            var own: [CredentialID] = []
            for number: UInt8 in [1, 2, 3, 9] {
                let created = try await CredentialService(
                    store: PostgresCredentialStore(database: database), ids: Self.ids
                ).make(number, forEmail: number == 9 ? "EVA@x.example" : "ana@x.example")
                if number != 9 { own.append(created.id) }
            }
            try await test(
                Office(
                    database: database, connection: connection, string: string, ana: ana, eva: eva, own: own))
        }
    }

    @Test("A new password, role or e-mail revokes the user's logins and no key, each with an audit event")
    func changed() async throws {
        var (email, role) = (UserChange(), UserChange())
        email.email = "new@x.example"
        role.role = .cashier
        for (change, hash) in [(email, nil), (role, nil), (UserChange(), "new")] {
            try await withOffice { office in
                guard case .updated = try await office.update(change, hash: hash, by: .user(office.caller(9))) else {
                    return #expect(Bool(false), "not updated")
                }
                #expect(try await office.valid() == [3])
                let revoked = office.own[0...1].map { "credential.revoke \($0) own client" }
                #expect(try office.events() == revoked.sorted())
            }
        }
    }

    @Test("A new name revokes nothing, and an administrator's own new password keeps the login in use")
    func kept() async throws {
        try await withOffice { office in
            var name = UserChange()
            name.name = "Anita"
            _ = try await office.update(name, by: .user(office.caller(9)))
            #expect(try await office.valid() == [1, 2, 3])
            _ = try await office.update(UserChange(), hash: "new", by: .user(office.caller(1)))
            #expect(try await office.valid() == [1, 3])
            let outcome = try await office.users.changePassword(
                of: office.caller(1), checked: "new", new: "newer", key: nil, audit: Self.ids.make())
            guard case .changed = outcome else { return #expect(Bool(false), "not changed") }
            #expect(try await office.valid() == [1, 3])
        }
    }

    @Test("A deactivation revokes logins and keys, and a reactivation revives none")
    func deactivated() async throws {
        try await withOffice { office in
            var change = UserChange()
            change.isActive = false
            _ = try await office.update(change, by: .user(office.caller(9)))
            #expect(try office.events().count == 3)
            change.isActive = true
            _ = try await office.update(change, by: .commandLine)
            #expect(try await office.valid().isEmpty)
            #expect(try await office.credentials.principal(of: Bearer(number: 3).hash) == nil)
        }
    }

    @Test(
        "A login older than ten minutes, and an API key, change no password, role or e-mail and make no administrator")
    func recentLogin() async throws {
        try await withOffice { office in
            try office.connection.execute(
                """
                update credentials set created_at = created_at - interval '10 min 1 s'
                where secret_hash = \(Bearer(number: 2).sql)
                """)
            var name = UserChange()
            name.name = "Anita"
            for bearer: UInt8 in [2, 3] {
                let actor = ChangeActor.user(office.caller(bearer))
                let outcome = try await office.update(UserChange(), hash: "new", by: actor)
                guard case .recentLoginRequired = outcome else { return #expect(Bool(false), "\(bearer)") }
                guard case .updated = try await office.update(name, by: actor) else {
                    return #expect(Bool(false), "\(bearer)")
                }
                for role in Role.allCases {
                    let user = User(
                        id: Self.ids.make(), email: "\(role)\(bearer)@x.example", name: "N", role: role,
                        locale: .english)
                    func create() async throws {
                        _ = try await office.users.create(
                            user, isActive: true, passwordHash: "-", by: actor, key: nil, audit: Self.ids.make())
                    }
                    guard role == .admin else {
                        try await create()
                        continue
                    }
                    await #expect {
                        try await create()
                    } throws: {
                        if case DomainError.recentLoginRequired = $0 { true } else { false }
                    }
                }
            }
            #expect(try office.connection.text("select count(*)::text from users where role = 'ADMIN'") == "2")
        }
    }

    @Test("A logout revokes the login in use, once, and an API key cannot log out")
    func logout() async throws {
        try await withOffice { office in
            let audit: AuditEventID = Self.ids.make()
            for _ in 1...2 {  // The second is a retry of an unknown outcome.
                let login = try await office.credentials.logOut(office.caller(1), audit: audit)?.value
                #expect(login?.id == office.own[0])
                #expect(login?.revokedAt != nil)
            }
            #expect(try await office.credentials.logOut(office.caller(1), audit: Self.ids.make()) == nil)
            let ofKey = try #require(try await office.credentials.logOut(office.caller(3), audit: Self.ids.make()))
            #expect(ofKey.value == nil)
            #expect(try await office.valid() == [2, 3])
            #expect(try office.events() == ["user.logout \(office.own[0]) own client"])
        }
    }

    @Test("A user revokes their own credentials, an administrator anybody's by the user, and the command line all")
    func revoked() async throws {
        try await withOffice { office in
            let store = office.credentials
            func revoke(_ id: CredentialID, of user: UserID?, by actor: ChangeActor) async throws -> Credential? {
                try await store.revoke(id, of: user, by: actor, audit: Self.ids.make())?.value
            }
            let eva = ChangeActor.user(office.caller(9))
            #expect(try await revoke(office.own[0], of: nil, by: eva) == nil)
            #expect(try await revoke(office.own[0], of: office.eva, by: eva) == nil)
            #expect(try await revoke(office.own[0], of: office.ana, by: eva)?.revokedAt != nil)
            #expect(try await revoke(office.own[1], of: nil, by: .user(office.caller(3)))?.revokedAt != nil)
            #expect(try await revoke(office.own[1], of: nil, by: .commandLine)?.revokedAt != nil)
            #expect(try await office.valid() == [3])
            #expect(try office.events().count == 2)
            let listed = try #require(
                try await store.credentials(of: nil, after: nil, limit: 5, for: office.caller(3))?.value)
            #expect(Set(listed.map(\.id)) == Set(office.own))
            let all = try await store.revokeAll(of: office.ana, by: .commandLine, audit: Self.ids.make())
            #expect(all?.value == 1)
            #expect(try await office.valid().isEmpty)
        }
    }

    @Test("A user's 51st login revokes the oldest one, and no key")
    func tooMany() async throws {
        try await withOffice { office in
            try office.connection.execute("update credentials set created_at = 'epoch' where id = '\(office.own[0])'")
            let service = CredentialService(store: office.credentials, ids: Self.ids)
            for number: UInt8 in 10...58 { _ = try await service.make(number, forEmail: "ana@x.example") }
            #expect(try await office.valid() == [2, 3])
            #expect(try office.events() == ["credential.revoke \(office.own[0])"])
        }
    }

    @Test("The time of the last use is set for the credentials in use only")
    func used() async throws {
        try await withOffice { office in
            try await office.credentials.used([office.own[0], office.own[2]])
            let listed = try #require(
                try await office.credentials.credentials(of: nil, after: nil, limit: 5, for: office.caller(1))?.value)
            let used = Set(listed.filter { $0.lastUsedAt != nil }.map(\.id))
            #expect(used == [office.own[0], office.own[2]])
        }
    }

    @Test("A login that a change of the password overtakes is revoked or refused, whichever takes the lock first")
    func race() async throws {
        try await withOffice { office in
            let login = NewLoginInTransaction(office.string, user: office.ana)
            let session = try login.begin()
            let (users, credentials, caller) = (office.users, office.credentials, office.caller(1))
            async let change = users.changePassword(
                of: caller, checked: "-", new: "new", key: nil, audit: Self.ids.make())
            try await eventually("the change waits") {
                try office.connection.text(Self.waiters) == "1" ? true : nil
            }
            try session.execute("commit")
            guard case .changed = try await change else { return #expect(Bool(false), "not changed") }
            #expect(try await credentials.principal(of: Bearer(number: 7).hash) == nil)

            try session.execute("begin; update users set password_hash = 'newer' where id = '\(office.ana)'")
            async let late = credentials.create(
                .login(forEmail: "ana@x.example", checked: "new", ids: Self.ids))
            try await eventually("the login waits") {
                try office.connection.text(Self.waiters) == "1" ? true : nil
            }
            try session.execute("commit")
            #expect(try await late == nil)
        }
    }

    private static let waiters = """
        select count(*)::text from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'
        """

    /// A login whose transaction has not committed yet, as `credential_create.sql` makes it.
    private struct NewLoginInTransaction {
        let string: String
        let user: UserID

        init(_ string: String, user: UserID) { (self.string, self.user) = (string, user) }

        func begin() throws -> BlockingConnection {
            let connection = try Schema.connect(string)
            let statement = try #require(SQL.all.first { $0.name == "credential_create" })
            try connection.execute("begin; prepare login as \(statement.text)")
            try connection.execute(
                """
                execute login(
                    gen_random_uuid(), 'ana@x.example', 'LOGIN', null, \(Bearer(number: 7).sql), 60, '-',
                    gen_random_uuid(), 'user.login', 'r', null, null, null
                )
                """)
            return connection
        }
    }
}

extension CredentialService {
    /// Creates a login with this bearer, or an API key for the number 3.
    fileprivate func make(_ number: UInt8, forEmail email: String) async throws -> Credential {
        let bearer = Bearer(number: number).hash
        guard number != 3 else { return try await createKey(forEmail: email, name: "till", bearer: bearer, days: 7) }
        return try await issueLogin(forEmail: email, name: nil, bearer: bearer, lifetime: .seconds(3_600)).1
    }
}

extension NewCredential {
    fileprivate static func login(forEmail email: String, checked: String, ids: IDMaker) -> NewCredential {
        NewCredential(
            id: ids.make(), email: email, kind: .login, name: nil, bearer: Bearer(number: 8).hash,
            lifetime: .seconds(60), reason: .login, audit: ids.make(), checkedHash: checked)
    }
}
