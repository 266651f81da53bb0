import CashPilotPostgres
import Postgres
import Testing

@Suite("The lists of audit events and conflicts, and the cleanup of stored responses, read an index", .droppedDatabases)
struct AuditListPlanTests {
    @Test("No list and no cleanup reads a whole table of events or conflicts, for any filter")
    func plans() async throws {
        let connection = try await Schema.migrated()
        try connection.execute(Self.fill)
        try connection.execute("vacuum analyze")
        try connection.execute("set plan_cache_mode = force_generic_plan")
        let (admin, cashier, shop, session) = ("sha256('admin')", "sha256('cashier')", id(10), id(1_000))
        let none = Array(repeating: "null", count: 4).joined(separator: ", ")
        let cases: [(Statement, String)] = [
            (SQL.auditEventList, "\(admin), null, null, null, null, \(none), 51"),
            (SQL.auditEventList, "\(admin), \(shop), null, null, null, \(none), 51"),
            (SQL.auditEventList, "\(admin), null, \(session), null, null, \(none), 51"),
            (SQL.auditEventList, "\(admin), null, null, \(id(2)), null, \(none), 51"),
            (SQL.auditEventList, "\(admin), null, null, null, 'user.create', \(none), 51"),
            (SQL.auditEventList, "\(admin), \(shop), null, null, 'session.flag', \(none), 51"),
            (SQL.auditEventListOfSession, "\(cashier), \(shop), \(session), null, null, 51"),
            (SQL.openConflictList, "\(admin), \(shop), null, null, null, 51"),
            (SQL.openConflictList, "\(cashier), \(shop), null, null, null, 51"),
            (SQL.auditChainNext, shop), (SQL.auditChainEnds, shop),
            (SQL.auditChainCheck, "\(shop), 5, repeat('x', 32)::bytea, 100000, 1000"),
            (SQL.auditChainCover, "\(shop), null, 1000"), (SQL.idempotencyKeysPurge, ""),
        ]
        for (statement, values) in cases {
            try connection.execute("deallocate all")
            try connection.execute("prepare tested as \(statement.text)")
            let plan = try connection.lines("explain execute tested\(values.isEmpty ? "" : "(\(values))")")
            #expect(!plan.isEmpty)
            for line in plan {
                let isWhole = line.contains(
                    #/Seq Scan on (idempotency_keys|audit_events|audit_seals|open_conflicts|cash_sessions)/#)
                #expect(!isWhole, "\(statement.name)(\(values)): \(line)")
            }
        }
    }

    private func id(_ number: Int) -> String { "lpad('\(number)', 32, '0')::uuid" }

    private static let fill = """
        create function id(n bigint) returns uuid language sql as $$ select lpad(n::text, 32, '0')::uuid $$;
        insert into users (id, email, name, role, password_hash)
        values (id(1), 'a@x.example', 'Alicia', 'ADMIN', '-'), (id(2), 'b@x.example', 'Bruno', 'CASHIER', '-');
        insert into businesses (id, name, currency, time_zone)
        select id(10 + n), 'B' || n, 'PYG', 'America/Asuncion' from generate_series(0, 9) as n;
        insert into business_cashiers select b.id, id(2) from businesses as b;
        insert into cash_sessions (
            business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
            initial_cash, opened_at, closed_at, closed_by
        )
        select
            id(10 + n % 10), id(1000 + n), n + 1, id(2), id(2), 'CLOSED', 'PYG', 'America/Asuncion', '2026-01-01', 0,
            timestamptz '2026-01-01' + n * interval '1 min', timestamptz '2026-01-02' + n * interval '1 min', id(2)
        from generate_series(0, 9999) as n;
        insert into audit_events (business_id, id, occurred_at, action, actor_id, session_id)
        select
            s.business_id, id(100000 + 2 * s.session_number + n), s.opened_at + n * interval '1 s',
            (array['session.open', case when s.session_number % 100 = 0 then 'session.flag' else 'session.close' end])[n + 1],
            s.cashier_id, s.id
        from cash_sessions as s
        cross join generate_series(0, 1) as n;
        insert into open_conflicts (
            business_id, cashier_id, session_id, caller_id, minute, times, first_at, last_at
        )
        select s.business_id, s.cashier_id, s.id, s.cashier_id, s.opened_at, 3, s.opened_at, s.opened_at
        from cash_sessions as s;
        insert into idempotency_keys (business_id, user_id, operation, key, fingerprint, answer, created_at)
        select id(10 + n % 10), id(2), 'session.open', n::text, sha256('x'), '{}', now() - n * interval '20 s'
        from generate_series(0, 49999) as n;
        select place_audit_events(1000000);
        select seal_audit_chains(array_agg(b.id), 100000) from businesses as b;
        """
}
