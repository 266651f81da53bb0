import Foundation
import TestSupport
import Testing

@Suite("cashpilot sessions")
struct SessionsCommandTests {
    /// Runs it as an operator who has a key and an address, and no database.
    private func run(
        _ shop: Shop, _ arguments: [String], key: String? = nil, environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: String, errors: String) {
        let settings = [
            "PATH": "/usr/bin:/bin", "CASHPILOT_URL": shop.services[0].address,
            "CASHPILOT_KEY": key ?? shop.administrator.token ?? "",
        ]
        let process = try CashPilotProcess(
            ["sessions"] + arguments, environment: settings.merging(environment) { _, given in given })
        let status = try await process.wait()
        return (status, process.output, process.errors)
    }

    private func key(_ shop: Shop, of person: Person) async throws -> String {
        let created = try await CashPilotProcess.run(
            ["key", "create", "--email", person.email, "--name", "operator"],
            environment: ["DATABASE_URL": shop.connectionString, "PATH": "/usr/bin:/bin"])
        return created.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func objects(_ lines: String) throws -> [JSON] {
        try lines.split(separator: "\n").map { try JSON(parsing: Data($0.utf8)) }
    }

    @Test("A service that fell silent is asked again after eight seconds, under the same key: one close")
    func silence() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let line = try ServiceLine(to: shop.services[0].address)
            line.become(.swallowsAnswers)
            let begin = ContinuousClock.now
            async let closing = run(
                shop, ["close", session["id"].string ?? "", "--business", shop.centro, "--final-cash", "0"],
                environment: ["CASHPILOT_URL": line.address])
            try await eventually("the close that nobody was told of") {
                try shop.ask("select status from cash_sessions") == "CLOSED" ? true : nil
            }
            // Until its answer has surely been swallowed.
            try await Task.sleep(for: .seconds(1))
            line.become(.whole)
            let closed = try await closing
            #expect(closed.status == 0, "\(closed.errors)")
            #expect(begin.duration(to: .now) >= .seconds(8))
            #expect(
                try shop.ask("select count(*)::text from audit_events where action = 'session.close'") == "1")
        }
    }

    @Test("Sessions are listed as the API lists them, by filters, and no more than were asked for")
    func list() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let second = try await shop.carla.open(in: shop.corner).json
            _ = try await shop.carla.close(second)
            let key = try await key(shop, of: shop.administrator)
            let all = try await run(shop, ["list", "--json"], key: key)
            #expect(all.status == 0, "\(all.errors)")
            #expect(try await objects(all.output) == shop.administrator.get("/v1/sessions").json["items"].items)
            for filter in [
                ["--status", "OPEN"], ["--business", shop.centro], ["--cashier", shop.ana.id],
                ["--business", shop.centro, "--status", "OPEN", "--cashier", shop.ana.id],
            ] {
                let some = try await run(shop, ["list", "--json"] + filter, key: key)
                #expect(try objects(some.output).map { $0["id"] } == [first["id"]], "\(filter) \(some.errors)")
            }
            #expect(try await run(shop, ["list", "--stale"], key: key).output.isEmpty)
            let text = try await run(shop, ["list", "--limit", "1"], key: key)
            #expect(text.output.split(separator: "\n").count == 1)
            #expect(text.output.contains("\(second["id"].string ?? "")  CLOSED  "))
            #expect(text.errors.contains("there are more"))
            let complete = try await run(shop, ["list", "--limit", "2"], key: key)
            #expect(complete.errors.isEmpty, "two are all: \(complete.errors)")
        }
    }

    @Test("More than a page are listed, each once")
    func pages() async throws {
        try await withShop { shop in
            for _ in 0..<201 {
                let session = try await shop.ana.open(in: shop.centro).json
                #expect(try await shop.ana.close(session).status == 200)
            }
            let listed = try await run(shop, ["list", "--json", "--limit", "1000"])
            #expect(Set(try objects(listed.output).compactMap { $0["id"].string }).count == 201)
            #expect(listed.output.split(separator: "\n").count == 201)
        }
    }

    @Test("A session is shown, closed with its count, and closed by force; what the service refuses ends with 1")
    func showAndClose() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let target = [session["id"].string ?? "", "--business", shop.centro]
            let shown = try await run(shop, ["show", "--json"] + target)
            #expect(try await objects(shown.output) == [shop.administrator.get(Person.path(of: session)).json])
            let sheet = try await run(shop, ["show"] + target)
            #expect(sheet.output.contains(#/(?m)^totals\.expected_cash +-$/#), "\(sheet.output)")
            #expect(sheet.output.contains(#/(?m)^initial_cash +150000$/#))

            let closed = try await run(shop, ["close", "--final-cash", "151000", "--json"] + target)
            #expect(closed.status == 0, "\(closed.errors)")
            #expect(try objects(closed.output).first?["final_cash"] == 151_000)
            let again = try await run(shop, ["close", "--final-cash", "1"] + target)
            #expect(again.status == 1)
            #expect(again.errors.contains("SESSION_ALREADY_CLOSED: "), "\(again.errors)")

            let other = try await shop.ana.open(in: shop.centro).json
            let forced = ["close", other["id"].string ?? "", "--business", shop.centro, "--reason", "left"]
            let forbidden = try await run(shop, forced, key: shop.bruno.token)
            #expect(forbidden.status == 1)
            #expect(try await run(shop, forced).output.contains("  CLOSED  "))
            #expect(
                try shop.ask("select string_agg(action, ' ' order by occurred_at, id) from audit_events")
                    == "session.open session.close session.open session.force_close")
        }
    }

    @Test("A key comes from a file or the environment; without one, without an address or a service, that is said")
    func settings() async throws {
        try await withShop { shop in
            let path = FileManager.default.temporaryDirectory.appending(path: "key-\(UUID().uuidString)").path
            try Data("\(shop.administrator.token ?? "")\n".utf8).write(to: URL(filePath: path))
            defer { try? FileManager.default.removeItem(atPath: path) }
            let wrong = ["CASHPILOT_KEY": "cpk_wrong"]
            #expect(try await run(shop, ["list", "--key-file", path], environment: wrong).status == 0)
            let none = ["CASHPILOT_KEY": "", "CASHPILOT_KEY_FILE": path]
            #expect(try await run(shop, ["list"], environment: none).status == 0)
            let cases: [(environment: [String: String], reason: String)] = [
                (wrong, "UNAUTHENTICATED: "), (["CASHPILOT_KEY": ""], "CASHPILOT_KEY is not set"),
                (["CASHPILOT_KEY": "a b"], "CASHPILOT_KEY is not accepted"),
                (["CASHPILOT_URL": "shop.example"], "CASHPILOT_URL is not accepted"),
                (["CASHPILOT_URL": "http://127.0.0.1:1"], "http://127.0.0.1:1 does not answer: "),
                (["CASHPILOT_URL": shop.services[0].managementAddress], "Is this its address?"),
            ]
            for (environment, reason) in cases {
                let refused = try await run(shop, ["list"], environment: environment)
                #expect(refused.status == 1)
                #expect(refused.errors.contains(reason), "\(environment) \(refused.errors)")
            }
            let neither = try await run(shop, ["close", shop.ana.id, "--business", shop.centro])
            #expect(neither.status == 64)
            #expect(neither.errors.contains("--final-cash, --reason or both"))
        }
    }
}
