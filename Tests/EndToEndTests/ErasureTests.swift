import Foundation
import TestSupport
import Testing

@Suite("cashpilot user erase")
struct ErasureTests {
    private static let email = "evangelina@x.example"
    private static let placeholder = "Erased user"

    /// Creates an account with a stored response, a second name, a key and a session, and deactivates it.
    ///
    /// - Returns: the id of the account.
    private func makeEvangelina(_ shop: Shop) async throws -> String {
        let body = #"""
            {"email": "\#(Self.email)", "name": "Evangelina A", "role": "CASHIER", "password": "a long password"}
            """#
        let created = try await shop.administrator.post("/v1/users", body, headers: ["Idempotency-Key": "eva"])
        #expect(created.status == 201, "\(created.text)")
        for arguments in [
            ["key", "create", "--email", Self.email, "--name", "Evangelina's till"],
            ["user", "update", "--email", Self.email, "--name", "Evangelina B"],
            ["user", "update", "--email", Self.email, "--locale", "en"],
            ["user", "update", "--email", Self.email, "--inactive"],
        ] {
            let result = try await shop.run(arguments)
            #expect(result.status == 0, "\(result.errors)")
        }
        try await shop.untilSealed()
        return try #require(try created.json["id"].string)
    }

    private func erase(_ shop: Shop, _ email: String = email) async throws -> (
        status: Int32, output: String, errors: String
    ) {
        let name = try #require(try shop.query("select current_database()::text"))
        let result = try await shop.run(["user", "erase", "--email", email, "--yes", "--database", name])
        return (result.status, result.output, result.errors)
    }

    /// The tables with a row that contains a text in any column.
    private func tables(of shop: Shop, containing text: String) throws -> String? {
        let union = try shop.query(
            """
            select string_agg(
                format($$select %L as name from %I as t where t::text ilike '%%\(text)%%'$$, c.relname, c.relname),
                ' union all ' order by c.relname
            )
            from pg_class as c
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            """)
        return try shop.query("select string_agg(distinct f.name, ' ' order by f.name) from (\(union ?? "")) as f")
    }

    @Test("The name and the e-mail of an erased user are nowhere in the database, and the audit trail is still intact")
    func erased() async throws {
        try await withShop { shop in
            try shop.adopt()
            let id = try await makeEvangelina(shop)
            let heads = try await shop.verify().heads
            #expect(try tables(of: shop, containing: "evangelina") == "audit_events credentials idempotency_keys users")
            let result = try await erase(shop)
            #expect(result.status == 0, "\(result.errors)")
            #expect(try tables(of: shop, containing: "evangelina") == nil)
            #expect(
                try shop.query("select concat_ws(' ', email, name, is_active) from users where id = '\(id)'")
                    == "erased-\(id)@erased.invalid \(Self.placeholder) f")
            try await shop.untilSealed()
            let found = try await shop.verify(arguments: heads.flatMap { ["--expect-head", $0] })
            #expect(found.status == 0, "\(found.output)")
            // The account, the key, its revocation, and the change of the name.
            #expect(found.output.contains("Events redacted by an erasure: 4."), "\(found.output)")
            let events = try await shop.administrator.get("/v1/audit-events?action=user.erase").json["items"]
            #expect(events.items.count == 1)
            #expect(events[0]["cashier_id"].string == id)
            #expect(events[0]["after"]["redacted"].members.count == 4)
            let account = try await shop.administrator.get("/v1/users/\(id)").json
            #expect(account["name"].string == Self.placeholder)
        }
    }

    @Test("After an erasure, an alteration of another event and one of a redacted event are detected")
    func alterations() async throws {
        try await withShop { shop in
            try shop.adopt()
            let id = try await makeEvangelina(shop)
            #expect(try await erase(shop).status == 0)
            try await shop.untilSealed()
            #expect(try await shop.verify().status == 0)
            for (action, column) in [("user.create", "name"), ("user.update", "locale")] {
                let event = try #require(
                    try shop.query(
                        """
                        select id::text from audit_events
                        where action = '\(action)' and cashier_id = '\(id)' and after ? '\(column)'
                        order by id limit 1
                        """))
                try shop.tamper(
                    "create table kept as select * from audit_events where id = '\(event)'",
                    "update audit_events set after = after || '{\"role\": \"ADMIN\"}' where id = '\(event)'")
                let found = try await shop.verify()
                #expect(found.status == 2)
                #expect(found.output.contains("event \(event): ALTERED"), "\(found.output)")
                try shop.tamper(
                    "delete from audit_events where id = '\(event)'", "insert into audit_events select * from kept",
                    "drop table kept")
            }
            #expect(try await shop.verify().status == 0, "all is as it was")
        }
    }

    @Test("An event that looks redacted is altered without an erasure that lists it, and so is a session's with one")
    func forged() async throws {
        try await withShop { shop in
            let id = try await makeEvangelina(shop)
            let session = try await shop.ana.open(in: shop.centro).json
            try await shop.untilSealed()
            try shop.tamper(
                """
                update audit_events set after = redacted_values(after, cashier_id)
                where action = 'user.create' and cashier_id = '\(id)'
                """,
                "update audit_events set after = after || '{\"initial_cash\": 1}' where business_id = '\(shop.centro)'")
            try shop.execute(
                """
                insert into audit_events (business_id, id, action, cashier_id, after)
                select b.id, gen_random_uuid(), 'user.erase', e.cashier_id,
                    jsonb_build_object('redacted', jsonb_build_object(e.id, encode(audit_event_hash(e), 'hex')))
                from audit_events as e
                cross join (
                    values ('00000000-0000-0000-0000-000000000000'::uuid), ('\(shop.centro)'::uuid)
                ) as b (id)
                where e.session_id = '\(session["id"].string ?? "")'
                """)
            try await shop.untilSealed()
            let found = try await shop.verify()
            #expect(found.status == 2)
            #expect(found.output.matches(of: #/: ALTERED/#).count == 2, "\(found.output)")
        }
    }

    @Test("Without a confirmation, for an active account, or as the service's role, nothing is erased")
    func refused() async throws {
        try await withShop { shop in
            _ = try await makeEvangelina(shop)
            let state = """
                select (select string_agg(u::text, ' ' order by u.id) from users as u) || count(*) from audit_events
                """
            let before = try shop.query(state)
            let shown = try await shop.run(["user", "erase", "--email", Self.email])
            #expect(shown.status == 2)
            #expect(shown.output.contains("Evangelina B"), "\(shown.output)")
            #expect(shown.output.contains("audit events: 4"), "\(shown.output)")
            let other = try await shop.run(
                ["user", "erase", "--email", Self.email, "--yes", "--database", "another"])
            #expect(other.status == 1)
            let active = try await erase(shop, shop.ana.email)
            #expect(active.status == 1)
            #expect(active.errors.contains("FORBIDDEN: the account \(shop.ana.email) is active"), "\(active.errors)")
            let service = try shop.connection()
            try service.execute("set role cashpilot_app")
            #expect(throws: (any Error).self) {
                try service.execute("update audit_events set after = redacted_values(after, cashier_id)")
            }
            #expect(try shop.query(state) == before)
        }
    }

    @Test("A second erasure changes nothing")
    func twice() async throws {
        try await withShop { shop in
            let id = try await makeEvangelina(shop)
            #expect(try await erase(shop).status == 0)
            let again = try await erase(shop)
            #expect(again.status == 1)
            #expect(again.errors.contains("NOT_FOUND"), "\(again.errors)")
            let erased = try await erase(shop, "erased-\(id)@erased.invalid")
            #expect(erased.status == 0, "\(erased.errors)")
            #expect(erased.output.contains("has no personal data. Nothing was changed."))
            #expect(try shop.query("select count(*)::text from audit_events where action = 'user.erase'") == "1")
        }
    }
}
