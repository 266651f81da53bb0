import CashPilotPostgres

/// Breaks the one-open index, and makes duplicates that only a broken index allows.
extension Shop {
    package static let theIndex = "uq_cash_sessions_one_open_per_cashier_business"

    /// Builds the one-open index as the migration does or, with partitions, as `cashpilot doctor` does.
    package func buildIndex() throws {
        let connection = try connection()
        guard Partitions.areOn else {
            return try connection.execute(
                """
                create unique index concurrently \(Self.theIndex) on cash_sessions (cashier_id, business_id)
                    where status = 'OPEN' and is_deleted = false
                """)
        }
        for row in try connection.query(SQL.oneOpenIndexBuild.text) {
            var columns = row.reader()
            try connection.execute(try columns.next(String.self))
        }
    }

    /// Drops the one-open index. The index of a partitioned table cannot be dropped concurrently.
    package func dropIndex(concurrently: Bool = true) throws {
        try execute("drop index \(concurrently && !Partitions.areOn ? "concurrently" : "") \(Self.theIndex)")
    }

    /// Inserts copies of an open session, each an hour older than the previous. The one-open index refuses them.
    package func duplicate(_ session: JSON, times: Int = 1) throws {
        try execute(
            """
            insert into cash_sessions (
                business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
                initial_cash, opened_at
            )
            select
                s.business_id, gen_random_uuid(), s.session_number * 1000 + n, s.cashier_id, s.opened_by, 'OPEN',
                s.currency, s.time_zone, s.business_date, s.initial_cash, s.opened_at - make_interval(hours => n)
            from cash_sessions as s
            cross join generate_series(1, \(times)) as n
            where s.id = '\(session["id"].string ?? "")'
            """)
    }

    /// Leaves the one-open index INVALID, like a build that fails on duplicates of `session`.
    package func invalidateIndex(_ session: JSON) throws {
        try execute("drop index \(Self.theIndex)")
        try duplicate(session)
        do {
            try buildIndex()
        } catch {
            try execute("delete from cash_sessions where session_number > 1000")
        }
    }

    /// Whether the one-open index is valid; `nil` if it is missing.
    package func indexIsValid() throws -> String? {
        try query("select indisvalid::text from pg_index where indexrelid = to_regclass('\(Self.theIndex)')")
    }

    /// A hash of all sessions and audit events.
    package func everything() throws -> String? {
        try query(
            """
            select (select md5(string_agg(s::text, '|' order by s.id)) from cash_sessions as s)
                || (select md5(string_agg(e::text, '|' order by e.id)) from audit_events as e)
            """)
    }

    /// Runs the program on the shop's database.
    package func run(
        _ arguments: [String], input: String = ""
    ) async throws -> (status: Int32, output: String, errors: String) {
        let process = try CashPilotProcess(
            arguments,
            environment: Limits.patient.merging(["DATABASE_URL": connectionString, "PATH": "/usr/bin:/bin"]) { $1 },
            input: input)
        let status = try await process.wait()
        return (status, process.output, process.errors)
    }
}

extension Service {
    /// A metric without labels.
    package func metric(_ name: String) async throws -> String? {
        let line = try await metrics().split(separator: "\n").first { $0.hasPrefix("\(name) ") }
        return line?.split(separator: " ").last.map(String.init)
    }

    /// The value of a counter; 0 if it is missing.
    package func count(_ name: String) async throws -> Int { Int(try await metric(name) ?? "") ?? 0 }

    /// The text of `/metrics`.
    package func metrics() async throws -> String {
        try await Person.nobody(at: managementAddress).get("/metrics").text
    }
}
