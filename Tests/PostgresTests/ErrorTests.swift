import Postgres
import Testing

extension ServerTests {
    @Suite("Errors")
    struct ErrorTests {
        @Test("A violated constraint is named, with its SQLSTATE, and nothing was applied")
        func constraint() async throws {
            try await withDatabase(setup: SQL.items) { database in
                try await database.write(SQL.insert, [.int64(1), .text("one")])
                let duplicate = await failure { try await database.write(SQL.insert, [.int64(2), .text("one")]) }
                #expect(duplicate?.sqlState == "23505")
                #expect(duplicate?.constraint == "uq_items_label")
                #expect(duplicate?.violates("uq_items_label") == true)
                #expect(duplicate?.violates("uq_items") == false)
                #expect(duplicate?.outcome == .notApplied)
                #expect(duplicate?.isUnavailable == false)
                #expect(duplicate?.statement == SQL.insert.name)
                #expect(try await database.count() == 1)
            }
        }

        @Test("The index of a partition, and the one that replaces another while it is rebuilt, count as the same rule")
        func otherNames() {
            func error(_ constraint: String) -> DatabaseError {
                DatabaseError(statement: "s", sqlState: "23505", constraint: constraint, reason: .server)
            }
            #expect(error("uq_items_label_ccnew").violates("uq_items_label"))
            #expect(error("uq_items_label_ccnew1").violates("uq_items_label"))
            #expect(error("uq_items_label_p12").violates("uq_items_label"))
            #expect(error("uq_items_label_p12_ccold").violates("uq_items_label"))
            for other in ["_other", "_p", "_p1_other", "_pending", "_ccnew_p1"] {
                #expect(!error("uq_items_label\(other)").violates("uq_items_label"), "\(other)")
            }
            #expect(!DatabaseError(statement: "s", sqlState: "23514", constraint: "a", reason: .server).violates("a"))
        }

        @Test("No error text repeats a value, a parameter or the server's detail")
        func leaksNothing() async throws {
            let secret = "hunter2"
            try await withDatabase(setup: SQL.items) { database in
                try await database.write(SQL.insert, [.int64(1), .text(secret)])
                let failures = [
                    await failure { try await database.write(SQL.insert, [.int64(2), .text(secret)]) },
                    await failure {
                        try await database.write(SQL.insert, [.int64(3), .text(String(repeating: secret, count: 50))])
                    },
                    await failure {
                        try await database.read(SQL.statement("select ($1::text)::bigint"), [.text(secret)])
                    },
                    await failure {
                        try await database.read(SQL.statement("select ($1::text)::date"), [.text(secret)])
                    },
                    await failure { try await database.read(SQL.echo, [.text(secret)]) },
                    await failure {
                        try await database.read(SQL.statement("select $1::text"), [.text("\(secret)\u{0}")])
                    },
                    await failure { try await database.read(SQL.echo, []) },
                ]
                for failure in failures {
                    let failure = try #require(failure)
                    #expect(!"\(failure)".contains(secret))
                    var dumped = ""
                    dump(failure, to: &dumped)
                    #expect(!dumped.contains(secret))
                    #expect(!failure.isUnavailable)
                }
            }
        }

        @Test("What another try may cure is told from what it cannot")
        func unavailable() {
            func server(_ sqlState: String) -> Bool {
                DatabaseError(statement: "s", sqlState: sqlState, reason: .server).isUnavailable
            }
            for state in [
                "08006", "53100", "53300", "57014", "57P01", "55P03", "40001", "40P01", "25006", "26000", "0A000",
                "42P05",
            ] {
                #expect(server(state), "\(state)")
            }
            for state in ["23505", "22P02", "42601", "08P01"] { #expect(!server(state), "\(state)") }
            for reason in [DatabaseError.Reason.connectionLost, .poolTimeout, .queueFull, .closing, .deadline] {
                #expect(DatabaseError(statement: "s", reason: reason).isUnavailable)
            }
            #expect(DatabaseError(statement: "s", sqlState: "01000", outcome: .unknown, reason: .server).isUnavailable)
        }

        @Test("A read that fails does not harm the reads that share its Sync")
        func neighbours() async throws {
            try await withDatabase { database in
                let results = await withTaskGroup(of: (Int64, Int64?, String?).self) { group in
                    for number in Int64(0)..<64 {
                        group.addTask {
                            do {
                                let quotient = try await database.first(
                                    Int64.self, SQL.divide, [.int64(number % 8 == 3 ? 0 : number + 1)])
                                return (number, quotient, nil)
                            } catch {
                                return (number, nil, (error as? DatabaseError)?.sqlState)
                            }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(results.count == 64)
                for (number, quotient, sqlState) in results {
                    #expect(quotient == (number % 8 == 3 ? nil : 100 / (number + 1)))
                    #expect(sqlState == (number % 8 == 3 ? "22012" : nil))
                }
                #expect(database.gauges.connectionsLost == 0)
            }
        }

        @Test("The server refuses to write in a read, so nothing that writes shares a Sync")
        func writeInRead() async throws {
            try await withDatabase(setup: SQL.items) { database in
                let refusal = await failure { try await database.read(SQL.insert, [.int64(1), .text("one")]) }
                #expect(refusal?.sqlState == "25006")
                let count = try await database.count()
                #expect(count == 0)
            }
        }

        @Test("A statement whose table has changed, or that the server has forgotten, is prepared anew")
        func changedPlan() async throws {
            try await withDatabase(setup: SQL.items) { database in
                let all = SQL.statement("select * from items")
                let deallocate = SQL.statement("deallocate all")
                try await database.write(SQL.insert, [.int64(1), .text("one")])
                _ = try await database.read(all)
                try await database.write(SQL.statement("alter table items add column note text"))
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<40 { group.addTask { try await database.read(all).columns.count } }
                    for try await columns in group { #expect(columns == 3) }
                }
                for number in Int64(2)...9 {
                    try await database.write(deallocate)
                    try await database.write(SQL.insert, [.int64(number), .text("\(number)")])
                }
                #expect(try await database.count() == 9)
                #expect(database.gauges.connectionsLost == 0)
            }
        }
    }
}
