import CashPilotPostgres
import Foundation
import Postgres
import TestSupport
import Testing

/// Plans as the service's connections make them, on a database of a hundred businesses with some history.
@Suite("The statements' plans", .droppedDatabases)
struct StatementPlanTests {
    /// Tables that grow with businesses, people, sessions or requests.
    private static let growing: Set = [
        "audit_archives", "audit_events", "audit_heads", "audit_seals", "business_cashiers", "business_counters",
        "businesses",
        "cash_sessions", "credentials", "event_feed", "idempotency_keys", "login_failures", "login_origins",
        "movements",
        "open_conflicts", "pin_failures", "user_pins", "users",
    ]
    /// Tables that stay small, so that a sequential scan of them is cheap.
    private static let small: Set = [
        // A row per event that waits for its position and its seal, for about a second.
        "audit_unsealed",
        // A row per migration.
        "schema_migrations",
    ]
    @Test("No statement reads a whole table that grows, nor more of its rows than the index that fits")
    func indexes() async throws {
        let connection = try Self.filled(try await Schema.migratedDatabase())
        let columns = try connection.indexColumns()
        for statement in SQL.all {
            for finding in try Self.findings(of: statement, on: connection, columns) {
                #expect(IntendedPlans.findings.contains(finding))
            }
        }
    }

    @Test("Without any one of the indexes that are no constraint, a statement reads more rows than it needs")
    func everyIndex() async throws {
        let connection = try Self.filled(try await Schema.migratedDatabase())
        let columns = try connection.indexColumns()
        let names = try connection.lines(
            """
            select c.relname
            from pg_index as i
            join pg_class as c on c.oid = i.indexrelid
            where i.indrelid in (\(Self.tables)) and (not i.indisunique or c.relname = '\(Constraint.oneOpenSession)')
            """)
        #expect(names.count > 15)
        for name in names {
            try connection.execute("begin; drop index \(name)")
            let isNeeded = try SQL.all.contains { statement in
                try !Self.findings(of: statement, on: connection, columns).isSubset(of: IntendedPlans.findings)
            }
            #expect(isNeeded, "no statement needs \(name)")
            try connection.execute("rollback")
        }
    }

