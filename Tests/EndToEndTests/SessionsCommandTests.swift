import Foundation
import TestSupport
import Testing

@Suite("cashpilot sessions")
struct SessionsCommandTests {
    /// Runs the command on the shop's database.
    ///
    /// - Parameter email: for `--as`; by default the shop's administrator.
    private func run(
        _ shop: Shop, _ arguments: [String], as email: String? = nil
    ) async throws -> (status: Int32, output: String, errors: String) {
        let process = try CashPilotProcess(
            ["sessions"] + arguments + ["--as", email ?? shop.administrator.email],
            environment: ["DATABASE_URL": shop.connectionString, "PATH": "/usr/bin:/bin"])
        let status = try await process.wait()
        return (status, process.output, process.errors)
    }

    private func objects(_ lines: String) throws -> [JSON] {
        try lines.split(separator: "\n").map { try JSON(parsing: Data($0.utf8)) }
    }

    private func target(_ session: JSON) -> [String] {
        [session["id"].string ?? "", "--business", session["business_id"].string ?? ""]
    }

    /// The columns of all audit events, such as `session.close ID REASON`; null columns are left out.
    private func events(_ shop: Shop, _ columns: String) throws -> String? {
        try shop.query(
            "select string_agg(concat_ws(' ', \(columns)), ', ' order by occurred_at, id) from audit_events where session_id is not null"
        )
    }

    @Test("cashpilot sessions list prints the API's list, newest first and filtered")
    func list() async throws {
        try await withShop { shop in
            let body = #"{"initial_cash": 150000, "external_id": "POS:1", "terminal_id": "Caja 1"}"#
            let first = try await shop.ana.open(in: shop.centro, body).json
            let second = try await shop.carla.open(in: shop.corner).json
            _ = try await shop.carla.close(second)
            let all = try await run(shop, ["list", "--json"])
            #expect(all.status == 0, "\(all.errors)")
            #expect(try await objects(all.output) == shop.administrator.get("/v1/sessions").json["items"].items)
            for filter in [
                ["--status", "OPEN"], ["--business", shop.centro], ["--cashier", shop.ana.id],
                ["--external-id", "POS:1"], ["--external-id", "POS:1", "--business", shop.centro],
                ["--terminal-id", " Caja  1"],
                ["--terminal-id", "Caja 1", "--business", shop.centro, "--external-id", "POS:1"],
                ["--business", shop.centro, "--status", "OPEN", "--cashier", shop.ana.id],
            ] {
                let some = try await run(shop, ["list", "--json"] + filter)
                #expect(try objects(some.output).map { $0["id"] } == [first["id"]], "\(filter) \(some.errors)")
            }
            #expect(try await run(shop, ["list", "--stale"]).output.isEmpty)
            #expect(try await run(shop, ["list", "--external-id", "POS:2"]).output.isEmpty)
            #expect(try await run(shop, ["list", "--external-id", "a b"]).status == 64)
            #expect(try await run(shop, ["list", "--terminal-id", "Caja 2"]).output.isEmpty)
            #expect(try await run(shop, ["list", "--terminal-id", ""]).status == 64)
            try shop.execute("update cash_sessions set opened_at = opened_at - interval '30 days'")
            let stale = try await run(shop, ["list", "--stale"])
            #expect(stale.output.hasPrefix("\(first["id"].string ?? "")  OPEN stale  "), "\(stale.output)")
            #expect(stale.output.hasSuffix("  \(shop.ana.id)  \(shop.centro)  150000 PYG\n"), "\(stale.output)")
        }
    }

