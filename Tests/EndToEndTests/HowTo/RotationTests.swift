import Foundation
import TestSupport
import Testing

@Suite("docs/howto/rotate-keys.md")
struct RotationTests {
    private let guide: Guide

    init() throws { guide = try Guide("docs/howto/rotate-keys.md") }

    @Test("A rotated API key works before the former key is revoked, and afterwards only the new key works")
    func apiKey() async throws {
        try await withShop { shop in
            func key(_ name: String) async throws -> JSON {
                let made = try await shop.run(
                    ["key", "create", "--email", shop.ana.email, "--name", name, "--json"])
                return try JSON(parsing: Data(made.output.utf8))
            }
            let old = try await key("export")
            let reader = try GuideReader([
                "DATABASE_URL": shop.connectionString, "URL": shop.services[0].address, "EMAIL": shop.ana.email,
                "OLD": try #require(old["id"].string),
            ])
            let said = try await reader.run(guide.code(under: "An API key"))
            #expect(said.contains(#""email":"ana@demo.example""#), "the new key works: \(said)")
            var script = shop.ana
            script.token = old["key"].string
            #expect(try await script.get("/v1/me").status == 401)
            #expect(
                try shop.query("select count(*)::text from credentials where kind = 'API_KEY' and revoked_at is null")
                    == "1")
        }
    }

    @Test("Rotating the database password moves the service to a second user, and the first can be dropped")
    func databasePassword() async throws {
        try await withShop { shop in
            // Roles belong to the server, which concurrent tests share.
            let suffix = UUID().uuidString.lowercased().prefix(8)
            let (first, second) = ("till_a_\(suffix)", "till_b_\(suffix)")
            try shop.execute("create role \(first) login; grant cashpilot_app to \(first)")
            let reader = try GuideReader(["OWNER_URL": shop.connectionString, "NEW_PASSWORD": "it's new"])
            let commands = guide.blocks.filter { $0.heading == "The database's password" && $0.isRun }
                .map { $0.text.replacing("till_a", with: first).replacing("till_b", with: second) }
            try #require(commands.count == 2)
            try await reader.run(commands[0])
            let database = shop.connectionString.replacing("user=postgres", with: "user=\(second)")
            let service = try await Service(database: database)
            let ana = shop.served(by: [service]).ana
            #expect(try await ana.open(in: shop.centro).status == 201)
            try await reader.run(commands[1])
            #expect(try shop.query("select count(*)::text from pg_roles where rolname = '\(first)'") == "0")
            service.process.signal(SIGTERM)
            try await service.process.wait()
            try shop.execute("drop role \(second)")
        }
    }
}
