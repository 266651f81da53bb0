import Postgres
import Testing

extension ServerTests {
    @Suite("Lost plans")
    struct PlanTests {
        private static let all = SQL.statement("select * from items")

        @Test("After a change of the table no read fails, however many connections have the old plan")
        func everyConnectionIsStale() async throws {
            try await withDatabase(setup: SQL.items, { $0.readConnections = 6 }) { database in
                #expect(try await database.waitUntilWhole())
                for round in 0..<12 {
                    let failures = try await withThrowingTaskGroup(of: DatabaseError?.self) { group in
                        for _ in 0..<300 {
                            group.addTask { await failure { try await database.read(Self.all) } }
                            await Task.yield()
                        }
                        return try await group.reduce(into: []) { $0.append($1) }
                    }
                    #expect(failures.compactMap(\.self) == [])
                    try await database.write(SQL.statement("alter table items add column note_\(round) text"))
                }
                #expect(database.gauges.connectionsLost == 0)
            }
        }

        /// Stands for connections whose plans are stale, one after another.
        private static let setup = """
            create sequence tries;
            create function try_plan(stale_count bigint) returns bigint language plpgsql as $$
            declare try bigint := nextval('tries');
            begin
                if try <= stale_count then raise sqlstate '0A000'; end if;
                return try;
            end $$;
            """

        @Test("A statement is tried again until every connection may have renewed its plan, and not for ever")
        func triesPerConnection() async throws {
            try await withDatabase(setup: Self.setup, { $0.writeConnections = 4 }) { database in
                let attempt = SQL.statement("select try_plan($1::bigint)")
                var reader = try await database.write(attempt, [.int64(4)])[0].reader()
                let tries = try reader.next(Int64.self)
                #expect(tries == 5)
                let failure = await failure { try await database.write(attempt, [.int64(1_000)]) }
                #expect(failure?.sqlState == "0A000")
                #expect(failure?.isUnavailable == true)
                #expect(database.gauges.resent == 4 + 5)
            }
        }

        @Test("A transaction whose begin the server has forgotten takes place, and gives its connection back")
        func forgottenBegin() async throws {
            try await withDatabase(setup: SQL.items, { $0.writeConnections = 1 }) { database in
                for number in Int64(0)..<3 {
                    _ = try await database.transaction { transaction in
                        try await transaction.query(SQL.insert, [.int64(number), .text("\(number)")])
                    }
                    try await database.write(SQL.statement("deallocate transaction_begin"))
                }
                let count = try await database.count()
                #expect(count == 3)
                #expect(database.gauges.connectionsLost == 0)
            }
        }

        @Test("A statement whose renewal was undone by a neighbour's failure is renewed later")
        func undoneRenewal() async throws {
            let adjust: (inout DatabaseConfiguration) -> Void = { $0.readConnections = 1 }
            try await withDatabase(setup: SQL.items, adjust) { database in
                let string = try await connectionString(of: database)
                for round in 0..<5 {
                    _ = try await database.read(Self.all)
                    try connect(string).execute("alter table items add column note_\(round) text")
                    // One group: the stale plan's failure, then one after it that fails before the renewal.
                    let failures = await withTaskGroup(of: DatabaseError?.self) { group in
                        for _ in 0..<8 {
                            group.addTask { await failure { try await database.read(Self.all) } }
                            group.addTask { await failure { try await database.read(SQL.divide, [.int64(0)]) } }
                        }
                        return await group.reduce(into: []) { $0.append($1) }
                    }
                    #expect(failures.compactMap(\.self).allSatisfy { $0.sqlState == "22012" })
                    let rows = try await database.read(Self.all)
                    #expect(rows.columns.count == 3 + round)
                }
            }
        }
    }
}
