import CashPilotPostgres
import Postgres
import TestSupport
import Testing

@Suite("Sessions in partitions by business", .droppedDatabases)
struct PartitionTests {
    /// A migrated database with sessions in some businesses.
    private func filled() async throws -> (String, BlockingConnection) {
        let database = try await Schema.unpartitionedDatabase()
        let connection = try Schema.connect(database)
        try connection.execute(Self.fill)
        return (database, connection)
    }

    private static func id(_ number: Int) -> String { "lpad('\(number)', 32, '0')::uuid" }

    /// Forty businesses with as many sessions each; the one cashier has one open in each.
    private static let fill = """
        insert into users (id, email, name, role, password_hash)
        values (\(id(1)), 'a@x.example', 'Ana', 'CASHIER', '-'), (\(id(2)), 'b@x.example', 'Bruno', 'CASHIER', '-');
        insert into credentials (id, user_id, kind, secret_hash)
        select u.id, u.id, 'API_KEY', sha256(u.email::bytea) from users as u;
        insert into businesses (id, name, currency, time_zone)
        select lpad((10 + n)::text, 32, '0')::uuid, 'B' || n, 'PYG', 'America/Asuncion'
        from generate_series(0, 39) as n;
        insert into business_cashiers select b.id, u.id from businesses as b cross join users as u;
        insert into cash_sessions (
            business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
            initial_cash, opened_at, closed_at, closed_by
        )
        select
            b.id, lpad((1000 + n)::text, 32, '0')::uuid, n, \(id(1)), \(id(1)),
            case n when 400 then 'OPEN' else 'CLOSED' end, 'PYG', 'America/Asuncion', '2026-01-01', n,
            timestamptz '2026-01-01' + n * interval '1 min',
            case when n < 400 then timestamptz '2026-01-02' + n * interval '1 min' end,
            case when n < 400 then \(id(1)) end
        from businesses as b
        cross join generate_series(1, 400) as n;
        insert into business_counters select b.id, 400 from businesses as b;
        analyze;
        """

    /// All that a table has besides its rows: what must be the same afterwards.
    private static let shape = """
        select concat_ws(E'\\n',
            (select pg_get_userbyid(c.relowner) from pg_class as c where c.oid = 'cash_sessions'::regclass),
            (
                select
                    string_agg(format('%s %s %s', a.attname, a.atttypid::regtype, a.attnotnull), ',' order by a.attnum)
                from pg_attribute as a where a.attrelid = 'cash_sessions'::regclass and a.attnum > 0
            ),
            (
                select string_agg(format('%s %s', c.conname, pg_get_constraintdef(c.oid)), E'\\n' order by c.conname)
                from pg_constraint as c where c.conrelid = 'cash_sessions'::regclass
            ),
            (
                select
                    string_agg(
                        replace(pg_get_indexdef(i.indexrelid), ' ONLY', ''), E'\\n' order by i.indexrelid::regclass::text)
                from pg_index as i where i.indrelid = 'cash_sessions'::regclass
            ),
            (
                select string_agg(format('%s %s', r.rolname, x.privilege_type), ',' order by r.rolname, x.privilege_type)
                from pg_class as c cross join lateral aclexplode(c.relacl) as x join pg_roles as r on r.oid = x.grantee
                where c.oid = 'cash_sessions'::regclass
            ),
            (
                select string_agg(pg_get_triggerdef(t.oid), E'\\n' order by t.tgname)
                from pg_trigger as t where t.tgrelid = 'cash_sessions'::regclass and not t.tgisinternal
            ),
            (
                select string_agg(pg_get_functiondef(p.oid), E'\\n' order by p.proname)
                from pg_proc as p where p.pronamespace = 'public'::regnamespace
            )
        )
        """

    private static let rows = """
        select md5(string_agg(s::text, '|' order by s.business_id, s.id)) from cash_sessions as s
        """

