import CashPilotPostgres
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("The roles that people and programs work as", .droppedDatabases)
struct RoleTests {
    /// A connection to a migrated database, working as a role.
    private func connection(as role: String) async throws -> BlockingConnection {
        let connection = try await Schema.migrated()
        try connection.execute(
            "insert into audit_events (business_id, id, action) values (\(Self.id), \(Self.id), 'a.b')")
        try connection.execute("set role \(role)")
        return connection
    }

    private static let id = "'0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d'"

    @Test(
        "A test tries to change audit rows as the service's role, and all else that it must not do: each is refused",
        arguments: [
            "update audit_events set action = 'x.y'", "delete from audit_events", "truncate audit_events",
            "alter table audit_events disable trigger all", "drop trigger tr_audit_events_unsealed on audit_events",
            "insert into audit_seals values (\(id), 1, \(id), repeat('x', 32)::bytea, now())",
            "update audit_seals set sealed_at = now()", "delete from audit_seals",
            "insert into audit_heads values (\(id), 1, repeat('x', 32)::bytea)", "update audit_heads set position = 9",
            "delete from audit_unsealed", "update audit_unsealed set event_id = business_id",
            "insert into event_feed values (1, \(id), \(id), \(id))", "update event_feed set position = 9",
            "delete from cash_sessions", "truncate cash_sessions", "delete from users", "truncate open_conflicts",
            "drop index uq_cash_sessions_one_open_per_cashier_business", "drop table open_conflicts",
            "create table mine (id int)", "alter table users add column extra int",
            "insert into schema_migrations values ('9', 'x', 'x', now())", "delete from schema_migrations",
        ])
    func refused(statement: String) async throws {
        let connection = try await connection(as: "cashpilot_app")
        let error = #expect(throws: DatabaseError.self) { try connection.execute(statement) }
        #expect(error?.sqlState == "42501", "\(error.debugDescription)")
    }

    @Test(
        "The service's role may run every statement of the service, but not erase personal data or remove audit events",
        arguments: SQL.all)
    func permitted(statement: Statement) async throws {
        let connection = try await connection(as: "cashpilot_app")
        try connection.execute("prepare tested as \(statement.text)")
        let count = try connection.text(
            "select cardinality(parameter_types)::text from pg_prepared_statements where name = 'tested'")
        let nulls = Array(repeating: "null", count: Int(count ?? "") ?? 0).joined(separator: ", ")
        // Rights are checked when the plan is started, which explaining does.
        let explained = "explain execute tested\(nulls.isEmpty ? "" : "(\(nulls))")"
        guard [SQL.userErase, SQL.auditArchiveRemove].contains(where: { $0.name == statement.name }) else {
            return try connection.execute(explained)
        }
        let error = #expect(throws: DatabaseError.self) { try connection.execute(explained) }
        #expect(error?.sqlState == "42501")
    }

