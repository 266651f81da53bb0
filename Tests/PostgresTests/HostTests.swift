import Postgres
import TestSupport
import Testing

extension ServerTests {
    /// Two servers that both write, so that nothing but the driver decides where it works.
    @Suite("Several hosts")
    struct HostTests {
        private let first: PostgresServer
        private let second: PostgresServer

        init() async throws {
            (first, second) = (try await PostgresServer.start(), try await PostgresServer.start())
        }

        private var both: String { "host=\(first.directory),\(second.directory) user=postgres dbname=postgres" }

        /// How many backends of the driver a server has.
        private func guests(of server: PostgresServer) throws -> Int64 {
            let anyhow = "\(server.connectionString(database: "template1")) target_session_attrs=any"
            let rows = try connect(anyhow).query(
                "select count(*) from pg_stat_activity where application_name = 'guest'")
            var reader = rows[0].reader()
            return try reader.next()
        }

        /// Lets nobody in any more, and those who are in stay: as a host that was replaced and does not know it.
        private func closeDoor(of server: PostgresServer) throws {
            try server.execute("alter database postgres allow_connections false", database: "template1")
        }

        private func endOne(on server: PostgresServer) throws {
            let sql = """
                select pg_terminate_backend(pid) from pg_stat_activity
                where application_name = 'guest' limit 1
                """
            try server.execute(sql, database: "template1")
        }

        @Test("When one connection finds another host that writes, all move there, and stay")
        func gathering() async throws {
            try await withDriver(both, { $0.applicationName = "guest" }) { database in
                _ = try await database.read(SQL.echo, [.int64(1)])
                #expect(try await database.waitUntilWhole())
                let connections = Int64(database.gauges.connectionsTotal)
                #expect(try guests(of: first) == connections)
                try closeDoor(of: first)
                try endOne(on: first)
                #expect(try await eventually { try guests(of: second) == connections })
                #expect(try await eventually { try guests(of: first) == 0 })
                #expect(try await database.waitUntilWhole())

                try first.execute("alter database postgres allow_connections true", database: "template1")
                let losses = database.gauges.connectionsLost
                try endOne(on: second)
                #expect(try await eventually { database.gauges.connectionsLost > losses })
                #expect(try await eventually { try guests(of: second) == connections })
                #expect(try guests(of: first) == 0)
            }
        }

        @Test("A server that takes no changes any more is left for one that does, and what it refused was not applied")
        func readOnlyHost() async throws {
            for server in [first, second] { try server.execute(SQL.items) }
            try await withDriver(both, { $0.applicationName = "guest" }) { database in
                #expect(try await database.waitUntilWhole())
                try await database.write(SQL.insert, [.int64(1), .text("one")])
                try first.execute("alter system set default_transaction_read_only = on")
                try first.execute("select pg_reload_conf()")
                let refused = await failure {
                    for number in Int64(2)..<10_000 {
                        try await database.write(SQL.insert, [.int64(number), .text("\(number)")])
                    }
                }
                #expect(refused?.sqlState == "25006")
                #expect(refused?.outcome == .notApplied)
                #expect(refused?.isUnavailable == true)
                #expect(try await eventually { try guests(of: first) == 0 })
                #expect(try await database.waitUntilWhole())
                try await database.write(SQL.insert, [.int64(1), .text("one")])
                #expect(try await database.count() == 1)
            }
        }
    }
}
