import Foundation
import TestSupport
import Testing

@Suite("cashpilot token")
struct TokenCommandTests {
    private func run(
        _ shop: Shop, _ arguments: [String], input: String = "", secret: String = Service.secret
    ) async throws -> (status: Int32, output: String, errors: String) {
        let process = try CashPilotProcess(
            ["token"] + arguments,
            environment: Limits.patient.merging([
                "DATABASE_URL": shop.connectionString, "AUTH_SECRET": secret, "PATH": "/usr/bin:/bin",
            ]) { _, own in own }, input: input)
        let status = try await process.wait()
        return (status, process.output, process.errors)
    }

    @Test("cashpilot token issue creates tokens of a given lifetime for active accounts only")
    func issue() async throws {
        try await withShop { shop in
            let issued = try await run(shop, ["issue", "--email", shop.ana.email])
            var caller = shop.stranger
            caller.token = issued.output.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(try await caller.get("/v1/me").json["id"].string == shop.ana.id)
            let json = try await run(shop, ["issue", "--email", shop.ana.email, "--seconds", "60", "--json"])
            let answer = try JSON(parsing: Data(json.output.utf8))
            #expect(answer["expires_in"] == 60)
            #expect(answer["user"]["id"].string == shop.ana.id)
            #expect(try await run(shop, ["issue", "--email", shop.ana.email, "--seconds", "59"]).status == 64)
            try shop.execute("update users set is_active = false where id = '\(shop.bruno.id)'")
            for email in [shop.bruno.email, "nobody@x.example"] {
                let refused = try await run(shop, ["issue", "--email", email])
                #expect(refused.status == 1)
                #expect(refused.output.isEmpty)
                #expect(refused.errors.contains("NOT_FOUND"))
            }
        }
    }

    @Test("cashpilot token inspect prints a token's user and expiry, or exits with 2 and the reason")
    func inspect() async throws {
        try await withShop { shop in
            let token = try await run(shop, ["issue", "--email", shop.ana.email]).output
            let valid = try await run(shop, ["inspect"], input: token)
            #expect(valid.status == 0)
            #expect(valid.output.contains(#/^valid until 20\d\d-.*Z  /#))
            #expect(valid.output.contains(shop.ana.id))
            let json = try await run(shop, ["inspect", "--json"], input: token)
            #expect(try JSON(parsing: Data(json.output.utf8))["user_id"].string == shop.ana.id)
            let other = String(repeating: "another secret", count: 3)
            #expect(try await run(shop, ["inspect"], input: token, secret: other).output.contains("its key is unknown"))
            let damaged = try await run(shop, ["inspect", "--json"], input: "nonsense")
            #expect(damaged.status == 2)
            #expect(try JSON(parsing: Data(damaged.output.utf8))["valid"] == false)
            #expect(try await run(shop, ["inspect"]).status == 64, "nothing on standard input")
        }
    }
}
