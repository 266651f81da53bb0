import Foundation
import TestSupport
import Testing

@Suite("docs/OPERATING.md")
struct OperatingTests {
    /// The page's blocks that this test has not run yet.
    private struct Blocks {
        private(set) var left: [Guide.Block]

        init() throws { left = try Guide("docs/OPERATING.md").blocks.filter(\.isRun) }

        /// Removes and returns the first block below a heading, with the page's addresses replaced.
        mutating func take(under heading: String, _ addresses: [String: String] = [:]) throws -> String {
            let place = left.firstIndex { $0.heading == heading }
            var code = left.remove(at: try #require(place, "\(heading)")).text
            for (address, own) in addresses {
                #expect(code.contains(address), "\(heading): \(address)")
                code = code.replacing(address, with: own)
            }
            return code
        }
    }

    /// A shell function that stops `cashpilot serve` as soon as it is ready.
    private static let servingUntilReady = """
        cashpilot() {
            [ "$1" = serve ] || { command cashpilot "$@"; return; }
            : >served
            command cashpilot serve >served &
            until url=$(sed -n 's/^cashpilot: listening on //p' served) && [ "$url" ]; do
                kill -0 $!
                sleep 0.1
            done
            curl --fail --silent --show-error --retry 60 --retry-delay 1 --retry-all-errors "$url/readyz"
            kill $!
            wait $!
        }

        """

    @Test("Each block of docs/OPERATING.md works, or the page explains why no test runs it")
    func follows() async throws {
        var blocks = try Blocks()
        let server = try await PostgresServer.shared()
        try await start(&blocks, try await server.makeDatabase())
        let database = try await server.makeDatabase()
        let reader = try GuideReader(["DATABASE_URL": database])
        try FileManager.default.createSymbolicLink(
            at: reader.folder.appending(path: "sql"), withDestinationURL: Repository.root.appending(path: "sql"))
        try reader.write("a long password\n", to: "password")
        try await reader.run("cashpilot migrate up; cashpilot doctor")
        try await reader.run(try blocks.take(under: "People, businesses and keys"))
        let service = try await Service(database: database)
        let (ana, business) = try await login(at: service)
        let opened = try await ana.open(in: business)
        #expect(opened.status == 201, "\(opened.text)")
        try await workOverHTTP(&blocks, reader, at: service, on: try opened.json)
        try await workOnDatabase(&blocks, reader, on: try await ana.open(in: business).json)
        try await eventually("all is sealed") {
            try await reader.run("psql \"$DATABASE_URL\" -Atc 'table audit_unsealed'").isEmpty ? true : nil
        }
        let proven = try await reader.run(try blocks.take(under: "The audit trail"))
        #expect(proven.contains("Nothing was altered or removed."))
        try await loseTheIndex(&blocks, reader, ana)
        try await useTwoLogins(&blocks)
        let spread = try await reader.run(try blocks.take(under: "Partitions"))
        #expect(spread.contains("cash_sessions now has 16 partitions with 2 sessions."), "\(spread)")
        #expect(try await ana.open(in: business).status == 201)
        service.process.signal(SIGTERM)
        try await service.process.wait()
        #expect(blocks.left.map(\.heading) == [], "neither run nor marked not-run")
    }

    private func start(_ blocks: inout Blocks, _ database: String) async throws {
        let reader = try GuideReader(["HTTP_PORT": "0", "MANAGEMENT_PORT": "0", "SHUTDOWN_DELAY_SECONDS": "0"])
        try reader.write("a long password\n", to: "password")
        let block = try blocks.take(
            under: "Start",
            ["postgres://cashpilot@db1,db2/cashpilot": database])
        let said = try await reader.run(Self.servingUntilReady + block)
        #expect(said.contains(#""guard":"enforced""#), "\(said)")
    }

    /// Ana and her business.
    private func login(at service: Service) async throws -> (ana: Person, business: String) {
        var ana = Person.nobody(at: service.address)
        let login = #"{"email": "ana@shop.example", "password": "a long password"}"#
        ana.token = try await ana.post("/v1/auth/token", login).json["access_token"].string
        let business = try await ana.get("/v1/me").json["businesses"][0]
        #expect(business["name"] == "Farmacia Centro")
        return (ana, business["id"].string ?? "")
    }