    @Test(
        "What later migrations make is the owner's, whoever runs them: the service reads, inserts and updates, and deletes nothing"
    )
    func laterTables() async throws {
        let string = try await Schema.migratedDatabase()
        let connection = try Schema.connect(string)
        let login = "migrator_\(UUID().uuidString.lowercased().prefix(8))"
        try connection.execute("create role \(login) login; grant cashpilot_owner to \(login)")
        let later = (name: "9999_later.sql", text: "-- migrate:up\ncreate table later (id int);\n")
        try await Schema.migrator(string.replacing("user=postgres", with: "user=\(login)"), and: [later]).up()
        #expect(
            try connection.text("select relowner::regrole::text from pg_class where relname = 'later'")
                == "cashpilot_owner")
        try connection.execute("drop role \(login)")
        try connection.execute("insert into later values (1); set role cashpilot_app")
        try connection.execute("insert into later values (2); update later set id = 3")
        let error = #expect(throws: DatabaseError.self) { try connection.execute("delete from later") }
        #expect(error?.sqlState == "42501")
        try connection.execute("reset role; set role cashpilot_readonly")
        #expect(try connection.text("select count(*)::text from later") == "2")
    }

    @Test("Who only looks sees no password, not even its hash, and changes nothing")
    func readonly() async throws {
        let connection = try await connection(as: "cashpilot_readonly")
        try connection.execute("select id, email, name, role from users; select * from audit_events, audit_seals")
        for statement in [
            "select password_hash from users", "select * from users",
            "insert into audit_unsealed values (\(Self.id), \(Self.id))",
            "update cash_sessions set notes = 'x'", "select seal_audit_events(\(Self.id), 1)",
            "select seal_audit_chains(array[\(Self.id)::uuid], 1)", "select place_audit_events(1)",
        ] {
            let error = #expect(throws: DatabaseError.self) { try connection.execute(statement) }
            #expect(error?.sqlState == "42501", "\(statement)")
        }
    }

    @Test("Who may not create the roles is told which are missing and what to do; with them there, migrates")
    func modestMigrator() async throws {
        let server = try await PostgresServer.start()
        try server.execute("create role shopkeeper login")
        try server.execute("create database modest owner shopkeeper")
        let string = server.connectionString(database: "modest").replacing("user=postgres", with: "user=shopkeeper")
        func refusal() async -> String {
            let error = await #expect(throws: MigrationError.self) { try await Schema.migrator(string).up() }
            return "\(error.debugDescription)"
        }
        #expect(await refusal().contains("as a superuser: create role cashpilot_app nologin"))
        try server.execute("create role cashpilot_app nologin; create role cashpilot_readonly nologin")
        #expect(
            await refusal().contains(
                "as a superuser: create role cashpilot_owner nologin, if there is none, and grant cashpilot_owner to shopkeeper"
            ))
        try server.execute("create role cashpilot_owner nologin; grant cashpilot_owner to shopkeeper")
        try await Schema.migrator(string).up()
        try server.execute("grant cashpilot_app to shopkeeper")
        let connection = try Schema.connect(string)
        try connection.execute(
            "set role cashpilot_app; insert into audit_events (business_id, id, action) values (\(Self.id), \(Self.id), 'a.b')"
        )
        #expect(try connection.text("select place_audit_events(9)::text") == "1")
        #expect(try connection.text("select seal_audit_chains(array[\(Self.id)::uuid], 9)::text") == "1")
    }

    @Test("A change of the owner that is cut off halfway holds up nobody, and is ended by the next run")
    func halfway() async throws {
        let server = try await PostgresServer.start()
        try server.execute("create role cashpilot_app nologin; create role cashpilot_readonly nologin")
        try server.execute("create role shopkeeper login; grant cashpilot_app to shopkeeper")
        try server.execute("create database modest owner shopkeeper")
        let string = server.connectionString(database: "modest")
        let formerly = string.replacing("user=postgres", with: "user=shopkeeper")
        try await Schema.migrator(formerly).up(to: "0010")
        let report = try Schema.connect(string)
        let service = try Schema.connect(formerly)
        try service.execute("set role cashpilot_app")
        for table in ["api_keys", "cash_sessions", "schema_migrations"] {
            try report.execute("begin; lock table \(table) in access share mode")
            let error = await #expect(throws: MigrationError.self) { try await Schema.migrator(string).up() }
            #expect("\(error.debugDescription)".contains("55P03"))
            try service.execute(
                "insert into audit_events (business_id, id, action) values (\(Self.id), gen_random_uuid(), 'a.b')")
            #expect(try service.text("select place_audit_events(9)::text") == "1", "\(table)")
            #expect(try service.text("select seal_audit_chains(array[\(Self.id)::uuid], 9)::text") == "1", "\(table)")
            try report.execute("rollback")
        }
        try await Schema.migrator(string).up()
        let owners = "select string_agg(distinct tableowner, ' ') from pg_tables where schemaname = 'public'"
        #expect(try report.text(owners) == "cashpilot_owner")
    }

    @Test("Taking the migration back in one database leaves the roles and their rights in another")
    func otherDatabase() async throws {
        let (one, other) = (try await Schema.migratedDatabase(), try await Schema.migratedDatabase())
        try await Schema.migrator(one).down(steps: Schema.versions.count - 2)  // Down to the one that made the first.
        let connection = try Schema.connect(other)
        try connection.execute("set role cashpilot_app")
        #expect(try connection.text("select count(*)::text from audit_events") == "0")
    }
}
