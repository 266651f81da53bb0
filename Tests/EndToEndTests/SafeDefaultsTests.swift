import Foundation
import TestSupport
import Testing

@Suite("Safe defaults")
struct SafeDefaultsTests {
    private func run(
        _ arguments: [String], _ environment: [String: String] = [:]
    ) async throws -> (status: Int32, said: String) {
        let process = try CashPilotProcess(
            arguments, environment: environment.merging(["PATH": "/usr/bin:/bin"]) { given, _ in given })
        let status = try await process.wait()
        return (status, process.output + process.errors)
    }

    @Test("No secret setting has a flag, and a secret in an unknown flag is not printed")
    func noFlags() async throws {
        let settings = try await run(["config", "--json"], ["DATABASE_URL": "host=/nowhere"]).said
            .split(separator: "\n").compactMap { try? JSON(parsing: Data($0.utf8)) }
        let secrets = settings.filter { $0["is_secret"] == true }.compactMap { $0["name"].string }
        #expect(secrets.contains("DATABASE_URL"))
        for name in secrets {
            let flag = "--" + name.lowercased().replacing("_", with: "-")
            for command in ["serve", "config"] {
                for arguments in [[command, flag, "hunter2"], [command, "\(flag)=hunter2"]] {
                    let refused = try await run(arguments)
                    #expect(refused.status == 64, "\(arguments)")
                    #expect(refused.said.contains("Unknown option '\(flag)'"), "\(refused.said)")
                    #expect(!refused.said.contains("hunter2"), "\(arguments)")
                }
            }
            #expect(settings.contains { $0["name"] == .string(name + "_FILE") }, "\(name) has no file")
        }
    }

    @Test("A running process leaves no core dump, and other processes of its user cannot read its memory")
    func memory() async throws {
        let program = try #require(CashPilotProcess.executable)
        let environment = [
            "DATABASE_URL": "host=/nowhere", "HTTP_PORT": "0", "MANAGEMENT_PORT": "0",
            "PATH": "/usr/bin:/bin",
        ]
        // The system gives the files of a protected process to root's user and group. Root's own need another group.
        let group = getuid() == 0 ? ["--regid=65534", "--clear-groups", program.path] : [program.path]
        let process = try CashPilotProcess(
            group + ["serve"], environment: environment, executable: URL(filePath: "/usr/bin/setpriv"))
        try await eventually("it listens") { process.output.contains("listening on") ? true : nil }
        let id = try #require(process.processID)
        let owner = try FileManager.default.attributesOfItem(atPath: "/proc/\(id)/maps")
        #expect(owner[.ownerAccountID] as? Int == 0)
        #expect(owner[.groupOwnerAccountID] as? Int == 0)
        let limits = try String(contentsOfFile: "/proc/\(id)/limits", encoding: .utf8)
        #expect(limits.contains(#/Max core file size +0 +0 /#), "\(limits)")
        process.signal(SIGTERM)
        try await process.wait()
    }

    @Test("migrate down shows what would be lost, and reverts only with --yes and the name of the database")
    func migrateDown() async throws {
        try await withShop { shop in
            let count = try shop.query("select count(*)::text from schema_migrations") ?? ""
            let shown = try await shop.run(["migrate", "down", "--steps", count])
            #expect(shown.status == 2)
            #expect(shown.output.contains("would revert 0004_api_keys\n  would drop table api_keys\n"))
            #expect(shown.output.contains("would drop column businesses.books_closed_until"), "\(shown.output)")
            let name = try #require(try shop.query("select current_database()"))
            #expect(shown.errors.contains("--yes --database \(name)"))
            let wrong: [([String], Int32)] = [
                (["--yes"], 64), (["--database", name], 64), (["--yes", "--database", "other"], 1),
            ]
            for (options, status) in wrong {
                let refused = try await shop.run(["migrate", "down"] + options)
                #expect(refused.status == status, "\(options)")
            }
            #expect(try shop.query("select count(*)::text from schema_migrations") == count)
            #expect(try await shop.run(shop.confirmed(["migrate", "down"])).status == 0)
        }
    }

    @Test("demo seed shows what it would create, needs --yes and the database's name, and refuses real accounts")
    func demoSeed() async throws {
        try await withShop { shop in
            try shop.execute("update users set is_active = false where email = 'diego@demo.example'")
            let shown = try await shop.run(["demo", "seed"])
            #expect(shown.status == 2)
            #expect(shown.output.contains("would create or restore ADMIN admin@demo.example"), "\(shown.output)")
            #expect(try await shop.run(["demo", "seed", "--yes", "--database", "other"]).status == 1)
            #expect(try shop.query("select is_active::text from users where email = 'diego@demo.example'") == "false")
            #expect(try await shop.run(shop.confirmed(["demo", "seed"])).status == 0)
            #expect(try shop.query("select is_active::text from users where email = 'diego@demo.example'") == "true")
            let user = ["user", "create", "--email", "eva@shop.example", "--name", "Eva"]
            #expect(try await shop.run(user, input: "a long password\n").status == 0)
            let refused = try await shop.run(shop.confirmed(["demo", "seed"]))
            #expect(refused.status == 1)
            #expect(refused.errors.contains("1 accounts that are not demo accounts"), "\(refused.errors)")
        }
    }

    @Test("serve and doctor warn about a login that can become superuser, and about active demo accounts")
    func warnings() async throws {
        let (superuser, demo) = ("The database login can become superuser", "Demo accounts are active")
        try await withShop { shop in
            let first = shop.services[0].process
            try await eventually("both warnings") {
                first.errors.contains(superuser) && first.errors.contains(demo) ? true : nil
            }
            let shown = try await shop.run(["doctor"]).output
            #expect(shown.contains(#/(?m)^warning +superuser /#) && shown.contains(#/(?m)^warning +demo /#), "\(shown)")

            let name = "till_\(UUID().uuidString.lowercased().prefix(8))"
            try shop.execute("create role \(name) login; grant cashpilot_app to \(name)")
            try shop.execute("update users set is_active = false")
            let safe = shop.connectionString.replacing("user=postgres", with: "user=\(name)")
            let environment = Limits.patient.merging(["DATABASE_URL": safe, "PATH": "/usr/bin:/bin"]) { $1 }
            let quiet = try await CashPilotProcess.run(["doctor"], environment: environment)
            #expect(quiet.contains(#/(?m)^ok +superuser /#) && quiet.contains(#/(?m)^ok +demo /#), "\(quiet)")
            // Membership of a superuser, even through another role, is enough to become one.
            try shop.execute(
                "create role \(name)_group; grant postgres to \(name)_group; grant \(name)_group to \(name)")
            let unsafe = try await CashPilotProcess.run(["doctor"], environment: environment)
            #expect(unsafe.contains(#/(?m)^warning +superuser /#), "\(unsafe)")
            try shop.execute("drop role \(name), \(name)_group")
        }
    }
}
