import Foundation
import TestSupport
import Testing

@Suite("docs/OPERATING.md")
struct OperatingTests {
    @Test("From an empty database to a till that sells and a trail that is proven, with the page's commands")
    func fromNothing() async throws {
        let guide = try Guide("docs/OPERATING.md")
        let database = try await PostgresServer.shared().makeDatabase()
        let reader = try GuideReader(["DATABASE_URL": database])
        try reader.write("a long password\n", to: "password")
        try await reader.run("cashpilot migrate up; cashpilot doctor")
        try await reader.run(guide.code(under: "People, businesses and keys"))
        let service = try await Service(database: database)
        var ana = Person.nobody(at: service.address)
        let login = #"{"email": "ana@shop.example", "password": "a long password"}"#
        ana.token = try await ana.post("/v1/auth/token", login).json["access_token"].string
        let business = try await ana.get("/v1/me").json["businesses"][0]
        #expect(business["name"] == "Farmacia Centro")
        #expect(try await ana.open(in: business["id"].string ?? "").status == 201)
        try await eventually("all is sealed", within: .seconds(20)) {
            try await reader.run("psql \"$DATABASE_URL\" -Atc 'table audit_unsealed'").isEmpty ? true : nil
        }
        #expect(try await reader.run(guide.code(under: "The audit trail")).contains("Nothing was altered or removed."))
        service.process.signal(SIGTERM)
        try await service.process.wait()
    }
}
