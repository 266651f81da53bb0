import CashPilot
import CashPilotPostgres
import Postgres
import TestSupport
import Testing

@Suite("Archiving audit events", .droppedDatabases)
struct AuditArchiveTests {
    private static let none = "00000000-0000-0000-0000-000000000000"
    private static let user = "00000000-0000-7000-8000-000000000001"
    private static let business = "00000000-0000-7000-8000-000000000009"
    private static let sealed = """
        select place_audit_events(1000);
        select seal_audit_chains('{\(none), \(business)}', 1000)
        """
    /// The rows that differ from what their events say.
    private static let differences = """
        select string_agg(concat_ws(' ', t.name, d.problem, d.differences), '; ')
        from (
            values ('users'), ('businesses'), ('business_cashiers'), ('credentials'), ('cash_sessions')
        ) as t (name)
        cross join lateral audited_differences(t.name, null, '\(none)', '\(none)', 1000) as d
        where d.problem is not null
        """

    /// Writes an account whose name and password change, and an assignment that ends and begins again. All is sealed.
    private func fill(_ connection: BlockingConnection) throws {
        let assignment = "from business_cashiers as a"
        for change in [
            """
            insert into users (id, email, name, role, password_hash)
            values ('\(Self.user)', 'a@x.example', 'Ana', 'CASHIER', 'x');
            insert into audit_events (business_id, id, action, cashier_id, after)
            select '\(Self.none)', gen_random_uuid(), 'user.create', u.id, to_jsonb(u) - 'password_hash'
            from users as u
            """,
            """
            insert into businesses (id, name, currency, time_zone)
            values ('\(Self.business)', 'Centro', 'PYG', 'America/Asuncion');
            insert into audit_events (business_id, id, action, after)
            select b.id, gen_random_uuid(), 'business.create', to_jsonb(b) from businesses as b
            """,
            """
            update users set name = 'Beatriz', password_hash = 'y';
            insert into audit_events (business_id, id, action, cashier_id, before, after)
            values (
                '\(Self.none)', gen_random_uuid(), 'user.update', '\(Self.user)', '{"name": "Ana"}',
                jsonb_build_object('name', 'Beatriz', 'password_sha256', encode(sha256('y'), 'hex'))
            )
            """,
        ] {
            try connection.execute("begin; \(change); commit")
        }
        for isAssigned in [true, false, true] {
            try connection.execute(
                isAssigned
                    ? """
                    begin;
                    insert into business_cashiers (business_id, cashier_id) values ('\(Self.business)', '\(Self.user)');
                    insert into audit_events (business_id, id, action, cashier_id, after)
                    select a.business_id, gen_random_uuid(), 'cashier.assign', a.cashier_id, to_jsonb(a) \(assignment);
                    commit
                    """
                    : """
                    begin;
                    insert into audit_events (business_id, id, action, cashier_id, before)
                    select a.business_id, gen_random_uuid(), 'cashier.unassign', a.cashier_id, to_jsonb(a)
                    \(assignment);
                    delete from business_cashiers;
                    commit
                    """)
            try connection.execute(Self.sealed)
        }
    }

    private func remove(_ count: Int, file: String, _ connection: BlockingConnection) throws {
        try connection.execute(
            """
            do $$
            declare
                range record;
            begin
                for range in
                    select
                        h.*,
                        (
                            select coalesce(max(a.position), 0) + 1
                            from audit_archives as a
                            where a.business_id = h.business_id
                        ) as first_position
                    from audit_heads as h
                loop
                    while remove_archived_events(
                        range.business_id, range.first_position, range.position, sha256('\(file)'), \(count)
                    ) > 0 loop
                    end loop;
                end loop;
            end
            $$
            """)
    }

    @Test("Rows are still compared after their events were removed one by one, and after those of the archive were")
    func states() async throws {
        let connection = try Schema.connect(try await Schema.migratedDatabase())
        try fill(connection)
        #expect(try connection.text(Self.differences) == nil)
        try remove(1, file: "first", connection)
        #expect(try connection.text(Self.differences) == nil)
        #expect(try connection.text("select count(*)::text from audit_seals") == "0")
        try connection.execute(Self.sealed)
        try remove(1000, file: "second", connection)
        #expect(try connection.text(Self.differences) == nil)
        let events = """
            select string_agg(e.action, ' ' order by e.action) from audit_events as e where e.action <> 'audit.archive'
            """
        #expect(try connection.text(events) == "adopt.business adopt.cashier adopt.user")
        try connection.execute(
            """
            set session_replication_role = replica;
            update users set role = 'ADMIN', password_hash = 'z';
            reset session_replication_role
            """)
        let found = try #require(try connection.text(Self.differences))
        #expect(found.contains("password_sha256") && found.contains("\"role\""), "\(found)")
    }

