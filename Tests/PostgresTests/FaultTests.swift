import Foundation
import Postgres
import TestSupport
import Testing

extension ServerTests {
    @Suite("Faults")
    struct FaultTests {
        private static let terminateOthers = """
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()
            """

        @Test(
            "When every backend is ended, reads survive, writes are unknown, and the pool is soon whole"
        )
        func endedBackends() async throws {
            try await withDatabase(setup: SQL.items) { database in
                let killer = try connect(try await connectionString(of: database))
                #expect(try await database.waitUntilWhole())
                try killer.execute("select pg_advisory_lock(1)")
                async let reads = withTaskGroup(of: DatabaseError?.self) { group in
                    for _ in 0..<20 { group.addTask { await failure { try await database.read(SQL.gate) } } }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                async let write = failure {
                    try await database.write(SQL.pausingInsert, [.int64(1), .text("one"), .int64(60_000)])
                }
                #expect(try await eventually { database.gauges.inFlight + database.gauges.waiting == 21 })
                try killer.execute(Self.terminateOthers)
                let lost = await write
                #expect(lost?.outcome == .unknown)
                #expect(lost?.sqlState == "57P01")
                #expect(lost?.reason == .connectionLost)
                try killer.execute("select pg_advisory_unlock(1)")
                #expect(await reads.compactMap(\.self) == [])
                #expect(try await database.waitUntilWhole())
                #expect(database.gauges.resent > 0)
                #expect(database.gauges.unknownOutcomes == 1)
                let count = try await database.count()
                #expect(count == 0)
            }
        }

        @Test("A pool that was idle when its backends ended serves the next request without an error")
        func endedWhileIdle() async throws {
            try await withDatabase(setup: SQL.items) { database in
                let killer = try connect(try await connectionString(of: database))
                #expect(try await database.waitUntilWhole())
                for number in Int64(0)..<5 {
                    try killer.execute(Self.terminateOthers)
                    #expect(try await eventually { database.gauges.connectionsLost >= Int(number + 1) * 8 })
                    try await database.write(SQL.insert, [.int64(number), .text("\(number)")])
                    _ = try await database.read(SQL.echo, [.int64(number)])
                    #expect(try await database.waitUntilWhole())
                }
            }
        }

        @Test(
            "While the server is stopped requests are refused after the pool wait; the pool is whole after its return",
            arguments: [PostgresServer.Stop.fast, .immediate, .kill])
        func stoppedServer(how: PostgresServer.Stop) async throws {
            let server = try await PostgresServer.start()
            try server.execute(SQL.items)
            try await withDriver(server.connectionString(), { $0.poolWait = .seconds(1) }) { database in
                #expect(try await database.waitUntilWhole())
                try await database.write(SQL.insert, [.int64(1), .text("one")])
                try await server.stop(how)
                // A backend may outlive a killed main process by a moment, and take a write with it.
                #expect(try await eventually { database.gauges.connectionsReady == 0 })
                async let write = failure { try await database.write(SQL.insert, [.int64(2), .text("two")]) }
                async let read = failure { try await database.read(SQL.echo, [.int64(1)]) }
                for refusal in await [write, read] {
                    #expect(refusal?.outcome == .notApplied)
                    #expect(refusal?.isUnavailable == true)
                }
                // After a kill the old server's processes need a moment to end.
                #expect(try await eventually { (try? await server.start()) != nil })
                #expect(try await database.waitUntilWhole())
                try await database.write(SQL.insert, [.int64(3), .text("three")])
                let count = try await database.count()
                #expect(count == 2)
            }
        }

        @Test("A backend that falls silent is given up after its limit: a read goes elsewhere, a write is unknown")
        func silentBackend() async throws {
            let adjust: (inout DatabaseConfiguration) -> Void = { configuration in
                configuration.statementTimeout = .seconds(2)
                configuration.writeConnections = 1
            }
            // Dropping any database of a server waits for all of its backends.
            let server = try await PostgresServer.start()
            try server.execute(SQL.items)
            try await withDriver(server.connectionString(), adjust) { database in
                #expect(try await database.waitUntilWhole())
                let myself = SQL.statement("select pg_backend_pid()")
                var reader = try await database.write(myself)[0].reader()
                let writer = try reader.next(Int32.self)
                let reading = try await database.first(Int32.self, myself)
                kill(writer, SIGSTOP)
                kill(reading, SIGSTOP)
                defer {
                    kill(writer, SIGCONT)
                    kill(reading, SIGCONT)
                }
                async let write = failure { try await database.write(SQL.insert, [.int64(1), .text("one")]) }
                async let reads = withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<40 { group.addTask { _ = try await database.read(SQL.echo, [.int64(1)]) } }
                    try await group.waitForAll()
                }
                let lost = await write
                #expect(lost?.outcome == .unknown)
                #expect(lost?.reason == .deadline)
                try await reads
                #expect(try await database.waitUntilWhole())
            }
        }

        @Test("A host that is not there, and one that never answers, do not keep the driver from the next")
        func severalHosts() async throws {
            let server = try await PostgresServer.shared()
            try await withDriver("host=/nowhere,\(server.directory) user=postgres dbname=postgres") { database in
                _ = try await database.read(SQL.echo, [.int64(1)])
            }
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(listener) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    _ = bind(listener, pointer, length)
                    _ = listen(listener, 64)
                    _ = getsockname(listener, pointer, &length)
                }
            }
            let port = UInt16(bigEndian: address.sin_port)
            let string = "host=127.0.0.1,\(server.directory) port=\(port),5432 user=postgres dbname=postgres"
            try await withDriver(string, { $0.connectTimeout = .seconds(1) }) { database in
                _ = try await database.read(SQL.echo, [.int64(1)])
                #expect(try await database.waitUntilWhole())
            }
        }

        @Test("A commit that did not wait for its standby is unknown, not a success")
        func missingStandby() async throws {
            let server = try await PostgresServer.start(settings: ["synchronous_standby_names": "nobody"])
            try server.execute("set synchronous_commit = local; \(SQL.items)")
            try await withDriver(server.connectionString()) { database in
                async let write = failure { try await database.write(SQL.insert, [.int64(1), .text("one")]) }
                let connection = try server.connect()
                let cancel = "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'"
                #expect(try await eventually { try !connection.query(cancel).isEmpty })
                let uncertain = await write
                #expect(uncertain?.outcome == .unknown)
                #expect(uncertain?.sqlState == "01000")
                let count = try await database.count()
                #expect(count == 1)
            }
            try await server.stop()
        }

        @Test("A database without a server answers every request within the pool wait, and closes")
        func noServer() async throws {
            try await withDriver("host=/nowhere", { $0.poolWait = .milliseconds(200) }) { database in
                let refusal = await failure { try await database.transaction { _ in } }
                #expect(refusal?.reason == .poolTimeout)
                #expect(database.gauges.connectionsReady == 0)
                #expect(database.gauges.connectionsTotal == 8)
            }
        }
    }
}
