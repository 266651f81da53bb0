import Foundation
import TestSupport
import Testing

@Suite("cashpilot token")
struct TokenCommandTests {
    @Test("cashpilot token issue logs an active account in for a given time, and the trail records it")
    func issue() async throws {
        try await withShop { shop in
            let issued = try await shop.run(["token", "issue", "--email", shop.ana.email, "--name", "support"])
            var caller = shop.stranger
            caller.token = issued.output.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(try await caller.get("/v1/me").json["id"].string == shop.ana.id)
            #expect(
                try shop.query(
                    """
                    select concat_ws(' ', cashier_id, actor_id, after ->> 'name', after ->> 'kind') from audit_events
                    where action = 'token.issue'
                    """) == "\(shop.ana.id) support LOGIN")
            let json = try await shop.run(["token", "issue", "--email", shop.ana.email, "--seconds", "60", "--json"])
            let answer = try JSON(parsing: Data(json.output.utf8))
            #expect(answer["expires_in"] == 60)
            #expect(answer["user"]["id"].string == shop.ana.id)
            #expect(try await shop.run(["token", "issue", "--email", shop.ana.email, "--seconds", "59"]).status == 64)
            try shop.execute("update users set is_active = false where id = '\(shop.bruno.id)'")
            for email in ["nobody@x.example", shop.bruno.email] {
                let refused = try await shop.run(["token", "issue", "--email", email])
                #expect(refused.status == 1)
                #expect(refused.errors.contains("NOT_FOUND"), "\(refused.errors)")
            }
        }
    }
}
