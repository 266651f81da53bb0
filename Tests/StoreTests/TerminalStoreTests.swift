import CashPilot
import CashPilotPostgres
import Postgres
import TestSupport
import Testing

@Suite("Terminals in PostgreSQL", .droppedDatabases)
struct TerminalStoreTests {
    private static let ids = IDMaker(milliseconds: { 1_764_000_000_000 }, random: { .random(in: .min ... .max) })

    /// An administrator with the login 1, a cashier, and their business.
    private struct Office {
        let service: TerminalService
        let credentials: PostgresCredentialStore
        let connection: BlockingConnection
        let (admin, ana): (UserID, UserID)
        let business: BusinessID

        var caller: Caller { Caller(id: admin, bearer: Bearer(number: 1).hash, requestID: "r", clientRequestID: "c") }

        func create(_ name: String, bearer: UInt8, key: IdempotencyKey? = nil) async throws -> ChangeResult<Terminal> {
            try await service.create(
                named: name, bearer: Bearer(number: bearer).hash, in: business, by: caller, key: key)
        }

        /// Makes a login by PIN of the cashier at a terminal.
        func logIn(at terminal: CredentialID, bearer: UInt8) throws {
            try connection.execute(
                """
                insert into credentials (id, user_id, kind, secret_hash, expires_at, terminal_id)
                values (
                    '\(TerminalStoreTests.ids.make() as CredentialID)', '\(ana)', 'LOGIN',
                    \(Bearer(number: bearer).sql), now() + interval '12 h', '\(terminal)'
                )
                """)
        }
    }

    private func withOffice(_ test: (Office) async throws -> Void) async throws {
        let string = try await Schema.migratedDatabase()
        let connection = try Schema.connect(string)
        let (admin, ana): (UserID, UserID) = (Self.ids.make(), Self.ids.make())
        let business: BusinessID = Self.ids.make()
        try connection.execute(
            """
            insert into users (id, email, name, role, password_hash)
            values ('\(admin)', 'a@x.example', 'A', 'ADMIN', '-'), ('\(ana)', 'ana@x.example', 'Ana', 'CASHIER', '-');
            insert into businesses (id, name, currency, time_zone)
            values ('\(business)', 'B', 'PYG', 'America/Asuncion');
            insert into business_cashiers (business_id, cashier_id) values ('\(business)', '\(ana)');
            insert into credentials (id, user_id, kind, secret_hash, expires_at)
            values (
                '\(Self.ids.make() as CredentialID)', '\(admin)', 'LOGIN', \(Bearer(number: 1).sql),
                now() + interval '1 h'
            )
            """)
        try await Schema.withDatabase(string) { database in
            try await test(
                Office(
                    service: TerminalService(store: PostgresTerminalStore(database: database), ids: Self.ids),
                    credentials: PostgresCredentialStore(database: database), connection: connection, admin: admin,
                    ana: ana, business: business))
        }
    }

    @Test("A terminal reads its business and its active cashiers until it ends, and is never a caller")
    func life() async throws {
        try await withOffice { office in
            let terminal = try await office.create("Caja 1", bearer: 20).value
            let hash = Bearer(number: 20).hash
            let own = try await office.service.terminal(hash)
            #expect(own.terminal.id == terminal.id && own.business.id == office.business)
            #expect(try await office.service.cashiers(at: hash).map(\.name) == ["Ana"])
            #expect(try await office.credentials.principal(of: hash) == nil)
            try office.connection.execute("update users set is_active = false where id = '\(office.ana)'")
            #expect(try await office.service.cashiers(at: hash).isEmpty)
            try await office.service.end(terminal.id, in: office.business, by: office.caller)
            await #expect(throws: DomainError.self) { try await office.service.terminal(hash) }
            await #expect(throws: DomainError.self) { try await office.service.cashiers(at: hash) }
            let listed = try await office.service.terminals(
                of: office.business, after: nil, limit: 5, for: office.caller)
            #expect(listed.items.map(\.id) == [terminal.id])
            #expect(listed.items.first?.revokedAt != nil)
        }
    }

    @Test("Ending a terminal ends its logins by PIN and no others, each with an audit event, and only once")
    func end() async throws {
        try await withOffice { office in
            let (first, second) = (
                try await office.create("Caja 1", bearer: 20).value, try await office.create("Caja 2", bearer: 21).value
            )
            try office.logIn(at: first.id, bearer: 31)
            try office.logIn(at: second.id, bearer: 32)
            for _ in 0..<2 { try await office.service.end(first.id, in: office.business, by: office.caller) }
            let ended = try await office.credentials.ended(among: [1, 31, 32].map { Bearer(number: $0).hash })
            #expect(ended == [Bearer(number: 31).hash])
            #expect(
                try office.connection.text(
                    "select count(*)::text from audit_events where action = 'credential.revoke'") == "2")
        }
    }

    @Test("Only valid terminals of a business keep their names apart, and a rename is audited")
    func names() async throws {
        try await withOffice { office in
            let first = try await office.create("Caja 1", bearer: 20).value
            await #expect(throws: DomainError.self) { try await office.create("CAJA 1", bearer: 21) }
            let second = try await office.create("Caja 2", bearer: 21).value
            await #expect(throws: DomainError.self) {
                try await office.service.rename(second.id, to: "caja 1", in: office.business, by: office.caller)
            }
            try await office.service.end(first.id, in: office.business, by: office.caller)
            for _ in 0..<2 {
                let renamed = try await office.service.rename(
                    second.id, to: "Caja 1", in: office.business, by: office.caller)
                #expect(renamed.name == "Caja 1")
            }
            #expect(
                try office.connection.lines(
                    """
                    select concat_ws(' > ', before ->> 'name', after ->> 'name') from audit_events
                    where action = 'credential.rename'
                    """) == ["Caja 2 > Caja 1"])
            #expect(
                try office.connection.text(
                    """
                    select count(*)::text
                    from (values ('00000000-0000-0000-0000-000000000000'::uuid)) as z (zero)
                    cross join lateral audited_differences('credentials', null, z.zero, z.zero, 100) as d
                    where d.problem is not null
                        and d.document ->> 'kind' = 'TERMINAL'
                    """) == "0")
        }
    }

    @Test("A repeated creation returns the terminal, and the stored response has neither the secret nor its hash")
    func repeated() async throws {
        try await withOffice { office in
            let key = IdempotencyKey(text: "k", fingerprint: Array(repeating: 7, count: 32))
            let first = try await office.create("Caja 1", bearer: 20, key: key)
            let second = try await office.create("Caja 1", bearer: 20, key: key)
            #expect(!first.isReplay && second.isReplay)
            #expect(first.value.id == second.value.id)
            #expect(
                try office.connection.text(
                    "select count(*)::text from idempotency_keys where answer ? 'secret_hash' or answer ? 'secret'")
                    == "0")
        }
    }

    @Test("A login that is older than ten minutes creates no terminal")
    func oldLogin() async throws {
        try await withOffice { office in
            try office.connection.execute("update credentials set created_at = now() - interval '11 minutes'")
            await #expect(throws: DomainError.self) { try await office.create("Caja 1", bearer: 20) }
            #expect(
                try office.connection.text("select count(*)::text from credentials where kind = 'TERMINAL'") == "0")
        }
    }
}