    @Test("The chain continues after the removed events, and archived lines prove them and every head in them")
    func chains() async throws {
        let string = try await Schema.migratedDatabase()
        let connection = try Schema.connect(string)
        try fill(connection)
        try await Schema.withDatabase(string) { database in
            let store = PostgresAuditChainStore(database: database)
            let (_, today) = try await store.databaseFacts()
            let tomorrow = CivilDate(daysSince1970: today.daysSince1970 + 1)
            var ranges: [ArchivedRange] = []
            while let range = try await store.range(after: ranges.last?.business, sealedBefore: tomorrow) {
                ranges.append(range)
            }
            #expect(try await store.range(after: nil, sealedBefore: today) == nil)
            #expect(ranges.map(\.last.position) == [2, 4])
            var lines: [String] = []
            for range in ranges {
                lines += try await store.lines(of: range.business, after: 0, upTo: range.last.position, limit: 1000)
            }
            let middle = AuditHead(
                business: ranges[1].business, position: 2,
                hash: try #require(try await store.hash(at: 2, of: ranges[1].business)))
            for range in ranges {
                #expect(try await store.remove(range, file: Array(repeating: 7, count: 32), limit: 1) == 1)
                #expect(try await store.remove(range, file: Array(repeating: 7, count: 32), limit: 1000) > 0)
                #expect(try await store.remove(range, file: Array(repeating: 7, count: 32), limit: 1000) == 0)
            }
            try connection.execute(Self.sealed)

            let verifier = AuditVerifier(store: store, onProgress: { _ in })
            func faults(_ expected: [AuditHead], _ archives: [AuditHead]?) async throws -> [AuditError.Kind] {
                var found: [AuditError.Kind] = []
                try await verifier.verify(only: nil, expecting: expected, archives: archives) {
                    if let fault = $0.fault { found.append(fault.kind) }
                }
                return found
            }
            #expect(try await faults([], nil) == [])
            #expect(try await faults([ranges[1].head], nil) == [])
            #expect(try await faults([middle], nil) == [.archivedHead])
            #expect(try await faults([], []) == [.archiveMissing, .archiveMissing])

            var archived = ArchiveVerifier(store: store, expecting: [middle], onProgress: { _ in })
            var rest = lines[...]
            let fault = try await archived.verify(ranges) { count in
                defer { rest = rest.dropFirst(count) }
                return Array(rest.prefix(count))
            }
            #expect(fault == nil)
            #expect(archived.unproven.isEmpty)
            #expect(try await faults(archived.unproven, archived.heads) == [])

            let altered = lines.map { $0.replacing("Beatriz", with: "Bea") }
            #expect(
                try await store.check(Array(altered.prefix(2)), after: .start, of: ranges[0].business).fault?.kind
                    == .altered)
            let cut = try await store.check([lines[1]], after: .start, of: ranges[0].business)
            #expect(cut.fault?.kind == .sealMissing)
        }
    }

    @Test("Only the owner removes events, in the order of the chain, and a file that does not continue it is refused")
    func refused() async throws {
        let connection = try Schema.connect(try await Schema.migratedDatabase())
        try fill(connection)
        func state(_ statement: String) throws -> String? {
            #expect(throws: DatabaseError.self) { try connection.execute(statement) }
            return try connection.text("select count(*)::text from audit_events")
        }
        func call(_ first: Int, _ last: Int) -> String {
            "select remove_archived_events('\(Self.business)', \(first), \(last), sha256('x'), 10)"
        }
        for statement in [
            call(2, 3), call(1, 99), "delete from audit_events", "delete from audit_seals",
            "delete from audit_archives",
        ] {
            #expect(try state(statement) == "6", "\(statement)")
        }
        try connection.execute("set role cashpilot_app")
        #expect(try state(call(1, 2)) == "6")
        #expect(try state("insert into audit_archives select * from audit_archives") == "6")
        try connection.execute("reset role; \(call(1, 2))")
        #expect(try state("select remove_archived_events('\(Self.business)', 1, 4, sha256('y'), 10)") != "6")
    }
}