    @Test("The operator's script keeps every row, name, rule, right and function, says what it did, and runs once")
    func script() async throws {
        let (database, connection) = try await filled()
        let (shape, rows) = (try connection.text(Self.shape), try connection.text(Self.rows))
        let said = try await Partitions.make(in: database, count: 8)
        #expect(said.contains("cash_sessions now has 8 partitions with 16000 sessions. It was locked for "))
        #expect(try connection.text(Self.shape) == shape)
        #expect(try connection.text(Self.rows) == rows)
        #expect(
            try connection.text(
                "select count(*)::text from pg_inherits where inhparent = 'cash_sessions'::regclass") == "8")
        // Room for the row versions that movements make.
        #expect(
            try connection.text(
                """
                select count(*)::text from pg_class
                where relname ~ '^cash_sessions_p[0-9]+$' and reloptions @> '{fillfactor=80}'
                """) == "8")
        let again = await #expect(throws: PostgresServer.Failure.self) { try await Partitions.make(in: database) }
        #expect(again?.description.contains("partitioned already: nothing was changed") == true)
        for count in [0, -1, 5000] {
            let plain = try await filled().0
            let refused = await #expect(throws: PostgresServer.Failure.self) {
                try await Partitions.make(in: plain, count: count)
            }
            #expect(refused?.description.contains("partitions: a number from 1 to 1024") == true)
        }
    }

    @Test("It gives up soon if the table is in use, and has changed nothing")
    func busy() async throws {
        let (database, connection) = try await filled()
        let shape = try connection.text(Self.shape)
        try connection.execute("begin; select count(*) from cash_sessions")
        let refused = await #expect(throws: PostgresServer.Failure.self) { try await Partitions.make(in: database) }
        #expect(refused?.description.contains("lock timeout") == true)
        try connection.execute("commit")
        #expect(try connection.text(Self.shape) == shape)
        try await Partitions.make(in: database)
    }

    @Test("A rule that a row breaks in a partition is known by the name of the whole table's")
    func names() async throws {
        let (database, connection) = try await filled()
        try await Partitions.make(in: database)
        let duplicate = """
            insert into cash_sessions (
                business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
                initial_cash, opened_at
            )
            select
                business_id, gen_random_uuid(), 1000, cashier_id, opened_by, 'OPEN', currency, time_zone, business_date,
                initial_cash, opened_at
            from cash_sessions where business_id = \(Self.id(10)) and status = 'OPEN'
            """
        let error = #expect(throws: DatabaseError.self) { try connection.execute(duplicate) }
        #expect(error?.violates(Constraint.oneOpenSession) == true, "\(error.debugDescription)")
        #expect(error?.constraint != Constraint.oneOpenSession)
        #expect(try connection.violation(duplicate) == Constraint.oneOpenSession)
    }

    @Test("A table with partitions gets the index of external ids with a known name in each")
    func externalIDs() async throws {
        let (database, connection) = try await filled()
        let migrator = try Schema.migrator(database)
        let steps = Schema.versions.drop { $0 < "0024" }.count
        #expect(try await migrator.down(steps: steps).last == "0024")
        try await Partitions.make(in: database)
        try await migrator.up()
        let names = try connection.texts(
            """
            select i.relname
            from pg_inherits as h
            join pg_class as i on i.oid = h.inhrelid
            where h.inhparent = 'uq_cash_sessions_external_id'::regclass
            """)
        #expect(names.count > 1)
        #expect(names.allSatisfy { $0.contains(#/^uq_cash_sessions_external_id_p[0-9]+$/#) }, "\(names)")
    }

    @Test("The one-open index is valid only if the index of every partition is, under a known name")
    func oneOpenIndexState() async throws {
        let (database, connection) = try await filled()
        try await Partitions.make(in: database)
        func state() throws -> String? { try connection.text(SQL.oneOpenIndexState.text) }
        func stands() throws -> String? {
            try connection.text("select index_is_valid::text from (\(SQL.readiness.text.dropLast(2))) as r")
        }
        func rebuild() throws {
            for row in try connection.query(SQL.oneOpenIndexBuild.text) {
                var columns = row.reader()
                try connection.execute(try columns.next(String.self))
            }
        }
        let name = Constraint.oneOpenSession
        #expect(try state() == "enforced")
        #expect(try stands() == "true")
        for (breaking, expected) in [
            ("drop index \(name)", "missing"),
            (
                """
                drop index \(name);
                create unique index \(name) on only cash_sessions (cashier_id, business_id)
                where status = 'OPEN' and is_deleted = false
                """, "invalid"
            ),
            ("update pg_index set indisvalid = false where indexrelid = '\(name)_p2'::regclass", "invalid"),
            ("alter index \(name)_p1 rename to \(name)_one", "wrong_definition"),
            ("drop index \(name); create index \(name) on cash_sessions (cashier_id, business_id)", "not_unique"),
            ("drop index \(name); create unique index \(name) on cash_sessions (id, business_id)", "wrong_definition"),
        ] {
            try connection.execute(breaking)
            #expect(try state() == expected, "\(breaking)")
            #expect(try stands() == "false", "\(breaking)")
            try rebuild()
            #expect(try state() == "enforced", "\(breaking)")
            #expect(try stands() == "true")
        }
    }

    @Test("What tills do all day reads one partition, and touches no other", arguments: Self.hot)
    func pruned(statement: Statement, values: String) async throws {
        let (database, connection) = try await filled()
        try await Partitions.make(in: database)
        let own = try connection.text(
            "select tableoid::regclass::text from cash_sessions where business_id = \(Self.id(10)) limit 1")
        try connection.execute("set plan_cache_mode = force_generic_plan; prepare tested as \(statement.text)")
        try connection.execute("begin")
        var read: Set<String> = []
        for row in try connection.query("explain (analyze, costs off, timing off) execute tested(\(values))") {
            var columns = row.reader()
            let line = try columns.next(String.self)
            guard let match = line.firstMatch(of: #/Scan.* on (cash_sessions_p\d+)/#) else { continue }
            #expect(!line.contains("Seq Scan"), "\(statement.name): \(line)")
            if !line.contains("never executed") { read.insert(String(match.1)) }
        }
        try connection.execute("rollback")
        #expect(read.count == 1 && read.first == own, "\(statement.name) reads \(read), not \(own ?? "")")
    }

    private static let hot: [(Statement, String)] = {
        let (ana, bruno, business, session) = (id(1), id(2), id(10), id(1_400))
        let (hash, asAna, asBruno) = ("sha256('x')", "sha256('a@x.example')", "sha256('b@x.example')")
        func nulls(_ count: Int) -> String { Array(repeating: "null", count: count).joined(separator: ", ") }
        return [
            (SQL.sessionOpenPrecheck, "array[\(asAna)], array[\(business)], array[\(ana)], array['']"),
            (
                SQL.sessionOpen,
                """
                \(asBruno), \(id(77)), \(business), \(bruno), 1, null, null, null, \(id(78)), 'r', 'k', \(hash), false,
                null, null
                """
            ),
            (SQL.sessionResume, "\(asAna), \(business), \(ana), 'k', \(hash)"),
            (SQL.sessionCurrent, "array[\(asAna)], array[\(business)], array[\(ana)]"),
            (SQL.sessionShow, "\(asAna), \(business), \(session)"),
            (SQL.sessionList, "\(asAna), \(business), null, null, \(nulls(6)), false, null, null, 21"),
            (
                SQL.sessionClose,
                "\(asAna), \(business), \(session), null, 1, \(nulls(9)), \(id(78)), 'r', 'k', \(hash), null"
            ),
            (SQL.sessionLock, "\(asAna), \(business), \(session), 'session.end', 'k', \(id(78))"),
            (
                SQL.sessionSave,
                """
                \(ana), \(business), \(session), \(ana), 'ENDED', 1, timestamptz '2026-01-01', now(), \(nulls(5)),
                0, 0, 0, 0, 0, 0, \(nulls(8)), \(id(78)), 'session.end', null, 'r', null, null,
                0, null, null, null
                """
            ),
            (
                SQL.storedResponseSave,
                "\(ana), \(business), \(session), 'session.end', 'k', \(hash), 'CASHIER', false, false, null"
            ),
            (SQL.cashierUnassign, "null, \(business), \(ana), \(id(78)), null, null"),
        ]
    }()
}
