import Foundation
import TestSupport
import Testing

@Suite("Preflight and the migration of the one-open index")
struct PreflightTests {
    private struct Proposal: Hashable {
        let keep: String
        let end: [String]

        init(_ item: JSON) {
            keep = item["keep"]["id"].string ?? ""
            end = item["end"].items.map { $0["id"].string ?? "" }
        }
    }

    private func proposals(_ output: String) throws -> [Proposal] {
        try JSON(parsing: Data(output.utf8))["items"].items.map(Proposal.init)
    }

    /// Two cashiers with three and two open sessions. The oldest of Ana's was changed last.
    ///
    /// - Parameter isOld: whether the schema is older than the one-open index. Otherwise only the index is missing.
    private func withConflicts(isOld: Bool = false, _ test: (Shop) async throws -> Void) async throws {
        // The migration of the one-open index comes before the partitions.
        try await withShop(template: isOld ? .unpartitioned() : nil) { shop in
            let (anas, brunos) = (
                try await shop.ana.open(in: shop.centro).json, try await shop.bruno.open(in: shop.centro).json
            )
            #expect(try await shop.ana.open(in: shop.villaMorra).status == 201)
            if isOld {
                let later = try shop.query("select (count(*) - 1)::text from schema_migrations") ?? ""
                #expect(try await shop.run(shop.confirmed(["migrate", "down", "--steps", later])).status == 0)
            } else {
                try shop.execute("drop index uq_cash_sessions_one_open_per_cashier_business")
            }
            try shop.duplicate(anas, times: 2)
            try shop.duplicate(brunos)
            try shop.execute(
                """
                insert into audit_events (business_id, id, occurred_at, action, session_id)
                select business_id, gen_random_uuid(), now() + interval '1 minute', 'session.edit', id
                from cash_sessions where session_number = 1002 and cashier_id = '\(shop.ana.id)'
                """)
            try await test(shop)
        }
    }

    @Test("The migration lists conflicting sessions and fails, and passes once preflight --apply has ended them")
    func rehearsal() async throws {
        try await withConflicts(isOld: true) { shop in
            let found = try await shop.run(["preflight", "--json"])
            #expect(found.status == 2)
            let proposals = try proposals(found.output)
            #expect(proposals.map(\.end.count).sorted() == [1, 2])
            let refused = try await shop.run(["migrate", "up"])
            #expect(refused.status != 0)
            for session in proposals.flatMap({ $0.end + [$0.keep] }) { #expect(refused.errors.contains(session)) }
            #expect(refused.errors.contains("opened at"))
            #expect(refused.errors.contains("cashpilot preflight --apply"))
            #expect(try shop.indexIsValid() == nil)
            let applied = try await shop.run(
                ["preflight", "--apply", "--yes", "--json", "--as", " \(shop.administrator.email.uppercased())"])
            #expect(applied.status == 0, "\(applied.errors)")
            #expect(try JSON(parsing: Data(applied.output.utf8))["ended"] == 3)
            try expectEnded(proposals, in: shop)
            #expect(try await shop.run(["preflight", "--apply", "--yes", "--json"]).output.hasPrefix(#"{"ended":0,"#))
            #expect(try await shop.run(["migrate", "up"]).status == 0)
            #expect(try shop.indexIsValid() == "true")
            try await expectOpening(proposals, in: shop)
        }
    }

    private func expectEnded(_ proposals: [Proposal], in shop: Shop) throws {
        for proposal in proposals {
            #expect(try shop.query("select status from cash_sessions where id = '\(proposal.keep)'") == "OPEN")
            for session in proposal.end {
                #expect(
                    try shop.query(
                        """
                        select concat_ws(' ', s.status, s.ended_at >= s.opened_at, s.version, e.reason, e.before ->> 'status',
                            e.after ->> 'status', e.actor_id = '\(shop.administrator.id)')
                        from cash_sessions as s join audit_events as e on e.session_id = s.id
                        where s.id = '\(session)' and e.action = 'session.end'
                        """) == "ENDED t 2 preflight OPEN ENDED t")
            }
        }
    }