    @Test("Every statement that takes a bearer finds its credential by the hash")
    func bearers() async throws {
        let connection = try Self.filled(try await Schema.migratedDatabase())
        let statements = SQL.all.filter { $0.text.contains(#/(?m)^-- \$1 bytea(\[\])?  SHA-256 of /#) }
        #expect(statements.count > 30)
        for statement in statements {
            #expect(try connection.plan(of: statement).uses("uq_credentials_secret_hash"), "\(statement.name)")
        }
    }

    @Test("Every table is listed here, as one that grows or as one that stays small")
    func tables() async throws {
        let connection = try await Schema.migrated()
        let names = try connection.lines("select c.relname from pg_class as c where c.oid in (\(Self.tables))")
        #expect(Set(names) == Self.growing.union(Self.small))
        #expect(Self.growing.isDisjoint(with: Self.small))
    }

    fileprivate static let tables = """
        select t.oid
        from pg_class as t
        where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p') and not t.relispartition
        """

    /// What the plan of a statement reads beyond the rows that the statement needs, such as `user_show scans users`.
    ///
    /// - scans: it reads a table, or an index by columns that are not the first ones of the index.
    /// - filters: it finds a row with an index that lacks one of the columns that the row is found by.
    /// - sorts a page: it reads all rows, and sorts them, to return the first ones.
    private static func findings(
        of statement: Statement, on connection: BlockingConnection, _ columns: [String: [String]]
    ) throws -> Set<String> {
        let lookup = #/(?:^\(*|AND \()(?:id|\w+_id|"position"|action|status|key|operation) = (?!ANY)/#
        var findings: Set<String> = []
        func visit(_ node: PlanNode, below parent: PlanNode?) {
            if let index = node.index, growing.contains(node.scanned ?? "") {
                if !node.usesFirst(of: columns[index] ?? []) { findings.insert("\(statement.name) scans \(index)") }
                if node.filter?.contains(lookup) == true { findings.insert("\(statement.name) filters \(index)") }
            } else if let table = node.scanned, growing.contains(table), node.type != "Tid Scan" {
                findings.insert("\(statement.name) scans \(table)")
            }
            if parent?.type == "Limit", ["Sort", "Incremental Sort"].contains(node.type), node.reads(anyOf: growing) {
                findings.insert("\(statement.name) sorts a page")
            }
            for child in node.children { visit(child, below: node) }
        }
        visit(try connection.plan(of: statement), below: nil)
        return findings
    }

    private static func filled(_ database: String) throws -> BlockingConnection {
        let connection = try Schema.connect(database)
        try connection.execute(fill)
        try connection.execute("vacuum analyze")
        for setting in ConnectionString.planning {
            try connection.execute("set \(setting.replacing("=", with: " = "))")
        }
        return connection
    }

    /// A hundred businesses of ten cashiers. Each business has a hundred closed sessions and an open one.
    private static let fill = """
        set session_replication_role = replica;
        create function id(n bigint) returns uuid language sql as $$ select lpad(n::text, 32, '0')::uuid $$;
        insert into users (id, email, name, role, password_hash)
        select id(n), format('p%s@x.example', n), format('P %s', n), case n when 0 then 'ADMIN' else 'CASHIER' end, '-'
        from generate_series(0, 999) as n;
        insert into credentials (id, user_id, kind, name, secret_hash, created_at, expires_at)
        select
            id(n * 1000 + u.number), u.id, case n when 0 then 'API_KEY' else 'LOGIN' end, 'till',
            sha256(format('%s %s', u.id, n)::bytea), timestamptz '2026-01-01' + n * interval '1 day',
            case when n > 0 then timestamptz '2026-01-02' + n * interval '1 day' end
        from (select w.id, row_number() over (order by w.id) as number from users as w) as u
        cross join generate_series(0, 9) as n;
        insert into login_failures (subject, level, last_at, origin)
        select sha256(n::text::bytea), 1, timestamptz '2026-01-01' + n * interval '1 s', sha256((n / 10)::text::bytea)
        from generate_series(0, 9999) as n;
        insert into login_origins (pair, last_at)
        select f.subject, f.last_at from login_failures as f;
        insert into user_pins (user_id, pin_hash) select u.id, 'x' from users as u;
        insert into pin_failures (terminal_id, user_id, failures, last_at)
        select k.id, k.user_id, 1, now() from credentials as k where k.user_id is not null;
        insert into businesses (id, name, currency, time_zone)
        select id(1000 + n), format('B %s', n), 'PYG', 'America/Asuncion' from generate_series(0, 99) as n;
        insert into business_counters (business_id, last_session_number) select id, 101 from businesses;
        insert into business_cashiers (business_id, cashier_id)
        select id(1000 + n / 10), id(n) from generate_series(0, 999) as n;
        insert into cash_sessions (
            business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
            business_day_cutoff, initial_cash, opened_at, closed_at, closed_by, final_cash, terminal_id
        )
        select
            id(1000 + n % 100), id(10000 + n), n / 100 + 1, c.id, c.id, 'CLOSED', 'PYG', 'America/Asuncion',
            '2026-01-01'::date + n / 1000, '00:00', 0, timestamptz '2026-01-01' + n * interval '8 min',
            timestamptz '2026-01-01 08:00' + n * interval '8 min', c.id, 5, format('till-%s', n / 1000)
        from generate_series(0, 9999) as n
        cross join lateral (select id(n % 100 * 10 + n / 100 % 10) as id) as c;
        insert into cash_sessions (
            business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
            business_day_cutoff, initial_cash, opened_at
        )
        select
            id(1000 + n), id(20000 + n), 101, id(n * 10), id(n * 10), 'OPEN', 'PYG', 'America/Asuncion', '2026-03-01',
            '00:00', 0, timestamptz '2026-03-01'
        from generate_series(0, 99) as n;
        insert into movements (
            business_id, id, session_id, number, type, amount, effect, reverses_id, reason, recorded_by, is_late,
            occurred_at, recorded_at, hash
        )
        select
            s.business_id, gen_random_uuid(), s.id, n, 'DROP', 5, case n when 5 then 5 else -5 end,
            case n when 5 then s.id end, 'r', s.cashier_id, false, s.opened_at, s.opened_at, sha256('x')
        from cash_sessions as s
        cross join generate_series(1, 5) as n;
        insert into audit_events (business_id, id, occurred_at, action, actor_id, session_id)
        select business_id, id, opened_at, 'session.open', cashier_id, id from cash_sessions;
        insert into audit_events (business_id, id, occurred_at, action, cashier_id)
        select id(0), u.id, timestamptz '2026-01-01', 'user.create', u.id from users as u;
        insert into audit_seals (business_id, position, event_id, hash)
        select e.business_id, row_number() over (partition by e.business_id order by e.id), e.id, sha256('x')
        from audit_events as e;
        insert into audit_heads (business_id, position, hash)
        select s.business_id, max(s.position), sha256('x') from audit_seals as s group by s.business_id;
        insert into event_feed (position, business_id, event_id, cashier_id)
        select row_number() over (order by opened_at), business_id, id, cashier_id from cash_sessions;
        insert into open_conflicts (business_id, cashier_id, session_id, caller_id, minute, times, first_at, last_at)
        select business_id, cashier_id, id, cashier_id, opened_at, 3, opened_at, opened_at from cash_sessions;
        insert into idempotency_keys (business_id, user_id, operation, key, fingerprint, answer, created_at)
        select s.business_id, s.cashier_id, 'session.open', s.id::text, sha256('x'), '{}'::jsonb, s.opened_at
        from cash_sessions as s
        union all
        select id(0), u.id, 'user.password', n::text, sha256('x'), '{}'::jsonb, timestamptz '2026-01-01'
        from users as u
        cross join generate_series(0, 9) as n;
        set session_replication_role = origin;
        """
}

/// The output of `explain (format json)`.
private struct ExplainedStatement: Decodable {
    let plan: PlanNode

    private enum CodingKeys: String, CodingKey {
        case plan = "Plan"
    }
}

/// A node of a plan.
private struct PlanNode: Decodable {
    let type: String
    let filter: String?
    let children: [PlanNode]
    /// The table that it reads, or that a partition belongs to.
    let scanned: String?
    /// The index that it reads, or that a partition's index belongs to.
    let index: String?
    private let condition: String

    private enum Key: String, CodingKey {
        case type = "Node Type"
        case table = "Relation Name"
        case index = "Index Name"
        case condition = "Index Cond"
        case filter = "Filter"
        case children = "Plans"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        let partition = #/_p\d+$/#
        type = try values.decode(String.self, forKey: .type)
        filter = try values.decodeIfPresent(String.self, forKey: .filter)
        children = try values.decodeIfPresent([PlanNode].self, forKey: .children) ?? []
        condition = try values.decodeIfPresent(String.self, forKey: .condition) ?? ""
        index = try values.decodeIfPresent(String.self, forKey: .index)?.replacing(partition, with: "")
        let table = try values.decodeIfPresent(String.self, forKey: .table)?.replacing(partition, with: "")
        scanned = type.hasSuffix("Scan") ? table : nil
    }

    /// Whether the condition names the first columns of an index, and no others.
    func usesFirst(of columns: [String]) -> Bool {
        let used = columns.map { column in
            ["(\(column) ", "(\(column),", ", \(column),", ", \(column))"].contains { condition.contains($0) }
        }
        return used.first == true && !used.drop { $0 }.contains(true)
    }

    func uses(_ index: String) -> Bool { self.index == index || children.contains { $0.uses(index) } }

    func reads(anyOf tables: Set<String>) -> Bool {
        tables.contains(scanned ?? "") || children.contains { $0.reads(anyOf: tables) }
    }
}

extension BlockingConnection {
    /// The first column of every row.
    func lines(_ query: String) throws -> [String] {
        try self.query(query).map { row in
            var reader = row.reader()
            return try reader.next()
        }
    }

    /// The columns of the indexes, by the index's name.
    fileprivate func indexColumns() throws -> [String: [String]] {
        let rows = try query(
            """
            select c.relname, string_agg(pg_get_indexdef(i.indexrelid, n, false), '|' order by n)
            from pg_index as i
            join pg_class as c on c.oid = i.indexrelid
            cross join generate_series(1, i.indnkeyatts) as n
            where i.indrelid in (\(StatementPlanTests.tables))
            group by c.relname
            """)
        return Dictionary(
            uniqueKeysWithValues: try rows.map { row in
                var reader = row.reader()
                let name = try reader.next(String.self)
                return (name, try reader.next(String.self).split(separator: "|").map(String.init))
            })
    }

    /// The generic plan of a statement. Its parameters are null, and only their number matters.
    fileprivate func plan(of statement: Statement) throws -> PlanNode {
        try execute("prepare tested as \(statement.text)")
        defer { try? execute("deallocate tested") }
        let count = statement.text.matches(of: #/(?m)^-- \$\d+ /#).count
        let values = count == 0 ? "" : "(\(Array(repeating: "null", count: count).joined(separator: ", ")))"
        let json = try #require(try text("explain (costs off, format json) execute tested\(values)"))
        return try #require(try JSONDecoder().decode([ExplainedStatement].self, from: Data(json.utf8)).first).plan
    }
}
