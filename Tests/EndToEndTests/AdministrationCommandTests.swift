import Foundation
import TestSupport
import Testing

@Suite("cashpilot user and cashpilot business")
struct AdministrationCommandTests {
    /// The objects that a command prints, one per line, as an array.
    private func json(_ shop: Shop, _ arguments: [String], input: String = "") async throws -> JSON {
        let result = try await shop.run(arguments + ["--json"], input: input)
        #expect(result.status == 0, "\(result.errors)")
        return .array(try result.output.split(separator: "\n").map { try JSON(parsing: Data($0.utf8)) })
    }

    @Test("cashpilot user lists and changes accounts like the API, without an actor in the audit trail")
    func users() async throws {
        try await withShop { shop in
            let created = try await json(
                shop, ["user", "create", "--email", "eva@x.example", "--name", "Eva"], input: "a long password\n")
            let listed = try await json(shop, ["user", "list"])
            #expect(listed.items.count == 6)
            #expect(listed[0] == created[0])
            #expect(try await shop.administrator.get("/v1/users").json["items"] == listed)
            let changed = try await json(
                shop,
                [
                    "user", "update", "--email", "EVA@x.example", "--new-email", "e@x.example", "--role", "ADMIN",
                    "--inactive", "--name", "Eva P", "--locale", "en", "--password-stdin",
                ], input: "another password\n")
            #expect(changed[0]["role"] == "ADMIN")
            #expect(changed[0]["is_active"] == false)
            #expect(changed[0]["email"] == "e@x.example")
            let active = try await shop.run(["user", "update", "--email", "e@x.example", "--active"])
            #expect(active.status == 0)
            let login = try await shop.stranger.post(
                "/v1/auth/token", #"{"email": "e@x.example", "password": "another password"}"#)
            #expect(login.status == 200)
            #expect(
                try shop.query(
                    """
                    select string_agg(concat_ws(' ', action, actor_id, request_id), ', ' order by occurred_at, id)
                    from audit_events where action ~ '^user[.](create|update)'
                    """) == "user.create, user.update, user.update")
        }
    }

    @Test("cashpilot user and business exit with 1 and the reason, or with 64 on invalid usage")
    func refused() async throws {
        try await withShop { shop in
            let before = try shop.changes()
            let cases: [(arguments: [String], status: Int32, reason: String)] = [
                (["user", "update", "--email", "nobody@x.example", "--active"], 1, "NOT_FOUND"),
                (["user", "update", "--email", shop.administrator.email, "--inactive"], 1, "LAST_ADMIN"),
                (["user", "update", "--email", shop.ana.email, "--new-email", shop.bruno.email], 1, "EMAIL_TAKEN"),
                (["user", "update", "--email", shop.ana.email, "--name", "4111111111111111"], 64, "--name"),
                (["user", "update", "--email", shop.ana.email, "--new-email", "no"], 64, "--new-email"),
                (["business", "update", "--business", shop.corner, "--name", "farmacia centro"], 1, "NAME_TAKEN"),
                (["business", "update", "--business", shop.corner, "--time-zone", "XYZ3"], 1, "--time-zone"),
                (["business", "update", "--business", shop.corner, "--currency", "usd"], 64, "--currency"),
                (["business", "update", "--business", shop.corner, "--currency", "PGY"], 64, "ISO 4217 currency code"),
                (["business", "update", "--business", shop.corner, "--day-cutoff", "25:00"], 64, "--day-cutoff"),
                (["business", "update", "--business", shop.corner, "--stale-after-hours", "0"], 64, "--stale-after"),
                (["business", "update", "--business", shop.ana.id, "--active"], 1, "NOT_FOUND"),
                (["business", "assign", "--business", shop.ana.id, "--email", shop.ana.email], 1, "NOT_FOUND"),
            ]
            for (arguments, status, reason) in cases {
                let refused = try await shop.run(arguments)
                #expect(refused.status == status, "\(arguments) \(refused.errors)")
                #expect(refused.errors.contains(reason), "\(arguments) \(refused.errors)")
            }
            #expect(try shop.changes() == before)
        }
    }

    @Test("cashpilot business creates, lists and changes businesses like the API")
    func businesses() async throws {
        try await withShop { shop in
            let created = try await json(
                shop,
                [
                    "business", "create", "--name", "Farmacia Sur", "--currency", "PYG", "--time-zone",
                    "america/asuncion", "--day-cutoff", "04:30", "--edit-window-hours", "0",
                ])
            #expect(created[0]["time_zone"] == "America/Asuncion")
            #expect(created[0]["day_cutoff"] == "04:30")
            #expect(created[0]["edit_window_hours"] == 0)
            #expect(created[0]["stale_after_hours"] == 16)
            let listed = try await json(shop, ["business", "list"])
            #expect(listed[0] == created[0])
            #expect(try await shop.administrator.get("/v1/businesses").json["items"] == listed)
            let changed = try await json(
                shop, ["business", "update", "--business", created[0]["id"].string ?? "", "--inactive"])
            #expect(changed[0]["is_active"] == false)
            let text = try await shop.run(["business", "list"])
            #expect(text.output.split(separator: "\n").first?.contains("inactive") == true)
        }
    }

    @Test("cashpilot business unassign exits with 1 and names the session if the cashier has one open")
    func assignments() async throws {
        try await withShop { shop in
            let target = ["--business", shop.centro, "--email", shop.diego.email]
            #expect(try await shop.run(["business", "assign"] + target).status == 0)
            let session = try await shop.diego.open(in: shop.centro).json
            let refused = try await shop.run(["business", "unassign"] + target)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("HAS_OPEN_SESSION: Diego has an open session from "), "\(refused.errors)")
            #expect(refused.errors.contains(Person.path(of: session)))
            #expect(try await shop.diego.close(session).status == 200)
            let removed = try await json(shop, ["business", "unassign"] + target)
            #expect(removed[0]["cashier_id"].string == shop.diego.id)
            #expect(try await shop.diego.open(in: shop.centro).status == 404)
        }
    }
}
