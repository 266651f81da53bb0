import Foundation
import TestSupport
import Testing

@Suite("cashpilot doctor")
struct DoctorTests {
    private func findings(_ output: String) throws -> [String: JSON] {
        let items = try JSON(parsing: Data(output.utf8))["findings"].items
        return Dictionary(uniqueKeysWithValues: items.map { ($0["name"].string ?? "", $0) })
    }

    @Test("cashpilot doctor exits with 0 and prints a line for each health check if all of them pass")
    func healthy() async throws {
        try await withShop { shop in
            let table = try await shop.run(["doctor"])
            #expect(table.status == 0, "\(table.output)")
            let json = try await shop.run(["doctor", "--json"])
            #expect(json.status == 0)
            let findings = try findings(json.output)
            #expect(
                findings.keys.sorted() == [
                    "clock", "connection", "connections", "currencies", "demo", "duplicates", "guard", "libpq", "role",
                    "schema", "superuser", "writable",
                ])
            #expect(findings.values.allSatisfy { $0["level"] != "fault" })
            for name in findings.keys { #expect(table.output.contains(name)) }
        }
    }

    @Test("cashpilot doctor warns about a database user that is not a member of the service's role")
    func role() async throws {
        try await withShop { shop in
            let user = "plain_\(UInt32.random(in: 0 ... .max))"
            try shop.execute("create role \(user) login; grant select on all tables in schema public to \(user)")
            let process = try CashPilotProcess(
                ["doctor", "--json"],
                environment: Limits.patient.merging([
                    "DATABASE_URL": shop.connectionString.replacing("user=postgres", with: "user=\(user)"),
                    "PATH": "/usr/bin:/bin",
                ]) { _, own in own })
            #expect(try await process.wait() == 0)
            let finding = try #require(try findings(process.output)["role"])
            #expect(finding["level"] == "warning")
            #expect(finding["mend"].string?.contains("grant cashpilot_app to \"\(user)\"") == true)
            try shop.execute("drop owned by \(user); drop role \(user)")
        }
    }

    @Test("cashpilot doctor warns about businesses whose currency code is not in ISO 4217, and they keep working")
    func unknownCurrency() async throws {
        try await withShop { shop in
            try shop.execute("update businesses set currency = 'PGY' where id = '\(shop.centro)'")
            let result = try await shop.run(["doctor", "--json"])
            #expect(result.status == 0)
            let finding = try #require(try findings(result.output)["currencies"])
            #expect(finding["level"] == "warning")
            #expect(finding["finding"].string?.hasSuffix(": PGY (1)") == true)
            let session = try await shop.ana.open(in: shop.centro).json
            #expect(session["currency"] == "PGY")
            #expect(session["currency_minor_units"] == 2)
            #expect(try await shop.ana.close(session).status == 200)
            let path = "/v1/businesses/\(shop.centro)"
            #expect(try await shop.administrator.send("PATCH", path, #"{"name": "Centro"}"#).status == 200)
            #expect(try await shop.administrator.send("PATCH", path, #"{"currency": "PYG"}"#).status == 200)
            #expect(try await shop.ana.get(path).json["currency_minor_units"] == 0)
        }
    }

    @Test("cashpilot doctor exits with 1 and the reason, without the password, if the database is unreachable")
    func unreachable() async throws {
        let process = try CashPilotProcess(
            ["doctor", "--json"],
            environment: ["DATABASE_URL": "host=/nowhere password=hunter2", "PATH": "/usr/bin:/bin"])
        #expect(try await process.wait() == 1)
        let finding = try #require(try findings(process.output)["connection"])
        #expect(finding["level"] == "fault")
        #expect(finding["finding"].string?.contains("/nowhere") == true)
        #expect(!process.output.contains("hunter2"))
    }

    @Test("cashpilot doctor exits with 2 and reports each fault with its meaning and its repair")
    func wrong() async throws {
        try await withShop { shop in
            func finding(_ name: String) async throws -> JSON {
                let result = try await shop.run(["doctor", "--json"])
                #expect(result.status == 2)
                return try findings(result.output)[name] ?? .null
            }
            let name = Shop.theIndex
            let on = "on cash_sessions"
            for (sql, words) in [
                ("drop index \(name)", "missing"),
                ("create index \(name) \(on) (cashier_id, business_id)", "not unique"),
                ("drop index \(name); create unique index \(name) \(on) (id, business_id)", "other columns"),
                (
                    "drop index \(name); create unique index \(name) \(on) (cashier_id, business_id) where status = 'OPEN'",
                    "another condition"
                ),
            ] {
                try shop.execute(sql)
                let found = try await finding("guard")
                #expect(found["level"] == "fault")
                #expect(found["finding"].string?.contains(words) == true, "\(found)")
                #expect(found["mend"] == "As the user who migrates: cashpilot doctor --mend")
                try await shop.stranger.untilGuard(is: "missing")
            }
            #expect(try await shop.run(["doctor", "--mend"]).status == 0)
            #expect(try await shop.run(shop.confirmed(["migrate", "down"])).status == 0)
            #expect(try await finding("schema")["mend"] == "cashpilot migrate up")
            let database = try shop.query("select current_database()::text") ?? ""
            try shop.execute("alter database \"\(database)\" set default_transaction_read_only = on")
            #expect(try await finding("writable")["level"] == "fault")
        }
    }

    @Test("cashpilot doctor does not build the one-open index over duplicates, and points to preflight")
    func duplicates() async throws {
        try await withShop { shop in
            try shop.execute("drop index \(Shop.theIndex)")
            try shop.duplicate(try await shop.ana.open(in: shop.centro).json)
            let refused = try await shop.run(["doctor", "--mend", "--json"])
            #expect(refused.status == 2)
            #expect(try findings(refused.output)["duplicates"]?["mend"].string?.contains("cashpilot preflight") == true)
            #expect(refused.errors.contains("duplicates"))
            #expect(try shop.indexIsValid() == nil)
        }
    }
}
