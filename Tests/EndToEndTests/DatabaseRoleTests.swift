import Foundation
import TestSupport
import Testing

@Suite("The database role of the service")
struct DatabaseRoleTests {
    @Test("The service uses only the rights of cashpilot_app unless DATABASE_ROLE is empty")
    func servesAsTheRole() async throws {
        try await withShop { shop in
            try shop.execute("revoke insert on cash_sessions from cashpilot_app")
            #expect(try await shop.ana.open(in: shop.centro).status == 503)
            let owner = try await Service(database: shop.connectionString, settings: ["DATABASE_ROLE": ""])
            var ana = shop.ana
            ana.address = owner.address
            #expect(try await ana.open(in: shop.centro).status == 201)
            owner.process.signal(SIGTERM)
            try await owner.process.wait()
        }
    }

    @Test("The service logs the GRANT that its user needs, and is ready once that GRANT has run")
    func refusedRole() async throws {
        try await withShop { shop in
            let name = "till_\(UUID().uuidString.lowercased().prefix(8))"
            try shop.execute("create role \(name) login")
            let database = shop.connectionString.replacing("user=postgres", with: "user=\(name)")
            let service = try await Service(database: database, settings: Limits.short)
            try await eventually("the advice") {
                service.process.errors.contains("GRANT cashpilot_app TO the user") ? true : nil
            }
            var stranger = shop.stranger
            stranger.address = service.address
            #expect(try await stranger.get("/readyz").status == 503)
            try shop.execute("grant cashpilot_app to \(name)")
            try await eventually("the service is ready") {
                try await stranger.get("/readyz").status == 200 ? true : nil
            }
            service.process.signal(SIGTERM)
            try await service.process.wait()
            try shop.execute("drop role \(name)")
        }
    }
}
