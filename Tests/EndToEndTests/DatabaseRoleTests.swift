import Foundation
import TestSupport
import Testing

@Suite("The role that the service works as")
struct DatabaseRoleTests {
    @Test("It serves with the rights of cashpilot_app alone, whoever connects, unless it is told not to")
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

    @Test("A user who may not take the role is told so, and what to do; once it may, the service works")
    func refusedRole() async throws {
        try await withShop { shop in
            let name = "till_\(UUID().uuidString.lowercased().prefix(8))"
            try shop.execute("create role \(name) login")
            let database = shop.connectionString.replacing("user=postgres", with: "user=\(name)")
            let service = try await Service(database: database, settings: Limits.short)
            try await eventually("the advice") {
                service.process.errors.contains("grant cashpilot_app to that user") ? true : nil
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