    @Test("cashpilot sessions list --needs-review prints the sessions that need a review")
    func needsReview() async throws {
        try await withShop { shop in
            let uncounted = try await shop.ana.open(in: shop.centro).json
            _ = try await shop.administrator.change("force-close", uncounted, #"{"reason": "left"}"#)
            let counted = try await shop.ana.open(in: shop.centro).json
            _ = try await shop.ana.close(counted)
            let list = try await run(shop, ["list", "--json", "--needs-review"])
            #expect(try objects(list.output).map { $0["id"] } == [uncounted["id"]], "\(list.errors)")
        }
    }

    @Test("cashpilot sessions list prints at most --limit sessions, and notes that more match")
    func limit() async throws {
        try await withShop { shop in
            _ = try await shop.ana.open(in: shop.centro)
            let second = try await shop.carla.open(in: shop.corner).json
            let one = try await run(shop, ["list", "--limit", "1"])
            #expect(one.output.split(separator: "\n").count == 1)
            #expect(one.output.contains("\(second["id"].string ?? "")  OPEN  "))
            #expect(one.errors == "sessions: more sessions match; raise --limit to list them\n")
            let both = try await run(shop, ["list", "--limit", "2"])
            #expect(both.output.split(separator: "\n").count == 2)
            #expect(both.errors.isEmpty, "\(both.errors)")
        }
    }

    @Test("cashpilot sessions list joins two pages without a gap or a duplicate")
    func pages() async throws {
        try await withShop { shop in
            for _ in 0..<201 {
                let session = try await shop.ana.open(in: shop.centro).json
                #expect(try await shop.ana.close(session).status == 200)
            }
            let listed = try await run(shop, ["list", "--json", "--limit", "1000"])
            #expect(Set(try objects(listed.output).compactMap { $0["id"].string }).count == 201)
            #expect(listed.output.split(separator: "\n").count == 201)
        }
    }

    @Test("cashpilot sessions show prints the API's JSON, or one field per line")
    func show() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let shown = try await run(shop, ["show", "--json"] + target(session))
            #expect(try await objects(shown.output) == [shop.administrator.get(Person.path(of: session)).json])
            let sheet = try await run(shop, ["show"] + target(session))
            #expect(sheet.output.contains(#/(?m)^totals\.expected_cash +-$/#), "\(sheet.output)")
            #expect(sheet.output.contains(#/(?m)^initial_cash +150000$/#), "\(sheet.output)")
            #expect(sheet.output.contains(#/(?m)^allowed_actions +view, close, /#), "\(sheet.output)")
        }
    }

    @Test("cashpilot sessions close closes with a count or by force, with the administrator as actor")
    func close() async throws {
        try await withShop { shop in
            let counted = try await shop.ana.open(in: shop.centro).json
            let closed = try await run(shop, ["close", "--final-cash", "151000", "--json"] + target(counted))
            #expect(closed.status == 0, "\(closed.errors)")
            #expect(try await objects(closed.output) == [shop.administrator.get(Person.path(of: counted)).json])
            #expect(try objects(closed.output).first?["final_cash"] == 151_000)
            #expect(try objects(closed.output).first?["closed_by"].string == shop.administrator.id)

            let uncounted = try await shop.ana.open(in: shop.centro).json
            let forced = try await run(shop, ["close", "--reason", "left without a count"] + target(uncounted))
            #expect(forced.output.contains("\(uncounted["id"].string ?? "")  CLOSED  "), "\(forced.errors)")
            let recounted = try await shop.ana.open(in: shop.centro).json
            let both = ["close", "--final-cash", "5", "--reason", "late", "--json"] + target(recounted)
            #expect(try objects(try await run(shop, both).output).first?["final_cash"] == 5)

            let (ana, administrator) = (shop.ana.id, shop.administrator.id)
            #expect(
                try events(shop, "action, actor_id, reason") == """
                    session.open \(ana), session.close \(administrator), session.open \(ana), \
                    session.force_close \(administrator) left without a count, session.open \(ana), \
                    session.force_close \(administrator) late
                    """)
            let requests = try shop.query(
                "select string_agg(distinct request_id, ' ') from audit_events where session_id is not null and actor_id = '\(administrator)'"
            )
            let ids = try #require(requests).split(separator: " ")
            #expect(ids.count == 3)
            #expect(ids.allSatisfy { $0.contains(#/^command-[0-9a-f-]{36}$/#) }, "\(ids)")
        }
    }

    @Test("cashpilot sessions close books the whole count, as the API does, with and without force")
    func wholeCount() async throws {
        let count = [
            "--final-cash", "1200000", "--declared-cash-sales", "960000", "--envelope-amount", "300000", "--expenses",
            "50000", "--credit-payments-collected", "100000", "--card-total", "70000", "--bank-transfer-total", "80000",
            "--credit-sales-total", "90000", "--closing-ticket", " Z-1042 ", "--notes", "uno\r\ndos",
        ]
        try await withShop { shop in
            for reason in [[], ["--reason", "left"]] {
                let session = try await shop.ana.open(in: shop.centro, #"{"initial_cash": 500000}"#).json
                let closed = try await run(shop, ["close", "--json"] + count + reason + target(session))
                #expect(closed.status == 0, "\(closed.errors)")
                let booked = try #require(try objects(closed.output).first)
                #expect(booked["totals"]["cash_sales"] == 950_000)
                #expect(booked["totals"]["expected_cash"] == 1_210_000)
                #expect(booked["totals"]["over_short"] == -10_000)
                #expect(booked["card_total"] == 70_000)
                #expect(booked["bank_transfer_total"] == 80_000)
                #expect(booked["credit_sales_total"] == 90_000)
                #expect(booked["closing_ticket"].string == "Z-1042")
                #expect(booked["notes"].string == "uno\ndos")
                #expect(try await shop.administrator.get(Person.path(of: session)).json == booked)
            }
        }
    }

    @Test("cashpilot sessions exits with 1 and the API's code and message if a rule rejects it")
    func refused() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            _ = try await shop.ana.close(session)
            let closing = try await shop.administrator.post(
                "\(Person.path(of: session))/close", #"{"final_cash": 1}"#, headers: ["Accept-Language": "en"]
            ).json
            #expect(closing["code"] == "SESSION_ALREADY_CLOSED")
            let missing = [shop.ana.id, "--business", shop.centro]
            let foreign = [session["id"].string ?? "", "--business", shop.corner]
            let closed = "SESSION_ALREADY_CLOSED: \(closing["detail"].string ?? "")\n"
            for (arguments, sentence) in [
                (["close", "--final-cash", "1"] + target(session), closed),
                (["close", "--reason", "again"] + target(session), closed),
                (["close", "--final-cash", "1"] + missing, "NOT_FOUND: "), (["show"] + missing, "NOT_FOUND: "),
                (["close", "--final-cash", "1"] + foreign, "NOT_FOUND: "),
                (["list", "--business", shop.ana.id], "NOT_FOUND: "),
            ] {
                let refused = try await run(shop, arguments)
                #expect(refused.status == 1, "\(arguments)")
                #expect(refused.errors.contains(sentence), "\(arguments) \(refused.errors)")
                #expect(refused.output.isEmpty)
            }
            #expect(try events(shop, "action") == "session.open, session.close")
        }
    }

    @Test("--as rejects an unknown address, an inactive account and a cashier, and changes nothing")
    func notAnAdministrator() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let former = #"{"email": "f@x.example", "name": "F", "role": "ADMIN", "password": "a long password"}"#
            let created = try await shop.administrator.post("/v1/users", former)
            #expect(created.status == 201, "\(created.text)")
            try shop.execute("update users set is_active = false where email = 'f@x.example'")
            for (email, sentence) in [
                ("nobody@x.example", "NOT_FOUND: --as: no account has the address nobody@x.example"),
                ("f@x.example", "FORBIDDEN: --as: the account f@x.example is inactive"),
                (shop.ana.email, "FORBIDDEN: --as: the account \(shop.ana.email) is not an administrator"),
            ] {
                for arguments in [["list"], ["show"] + target(session), ["close", "--reason", "r"] + target(session)] {
                    let refused = try await run(shop, arguments, as: email)
                    #expect(refused.status == 1, "\(arguments)")
                    #expect(refused.errors.contains(sentence + "\n"), "\(arguments) \(refused.errors)")
                    #expect(refused.output.isEmpty, "\(refused.output)")
                }
            }
            #expect(try shop.query("select status from cash_sessions") == "OPEN")
        }
    }

    @Test(
        "cashpilot sessions exits with 64 and names the option on invalid usage",
        arguments: [
            (["list"], "--as"), (["list", "--as", "a@x.example", "--limit", "0"], "--limit must be 1–100000"),
            (["close", "--as", "a@x.example"], "--final-cash, --reason or both are required"),
            (["close", "--as", "a@x.example", "--final-cash=-1"], "--final-cash must be 0–999999999999"),
            (["close", "--as", "a@x.example", "--reason", "r", "--expenses=-1"], "--expenses must be 0–999999999999"),
            (
                ["close", "--as", "a@x.example", "--final-cash", "1", "--card-total", "1000000000000"],
                "--card-total must be 0–999999999999"
            ),
            (
                ["close", "--as", "a@x.example", "--final-cash", "1", "--closing-ticket", "Z_1"],
                "--closing-ticket must be a text of 1 to 50 characters, with ASCII letters, digits and hyphens only"
            ),
            (
                ["close", "--as", "a@x.example", "--final-cash", "1", "--notes", String(repeating: "x", count: 1001)],
                "--notes must be a text of up to 1000 characters"
            ),
            (
                ["close", "--as", "a@x.example", "--final-cash", "1", "--notes", "4111:1111:1111:1111"],
                "--notes contains what looks like a card number"
            ),
            (["close", "--as", "a@x.example", "--reason", " "], "--reason must be a reason of 1 to 500 characters"),
            (["close", "--as", "a@x.example", "--reason", "4111 1111 1111 1111"], "looks like a card number"),
        ])
    func usage(arguments: [String], sentence: String) async throws {
        let id = "01a20967-6220-7c33-8d41-6f0e5b6a7c8d"
        let session = arguments[0] == "close" ? [id, "--business", id] : []
        let process = try CashPilotProcess(
            ["sessions"] + arguments + session, environment: ["DATABASE_URL": "host=/nowhere", "PATH": "/usr/bin:/bin"])
        #expect(try await process.wait() == 64)
        #expect(process.errors.contains(sentence), "\(process.errors)")
    }
}
