import Foundation
import TestSupport
import Testing

@Suite("The cashpilot command")
struct CommandTests {
    private func run(_ arguments: [String], environment: [String: String] = [:], input: String = "") async throws
        -> (status: Int32, output: String, errors: String)
    {
        let process = try CashPilotProcess(
            arguments, environment: environment.merging(["PATH": "/usr/bin:/bin"]) { given, _ in given }, input: input)
        let status = try await process.wait()
        return (status, process.output, process.errors)
    }

    @Test(
        "Every command prints its help",
        arguments: [
            "", "serve", "migrate", "migrate up", "migrate down", "migrate status", "demo", "demo seed", "user",
            "user create", "user list", "user update", "user revoke-credentials", "user erase", "business",
            "business create", "business list", "business update", "business assign", "business unassign", "key",
            "key create", "key list", "key revoke", "token", "token issue", "sessions", "sessions list",
            "sessions show", "sessions close", "audit", "audit verify", "config", "preflight", "doctor",
        ])
    func help(command: String) async throws {
        let shown = try await run(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(shown.status == 0)
        #expect(shown.output.contains("USAGE: cashpilot"))
        #expect(shown.output.contains("OVERVIEW: "))
    }

    @Test("The service does not start with invalid settings and reports all of them by name")
    func badSettings() async throws {
        let refused = try await run(
            ["serve", "--management-port", "70000"],
            environment: [
                "HTTP_PORT": "80a0", "DATABASE_POOL_SIZE": "0", "AUTH_TOKEN_SECONDS": "59", "DEFAULT_LOCALE": "fr",
                "DATABASE_LOCK_TIMEOUT_MILLISECONDS": "900", "LOG_LEVEL": "loud", "LOG_FORMAT": "yaml",
                "DATABASE_ROLE": "a b", "CORS_ALLOWED_ORIGINS": "https://a.example/", "PUBLIC_BASE_PATH": "cashpilot/",
            ])
        #expect(refused.status != 0)
        for name in [
            "HTTP_PORT", "DATABASE_POOL_SIZE", "AUTH_TOKEN_SECONDS", "DEFAULT_LOCALE", "MANAGEMENT_PORT",
            "DATABASE_URL",
            "DATABASE_LOCK_TIMEOUT_MILLISECONDS", "LOG_LEVEL", "LOG_FORMAT", "DATABASE_ROLE",
            #"CORS_ALLOWED_ORIGINS "https://a.example/" is invalid: expected origins such as"#,
            #"PUBLIC_BASE_PATH "cashpilot/" is invalid: expected a path such as"#,
        ] {
            #expect(refused.errors.contains(name), "\(name): \(refused.errors)")
        }
    }

    private static let withinAStatement =
        "DATABASE_POOL_WAIT_MILLISECONDS < DATABASE_LOCK_TIMEOUT_MILLISECONDS < DATABASE_STATEMENT_TIMEOUT_MILLISECONDS"
    private static let withinARequest =
        "DATABASE_STATEMENT_TIMEOUT_MILLISECONDS < DATABASE_REQUEST_TIMEOUT_MILLISECONDS"

    @Test(
        "The service does not start with timeouts out of order, and reports the required order",
        arguments: [
            ("DATABASE_POOL_WAIT_MILLISECONDS", "1500", withinAStatement),
            ("DATABASE_LOCK_TIMEOUT_MILLISECONDS", "1000", withinAStatement),
            ("DATABASE_LOCK_TIMEOUT_MILLISECONDS", "3000", withinAStatement),
            ("DATABASE_STATEMENT_TIMEOUT_MILLISECONDS", "1500", withinAStatement),
            ("DATABASE_STATEMENT_TIMEOUT_MILLISECONDS", "4500", withinARequest),
            ("DATABASE_REQUEST_TIMEOUT_MILLISECONDS", "3000", withinARequest),
        ])
    func timeoutsOutOfOrder(_ wrong: (name: String, value: String, order: String)) async throws {
        let refused = try await run(
            ["serve"],
            environment: ["DATABASE_URL": "host=/nowhere", wrong.name: wrong.value])
        #expect(refused.status != 0)
        #expect(refused.errors.contains("The configuration has 1 error:"), "\(refused.errors)")
        #expect(refused.errors.contains("  \(wrong.order) is required"), "\(refused.errors)")
    }

    @Test("An idle connection is closed after HTTP_IDLE_TIMEOUT_SECONDS")
    func idleConnection() async throws {
        try await withShop(settings: ["HTTP_IDLE_TIMEOUT_SECONDS": "3"]) { shop in
            let port = try #require(shop.services[0].address.split(separator: ":").last.flatMap { Int($0) })
            let seen = try await RawConnection.talk(to: port) { connection in
                let start = ContinuousClock.now
                connection.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                let answer = connection.receive(upTo: #"{"status":"ok","version":""#)
                _ = connection.receive(upTo: "never")
                return (answer: answer, isEnded: connection.isEnded, time: start.duration(to: .now))
            }
            #expect(seen.answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(seen.isEnded)
            #expect(seen.time >= .seconds(3))
        }
    }

    @Test("A malformed connection string is rejected without printing its password")
    func badConnectionString() async throws {
        for command in [["migrate", "status"], ["config"], ["demo", "seed"]] {
            let refused = try await run(command, environment: ["DATABASE_URL": "postgres://u:hunter2@h:5432/db?x"])
            #expect(refused.status != 0)
            #expect(refused.errors.contains("DATABASE_URL is invalid"), "\(refused.errors)")
            #expect(!(refused.errors + refused.output).contains("hunter2"))
        }
    }

    @Test("A port in use is reported with its setting, and an unreachable database with the reason")
    func cannotStart() async throws {
        try await withShop { shop in
            let port = try #require(shop.services[0].address.split(separator: ":").last.map(String.init))
            let taken = try await run(
                ["serve"],
                environment: [
                    "DATABASE_URL": shop.connectionString, "HTTP_PORT": port, "MANAGEMENT_PORT": "0",
                ])
            #expect(taken.status != 0)
            #expect(taken.errors.contains("HTTP_PORT: cannot listen on 127.0.0.1:\(port)"), "\(taken.errors)")
            let away = try await run(["demo", "seed"], environment: ["DATABASE_URL": "host=/nowhere"])
            #expect(away.status != 0)
            #expect(away.errors.contains("/nowhere"), "\(away.errors)")
        }
    }

    @Test("An IPv6 address is announced in brackets")
    func brackets() async throws {
        try await withShop(settings: ["HTTP_HOST": "::1"]) { (shop: Shop) async throws in
            #expect(shop.services[0].address.hasPrefix("http://[::1]:"))
            #expect(try await shop.stranger.get("/livez").status == 200)
        }
    }

    @Test("cashpilot config prints no secrets, and its flags override environment variables")
    func config() async throws {
        let shown = try await run(
            ["config", "--http-port", "8081"],
            environment: ["DATABASE_URL": "postgres://u:hunter2@h/db", "HTTP_PORT": "8082"])
        #expect(shown.status == 0)
        #expect(shown.output.contains("HTTP_PORT=8081"))
        #expect(shown.output.contains("DATABASE_POOL_SIZE=8"))
        #expect(!shown.output.contains("hunter2") && !shown.output.contains("s3cret"))
        #expect(shown.output.contains("DATABASE_ROLE=cashpilot_app"))
        let lines = try await run(
            ["config", "--json"], environment: ["DATABASE_URL": "postgres://u:hunter2@h/db"]
        ).output.split(separator: "\n")
        #expect(lines.contains(#"{"is_secret":false,"is_set":true,"name":"HTTP_PORT","value":"8080"}"#))
        #expect(lines.contains(#"{"is_secret":true,"is_set":true,"name":"DATABASE_URL","value":null}"#))
        #expect(lines.contains { $0.contains(#""name":"DATABASE_URL""#) && !$0.contains("hunter2") })
        let unset = try await run(
            ["config"],
            environment: ["DATABASE_URL": "postgres://h/db", "DATABASE_ROLE": ""])
        #expect(unset.output.contains("DATABASE_ROLE=(not set)"), "said on purpose: not the default")
    }

    @Test("docs/OPERATING.md contains the table of settings that the program prints")
    func documentedSettings() async throws {
        let table = try await run(["config", "--markdown"]).output
        let document = try Repository.text("docs/OPERATING.md")
        #expect(document.contains(table))
    }

    @Test("docs/COMMANDS.md documents every command and option exactly as the program does")
    func documentedCommands() async throws {
        let program = try #require(CashPilotProcess.executable)
        let page = try await Shell.output(
            #""$1" --experimental-dump-help | python3 "$2/scripts/commands.py""#, [program.path, Repository.root.path])
        #expect(page == (try Repository.text("docs/COMMANDS.md")), "`make commands` writes it anew")
    }

    @Test("The demo data contains its people and businesses, and loading it again changes nothing")
    func demo() async throws {
        try await withShop { shop in
            let again = try await shop.run(shop.confirmed(["demo", "seed", "--json"]))
            let data = try JSON(parsing: Data(again.output.utf8))
            #expect(again.status == 0)
            #expect(data["admin"]["id"].string == shop.administrator.id)
            #expect(data["businesses"].items.count == 3)
            let members = ["currency", "currency_minor_units", "id", "name", "time_zone"]
            #expect(data["businesses"][0].members.keys.sorted() == members)
            #expect(data["businesses"].items.map { $0["currency_minor_units"] } == [0, 0, 2])
            #expect(data["cashiers"].items.map { $0["business_ids"].items.count } == [2, 1, 1, 0])
            #expect(try shop.query("select count(*)::text from users") == "5")
        }
    }

    @Test("An account created by the command can log in, and its address cannot be used again")
    func createUser() async throws {
        try await withShop { shop in
            let arguments = ["user", "create", "--email", "Eva@shop.example", "--name", "Eva", "--role", "ADMIN"]
            let created = try await shop.run(arguments, input: "a long password\n")
            #expect(created.status == 0, "\(created.errors)")
            let reply = try await shop.stranger.post(
                "/v1/auth/token", #"{"email": "eva@shop.example", "password": "a long password"}"#)
            #expect(reply.status == 200)
            #expect(try reply.json["user"]["role"] == "ADMIN")
            let taken = try await shop.run(arguments, input: "a long password\n")
            #expect(taken.status != 0)
            #expect(taken.status == 1)
            #expect(taken.errors.contains("EMAIL_TAKEN"))
            for weak in ["short", "control\u{1}character", String(repeating: "e\u{301}", count: 65)] {
                #expect(try await shop.run(arguments, input: weak + "\n").status != 0)
            }
            #expect(try shop.query("select count(*)::text from audit_events where action = 'user.create'") == "1")
        }
    }

    @Test("cashpilot migrate status exits with 0 if the schema is current and 2 if a migration is pending")
    func migrationStatus() async throws {
        try await withShop { shop in
            #expect(try await shop.run(["migrate", "status"]).status == 0)
            #expect(try await shop.run(shop.confirmed(["migrate", "down"])).status == 0)
            let behind = try await shop.run(["migrate", "status"])
            #expect(behind.status == 2)
            #expect(behind.output.contains("  pending  "))
            let last = try #require(behind.output.split(separator: "\n").last?.split(separator: " ").first)
            let behindAsJSON = try await shop.run(["migrate", "status", "--json"])
            #expect(behindAsJSON.status == 2)
            #expect(behindAsJSON.output.contains(#""state":"pending","version":"\#(last)"}"#))
            let ready = try await shop.stranger.get("/readyz")
            #expect(ready.status == 503)
            #expect(ready[header: "Retry-After"] != nil)
            for (command, said) in [
                (["migrate", "up"], #"{"applied":["\#(last)"]}"#),
                (try shop.confirmed(["migrate", "down"]), #"{"reverted":["\#(last)"]}"#),
            ] {
                let done = try await shop.run(command + ["--json"])
                #expect(done.status == 0)
                #expect(done.output == said + "\n")
            }
            #expect(try await shop.run(["migrate", "up"]).status == 0)
            // A result of `/readyz` may be 250 ms old.
            try await eventually("it is ready") {
                try await shop.stranger.get("/readyz").status == 200 ? true : nil
            }
        }
    }
}
