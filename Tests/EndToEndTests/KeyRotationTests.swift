import Foundation
import TestSupport
import Testing

@Suite("Rotation of the signing secret")
struct KeyRotationTests {
    private static let new = "another secret of the tests, as long"

    /// Runs `body` with another service on the shop's database, and stops the service.
    private func at<Result>(
        _ shop: Shop, _ settings: [String: String], _ body: (Person) async throws -> Result
    ) async throws -> Result {
        let service = try await Service(database: shop.connectionString, settings: settings)
        let result = try await body(Person.nobody(at: service.address))
        service.process.signal(SIGTERM)
        try await service.process.wait()
        return result
    }

    private func status(_ nobody: Person, _ token: String?) async throws -> Int {
        var person = nobody
        person.token = token
        return try await person.get("/v1/me").status
    }

    private func logIn(_ shop: Shop, _ nobody: Person) async throws -> String? {
        try await nobody.post(
            "/v1/auth/token", #"{"email": "\#(shop.ana.email)", "password": "\#(shop.ana.password)"}"#
        ).json["access_token"].string
    }

    @Test("A rotation in three steps rejects no valid token until the former secret is dropped")
    func rotates() async throws {
        try await withShop { shop in
            let old = shop.ana.token
            // 1. The new secret is accepted everywhere and does not sign yet.
            let first = ["AUTH_SECRET": Service.secret, "AUTH_SECRET_PREVIOUS": Self.new]
            let oldest = try await at(shop, first) { nobody in
                #expect(try await status(nobody, old) == 200)
                return try await logIn(shop, nobody)
            }
            #expect(try await status(shop.stranger, oldest) == 200, "a replica that knows only the old one")
            // 2. The new secret signs; the former one is accepted.
            let second = ["AUTH_SECRET": Self.new, "AUTH_SECRET_PREVIOUS": Service.secret]
            let new = try await at(shop, second) { nobody in
                #expect(try await status(nobody, old) == 200)
                return try await logIn(shop, nobody)
            }
            #expect(try await at(shop, first) { try await status($0, new) } == 200, "a replica one step behind")
            // 3. The former secret is dropped.
            let last = try await at(shop, ["AUTH_SECRET": Self.new]) { nobody in
                [try await status(nobody, new), try await status(nobody, old)]
            }
            #expect(last == [200, 401])
        }
    }

    @Test("AUTH_SECRET_PREVIOUS_FILE contains several former secrets, one per line")
    func file() async throws {
        try await withShop { shop in
            let path = FileManager.default.temporaryDirectory.appending(path: "secrets-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: path) }
            let third = "a third secret of the tests, also long"
            try "\(third)\n\n  \(Service.secret)\r\n".write(toFile: path, atomically: true, encoding: .utf8)
            let settings = ["AUTH_SECRET": Self.new, "AUTH_SECRET_PREVIOUS_FILE": path]
            #expect(try await at(shop, settings) { try await status($0, shop.ana.token) } == 200)
            let thirds = try await at(shop, ["AUTH_SECRET": third]) { try await logIn(shop, $0) }
            #expect(try await at(shop, settings) { try await status($0, thirds) } == 200)
        }
    }

    @Test(
        "The service does not start with short, repeated or unreadable secrets, and prints none of them",
        arguments: [
            (["AUTH_SECRET": "0123456789abcdef0123456789ABCDE"], "AUTH_SECRET has 31 bytes"),
            (["AUTH_SECRET_PREVIOUS": "\(new)\nshort but secret"], "AUTH_SECRET_PREVIOUS has 16 bytes in line 2"),
            (["AUTH_SECRET_PREVIOUS": "\(new)\n\(new)"], "AUTH_SECRET_PREVIOUS repeats a secret"),
            (["AUTH_SECRET_PREVIOUS": Service.secret], "AUTH_SECRET_PREVIOUS repeats a secret"),
            (["AUTH_SECRET_PREVIOUS_FILE": "/nowhere"], "AUTH_SECRET_PREVIOUS_FILE cannot be read"),
            (["TRUSTED_PROXIES": "10.0.0.0/33"], "TRUSTED_PROXIES \"10.0.0.0/33\" is invalid"),
        ])
    func refused(settings: [String: String], fault: String) async throws {
        let defaults = ["DATABASE_URL": "host=/nowhere", "AUTH_SECRET": Service.secret, "PATH": "/usr/bin:/bin"]
        let process = try CashPilotProcess(["serve"], environment: defaults.merging(settings) { _, given in given })
        #expect(try await process.wait() != 0)
        #expect(process.errors.contains(fault), "\(process.errors)")
        let shown = process.errors + process.output
        for hidden in ["0123456789abcdef", "short but secret", Self.new, Service.secret] {
            #expect(!shown.contains(hidden))
        }
    }
}
