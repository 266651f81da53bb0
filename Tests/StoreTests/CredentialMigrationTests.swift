import CashPilotPostgres
import Postgres
import TestSupport
import Testing

@Suite("The migration of credentials", .droppedDatabases)
struct CredentialMigrationTests {
    private static let user = "lpad('1', 32, '0')::uuid"

    /// The statement with which the previous version finds the user of an API key, at every request.
    private static let previousVersion = """
        select u.email
        from api_keys as k
        join users as u on u.id = k.user_id
        where k.secret_hash = sha256('till')
            and k.revoked_at is null
            and (k.expires_at is null or k.expires_at > now())
            and u.is_active
        """

    @Test("Every API key stays valid, for replicas of the previous version too, and the way back keeps them")
    func keys() async throws {
        let database = try await Schema.empty()
        let migrator = try Schema.migrator(database)
        try await migrator.up(to: "0014")
        let connection = try Schema.connect(database)
        try connection.execute(
            """
            insert into users (id, email, name, role, password_hash)
            values (\(Self.user), 'a@x.example', 'Ana', 'CASHIER', '-');
            insert into api_keys (id, user_id, name, secret_hash, expires_at, revoked_at)
            values
                (lpad('2', 32, '0')::uuid, \(Self.user), 'till', sha256('till'), now() + interval '1 d', null),
                (lpad('3', 32, '0')::uuid, \(Self.user), 'old', sha256('old'), null, now());
            """)
        let columns = "id, user_id, name, secret_hash, created_at, expires_at, revoked_at"
        func state(of table: String) throws -> String? {
            try connection.text("select string_agg(concat_ws('|', \(columns)), ',' order by id) from \(table)")
        }
        let before = try state(of: "api_keys")
        try await migrator.up(to: "0015")
        // A run that was interrupted is repeated.
        try await migrator.again("0015")
        #expect(try state(of: "credentials") == before)
        #expect(try connection.text("select string_agg(distinct kind, ',') from credentials") == "API_KEY")
        try connection.execute("set role cashpilot_app")
        #expect(try connection.text(Self.previousVersion) == "a@x.example")
        try connection.execute("reset role")
        try await migrator.down(steps: 1)
        #expect(try state(of: "api_keys") == before)
    }

    @Test("Seals from before stay valid, and a seal covers the client's request id")
    func seals() async throws {
        let database = try await Schema.empty()
        let migrator = try Schema.migrator(database)
        try await migrator.up(to: "0014")
        let connection = try Schema.connect(database)
        func seal(_ number: Int, _ client: String?) throws {
            let value = client.map { ", client_request_id) values (\(Self.user), gen_random_uuid(), 'a.b', '\($0)')" }
            try connection.execute(
                """
                insert into audit_events (business_id, id, action\(
                    value ?? ") values (\(Self.user), gen_random_uuid(), 'a.b')");
                select place_audit_events(9);
                select seal_audit_chains(array[\(Self.user)], 9);
                """)
        }
        let check = try #require(SQL.all.first { $0.name == "audit_chain_check" }).text
        /// The number of checked seals and the first error.
        func checked() throws -> String? {
            try connection.execute("prepare checked as \(check)")
            defer { try? connection.execute("deallocate checked") }
            var columns = try #require(try connection.query("execute checked(\(Self.user), 0, '', 9, 9)").first)
                .reader()
            let (count, _, _, _) = (
                try columns.next(Int64.self), try columns.next(Int64.self), try columns.nextOptional(Int64.self),
                try columns.nextOptional([UInt8].self)
            )
            return "\(count) \(try columns.nextOptional(String.self) ?? "-")"
        }
        try seal(1, nil)
        try await migrator.up(to: "0015")
        try seal(2, "client-1")
        try await migrator.up()
        #expect(try checked() == "2 -")
        try connection.execute(
            """
            set session_replication_role = replica;
            update audit_events set client_request_id = 'client-2' where client_request_id is not null;
            set session_replication_role = origin;
            """)
        #expect(try checked() == "2 ALTERED")
    }
}
