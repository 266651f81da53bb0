import Foundation
import TestSupport
import Testing

@Suite("Secrets in the log")
struct SecretTests {
    private static let dsnPassword = "hunter2-of-the-database"

    /// Expects that a text contains no secret, neither plain nor in base64.
    private func expectNone(of secrets: [String], in text: String, _ comment: Comment? = nil) {
        for secret in secrets {
            #expect(!text.contains(secret), comment)
            #expect(!text.contains(Data(secret.utf8).base64EncodedString().prefix { $0 != "=" }), comment)
        }
    }

    @Test("No log line at level trace contains a secret, whatever fails")
    func scenario() async throws {
        // While the database is unreachable, dozens of requests wait for a connection. Their responses do not matter.
        let settings = Limits.settings(pool: 100, lock: 1_500, statement: 3_000, request: 4_500)
            .merging(["LOG_LEVEL": "trace"]) { _, own in own }
        try await withShop(settings: settings, by: { "\($0) password=\(Self.dsnPassword)" }) { shop in
            let key = try await shop.run(["key", "create", "--email", shop.ana.email, "--name", "test"]).output
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let wrong = "a wrong password, typed in full"
            var secrets = [Self.dsnPassword, key, wrong, shop.ana.password]
            secrets += [
                shop.ana.token ?? "", "cpk_" + String(repeating: "Q", count: 43),
                "cps_" + String(repeating: "Q", count: 43),
            ]
            try await useAndMisuse(shop, secrets: secrets, key: key, wrong: wrong)

            try shop.execute("revoke select, update on users from cashpilot_app")
            try await useAndMisuse(shop, secrets: secrets, key: key, wrong: wrong)
            let name = try #require(try shop.query("select current_database()"))
            let server = try await PostgresServer.shared()
            let service = shop.services[0]
            try server.execute("alter database \(name) allow_connections false")
            // Repeated, because a connection that was being made may arrive after the first termination.
            try await eventually("the service reports that its database is unreachable") {
                try server.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = '\(name)'")
                return service.process.errors.contains("database unreachable") ? true : nil
            }
            try await useAndMisuse(shop, secrets: secrets, key: key, wrong: wrong)
            expectNone(of: secrets, in: service.process.errors + service.process.output)
        }
    }

    /// Sends every secret in every place of a request.
    private func useAndMisuse(_ shop: Shop, secrets: [String], key: String, wrong: String) async throws {
        var script = shop.stranger
        script.token = key
        _ = try await script.get("/v1/me")
        _ = try await shop.ana.open(in: shop.centro)
        _ = try await shop.stranger.post(
            "/v1/auth/token", #"{"email": "\#(shop.ana.email)", "password": "\#(shop.ana.password)"}"#)
        _ = try await shop.stranger.post(
            "/v1/auth/token", #"{"email": "\#(wrong)", "password": "\#(wrong)"}"#)
        _ = try await shop.ana.post(
            "/v1/me/password", #"{"current_password": "\#(wrong)", "new_password": "\#(wrong)"}"#)
        for secret in secrets {
            let inPath = secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            for header in ["Authorization", "Idempotency-Key", "X-Request-Id", "traceparent", "User-Agent", "Cookie"] {
                let value = header == "Authorization" ? "Bearer \(secret)" : secret
                // A well-formed request id is logged. Only malformed ones must not be.
                guard header != "X-Request-Id" || secret.contains(" ") else { continue }
                _ = try await shop.ana.open(in: shop.centro, #"{"initial_cash": -1}"#, headers: [header: value])
            }
            _ = try await shop.ana.get("/v1/sessions?cursor=\(inPath)&access_token=\(inPath)")
            _ = try await shop.ana.get("/v1/businesses/\(inPath)/sessions")
            _ = try await shop.ana.open(in: shop.centro, #"{"initial_cash": "\#(secret)", "\#(secret)": 1}"#)
        }
    }

    @Test(
        "An invalid connection string is neither printed nor logged",
        arguments: [
            "postgres://till:\(dsnPassword)@127.0.0.1:1/shop", "postgres://till:\(dsnPassword)@nowhere.invalid/shop",
            "postgres://till:\(dsnPassword)@127.0.0.1:notaport/shop", "postgres://till:%zz\(dsnPassword)@h/shop",
            "postgres://till:\(dsnPassword)", "host=127.0.0.1 port=1 password=a \(dsnPassword)",
            "host=127.0.0.1 port=1 password='\(dsnPassword)",
            "password=\(dsnPassword) host=127.0.0.1 port=1 \(dsnPassword)=1",
            "host=127.0.0.1 port=1 sslmode=\(dsnPassword)", "\(dsnPassword)",
            "postgres://till:pa@\(dsnPassword)@127.0.0.1:1/shop", "postgres://till:x@127.0.0.1:1/shop?\(dsnPassword)",
            "postgres://till@127.0.0.1:1/shop?sslpassword=\(dsnPassword)",
        ])
    func badConnectionString(text: String) async throws {
        let environment = ["DATABASE_URL": text, "PATH": "/usr/bin:/bin"]
        for arguments in [["config"], ["doctor"], ["migrate", "up"], ["user", "list"]] {
            let process = try CashPilotProcess(arguments, environment: environment)
            _ = try await process.wait()
            expectNone(of: [Self.dsnPassword], in: process.errors + process.output, "\(arguments)")
        }
        let ports = ["HTTP_PORT": "0", "MANAGEMENT_PORT": "0", "LOG_LEVEL": "trace"]
        let process = try CashPilotProcess(["serve"], environment: environment.merging(ports) { $1 })
        try await eventually("it says what is wrong") {
            process.status != nil || process.errors.contains("database unreachable") ? true : nil
        }
        process.signal(SIGTERM)
        _ = try await process.wait()
        expectNone(of: [Self.dsnPassword], in: process.errors + process.output, "serve")
        #expect(!process.errors.isEmpty)
    }
}