    /// Lists, shows and force-closes a session with an API key.
    private func workOverHTTP(
        _ blocks: inout Blocks, _ reader: GuideReader, at service: Service, on session: JSON
    ) async throws {
        let listing = try blocks.take(under: "API keys", ["https://cash.shop.example": service.address])
        let listed = try await reader.run(listing + "printf %s \"$key\" >key\n")
        #expect(listed.contains(session["id"].string ?? "no id"), "\(listed)")
        let commands = try blocks.take(
            under: "Sessions over HTTP", Self.names(of: session, ["https://cash.shop.example": service.address]))
        let said = try await reader.run("key=$(cat key)\n" + commands)
        #expect(said.contains(#""status":"CLOSED""#), "\(said)")
    }

    /// Lists, shows and force-closes a session as the administrator.
    private func workOnDatabase(_ blocks: inout Blocks, _ reader: GuideReader, on session: JSON) async throws {
        let said = try await reader.run(try blocks.take(under: "Sessions", Self.names(of: session)))
        #expect(said.contains("\(session["id"].string ?? "no id")  CLOSED  "), "\(said)")
    }

    /// Replacements of the page's ids by those of a session and its business.
    private static func names(of session: JSON, _ others: [String: String] = [:]) -> [String: String] {
        others.merging([
            "01a20967-6220-7c33-8d41-6f0e5b6a7c8d": session["id"].string ?? "",
            "019b8e07-4600-7a10-9b52-3d1c8f0e2a64": session["business_id"].string ?? "",
        ]) { given, _ in given }
    }

    /// Drops the one-open index while the service runs, finds it missing and rebuilds it.
    private func loseTheIndex(_ blocks: inout Blocks, _ reader: GuideReader, _ ana: Person) async throws {
        let dropped = try await reader.run(try blocks.take(under: "Rollback in production"))
        #expect(dropped.contains("The one-open index was dropped."), "\(dropped)")
        try await ana.untilGuard(is: "missing")
        let repair = try blocks.take(under: "Missing or INVALID index")
        // The first `cashpilot doctor` exits with 2.
        let repaired = try await reader.run("set +e\n" + repair)
        #expect(repaired.contains(#/(?m)^fault +guard /#), "\(repaired)")
        try await ana.untilGuard(is: "enforced")
    }

    /// One login migrates. The other serves and administers, and cannot change the schema.
    private func useTwoLogins(_ blocks: inout Blocks) async throws {
        let server = try await PostgresServer.start()
        let reader = try GuideReader(["SERVER": server.connectionString()])
        try reader.write(try blocks.take(under: "Who may do what in the database"), to: "roles.sql")
        try reader.write("a long password\n", to: "password")
        try await reader.run("psql \"$SERVER\" --no-psqlrc --set ON_ERROR_STOP=1 --file roles.sql")
        let strings = ["migrator", "till"].map {
            server.connectionString(database: "cashpilot").replacing("user=postgres", with: "user=\($0)")
        }
        let said = try await reader.run(
            """
            export DATABASE_URL='\(strings[0])'
            cashpilot migrate up
            psql "$DATABASE_URL" --no-psqlrc --command 'drop index uq_cash_sessions_one_open_per_cashier_business'
            cashpilot doctor --mend
            export DATABASE_URL='\(strings[1])'
            cashpilot doctor
            cashpilot user create --email ana@shop.example --name Ana <password
            for statement in 'set role cashpilot_owner' 'create table mine (id integer)' 'drop table cash_sessions'; do
                psql "$DATABASE_URL" --no-psqlrc --command "$statement" 2>&1 || echo "refused: $statement"
            done
            """)
        #expect(said.split(separator: "\n").count { $0.hasPrefix("refused: ") } == 3, "\(said)")
        #expect(said.contains("migrator can migrate, but not serve"), "\(said)")
        #expect(said.contains("till can use the role cashpilot_app"), "\(said)")
        let service = try await Service(database: strings[1])
        try await Person.nobody(at: service.address).untilGuard(is: "enforced")
        service.process.signal(SIGTERM)
        #expect(try await service.process.wait() == 0)
    }
}