    /// Expects that the kept session causes the 409, and that the next session opens once it is closed.
    private func expectOpening(_ proposals: [Proposal], in shop: Shop) async throws {
        // The migration made the table of logins anew.
        let (ana, administrator) = (try shop.loggedIn(shop.ana), try shop.loggedIn(shop.administrator))
        let refused = try await ana.open(in: shop.centro)
        #expect(refused.status == 409)
        let existing = try refused.json["existing_session"]
        #expect(proposals.map(\.keep).contains(existing["id"].string ?? ""))
        #expect(try await ana.close(existing).status == 200)
        #expect(try await ana.open(in: shop.centro).status == 201)
        let ended = try #require(proposals.first?.end.first)
        let counted = try await administrator.post(
            "/v1/businesses/\(shop.centro)/sessions/\(ended)/close", #"{"final_cash": 150000}"#)
        #expect(counted.status == 200, "an ended session can still be counted: \(counted.text)")
    }

    @Test("Preflight keeps the session that was opened or changed last")
    func keepsTheLastUsed() async throws {
        try await withConflicts { shop in
            let table = try await shop.run(["preflight"])
            #expect(table.status == 2)
            let keep = table.output.split(separator: "\n").filter { $0.hasPrefix("keep") }
            #expect(keep.contains { $0.contains(" Ana ") && $0.contains(" 1002 ") }, "\(table.output)")
            #expect(keep.contains { $0.contains(" Bruno ") && $0.contains(" 2 ") }, "\(table.output)")
            #expect(keep.count == 2)
        }
    }

    @Test("Preflight changes nothing without --apply, and --apply changes nothing without a confirmation")
    func changesNothing() async throws {
        try await withConflicts { shop in
            let before = try shop.everything()
            for arguments in [["preflight"], ["preflight", "--json"], ["preflight", "--apply"]] {
                #expect(try await shop.run(arguments, input: "y\n").status != 0)
                #expect(try shop.everything() == before)
            }
            #expect(try await shop.run(["preflight", "--apply", "--yes", "--as", shop.ana.email]).status != 0)
            #expect(try await shop.run(["preflight", "--yes"]).status != 0)
            #expect(try await shop.administrator.get("/v1/admin/preflight").status == 200)
            #expect(try shop.everything() == before)
        }
    }

    @Test("GET /v1/admin/preflight returns the command's report to administrators and 403 to cashiers")
    func byAPI() async throws {
        try await withConflicts { shop in
            let reply = try await shop.administrator.get("/v1/admin/preflight")
            #expect(reply.status == 200)
            #expect(reply.text + "\n" == (try await shop.run(["preflight", "--json"]).output))
            #expect(try reply.json["items"].items.compactMap { $0["open_sessions"].integer }.sorted() == [2, 3])
            #expect(try await shop.ana.get("/v1/admin/preflight").status == 403)
            #expect(try await shop.stranger.get("/v1/admin/preflight").status == 401)
            #expect(try await shop.administrator.get("/v1/admin/preflight?all=1").status == 422)
        }
    }

    @Test("Preflight exits with 0 and an empty report if no cashier has duplicates")
    func clear() async throws {
        try await withShop { (shop: Shop) async throws in
            #expect(try await shop.ana.open(in: shop.centro).status == 201)
            #expect(try await shop.run(["preflight"]).status == 0)
            let json = try await shop.run(["preflight", "--json"])
            #expect(json.output == #"{"items":[],"has_more":false}"# + "\n")
            #expect(try await shop.run(["preflight", "--apply"]).status == 0)
        }
    }

    private func psql(_ file: String, _ shop: Shop) async throws -> String {
        try await Shell.output(
            #"psql "$1" --no-psqlrc --no-align --tuples-only --file "$2""#,
            [shop.connectionString, Repository.root.appending(path: "sql/operations/\(file)").path])
    }

    @Test("The preflight file for psql proposes the same sessions as the command")
    func preflightByPSQL() async throws {
        try await withConflicts { shop in
            let proposals = try proposals(try await shop.run(["preflight", "--json"]).output)
            let rows = try await psql("preflight_duplicates.sql", shop).split(separator: "\n")
            #expect(rows.count == 5)
            let listed = rows.map { row in
                let cells = row.split(separator: "|", omittingEmptySubsequences: false)
                return "\(cells[0]) \(cells[cells.count - 1])"
            }
            #expect(listed == proposals.flatMap { ["keep \($0.keep)"] + $0.end.map { "end \($0)" } })
        }
    }

    @Test("The rollback file for psql drops the one-open index, and cashpilot doctor rebuilds it")
    func rollbackByPSQL() async throws {
        try await withShop { (shop: Shop) async throws in
            #expect(try await psql("rollback_guard.sql", shop).contains("The one-open index was dropped."))
            #expect(try shop.indexIsValid() == nil)
            #expect(try await psql("rollback_guard.sql", shop).contains("There was no one-open index to drop."))
            #expect(try await shop.ana.open(in: shop.centro).status == 201)
            #expect(try await shop.ana.open(in: shop.centro).status == 409)
            #expect(try await shop.run(["doctor", "--mend"]).status == 0)
            #expect(try shop.indexIsValid() == "true")
        }
    }

    @Test("While the one-open index is built on a busy table, opens continue and only one of ten succeeds")
    func busyTable() async throws {
        try await withShop { shop in
            try shop.execute("drop index uq_cash_sessions_one_open_per_cashier_business")
            // The build waits for transactions with an older snapshot.
            let old = try shop.connection()
            try old.execute("begin isolation level repeatable read")
            try old.execute("select count(*) from cash_sessions")
            let migration = try CashPilotProcess(
                ["doctor", "--mend"], environment: ["DATABASE_URL": shop.connectionString, "PATH": "/usr/bin:/bin"])
            try await eventually("the build has begun") { try shop.indexIsValid() }
            for _ in 0..<5 {
                let replies = try await together(10) { _ in try await shop.ana.open(in: shop.centro) }
                let winners = replies.filter { $0.status == 201 }
                #expect(winners.count == 1)
                #expect(replies.count(where: { $0.status == 409 }) == 9)
                for winner in winners { #expect(try await shop.ana.close(try winner.json).status == 200) }
            }
            #expect(try shop.indexIsValid() == "false")
            #expect(migration.status == nil)
            try old.execute("commit")
            #expect(try await migration.wait() == 0)
            #expect(try shop.indexIsValid() == "true")
            #expect(try await shop.ana.open(in: shop.centro).status == 201)
        }
    }
}
