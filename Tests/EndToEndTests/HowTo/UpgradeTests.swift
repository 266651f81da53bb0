import Foundation
import TestSupport
import Testing

@Suite("docs/howto/upgrade.md")
struct UpgradeTests {
    private let guide: Guide

    init() throws { guide = try Guide("docs/howto/upgrade.md") }

    private func reader(_ shop: Shop) throws -> GuideReader {
        try GuideReader([
            "DATABASE_URL": shop.connectionString, "READYZ": "\(shop.services[0].address)/readyz",
        ])
    }

    @Test("A new program becomes ready without a restart as soon as its schema is migrated")
    func newProgram() async throws {
        try await withShop { shop in
            let reader = try reader(shop)
            let name = try #require(try shop.query("select current_database()"))
            try await reader.run(guide.code(under: "Go back").replacing("NAME", with: name))
            try await eventually("the schema is too old") {
                try await shop.stranger.get("/readyz").status == 503 ? true : nil
            }
            let said = try await reader.run(guide.code(under: "Apply the migrations"))
            #expect(said.contains("pending"), "\(said)")
            #expect(said.contains("applied 0"), "\(said)")
            try await reader.run(guide.code(under: "Restart one after the other"))
            #expect(try await shop.stranger.get("/readyz").status == 200)
        }
    }

    @Test("An old program starts and opens sessions on a newer schema, and does not change the schema")
    func oldProgram() async throws {
        try await withShop { shop in
            try shop.execute("insert into schema_migrations values ('9999', 'of_a_newer_program', 'x', now())")
            let restarted = try await Service(database: shop.connectionString)
            let ana = shop.served(by: [restarted]).ana
            #expect(try await ana.get("/readyz").status == 200)
            #expect(try await ana.open(in: shop.centro).status == 201)
            for command in [["migrate", "up"], try shop.confirmed(["migrate", "down"])] {
                let refused = try await shop.run(command)
                #expect(refused.status != 0, "\(command)")
            }
            #expect(try shop.query("select max(version) from schema_migrations") == "9999")
        }
    }
}
