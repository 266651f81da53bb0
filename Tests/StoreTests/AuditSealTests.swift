import CashPilot
import CashPilotPostgres
import Postgres
import TestSupport
import Testing

/// `seal_audit_chains`, and beside it `seal_audit_events`, which programs of the version before call.
@Suite("Sealing several businesses at once", .droppedDatabases)
struct AuditSealTests {
    /// Runs a test on a database in which events wait for their seal, spread over some businesses.
    private func withWaiting(
        _ events: Int, of businesses: Int, _ test: (Database, String, BlockingConnection) async throws -> Void
    ) async throws {
        let string = try await Schema.migratedDatabase()
        let connection = try Schema.connect(string)
        try connection.execute(
            """
            insert into audit_events (business_id, id, action, after)
            select lpad((n % \(businesses))::text, 32, '0')::uuid, gen_random_uuid(), 'session.open', to_jsonb(n)
            from generate_series(1, \(events)) as n;
            select place_audit_events(\(events));
            """)
        try await Schema.withDatabase(string) { database in try await test(database, string, connection) }
    }

    private static func business(_ number: UInt64) -> BusinessID { BusinessID(high: 0, low: number) }

    private func makeSealer(on database: Database) -> AuditSealer {
        AuditSealer(
            store: PostgresAuditChainStore(database: database), eventLog: PostgresEventLogStore(database: database),
            onFailure: { _ in }, onRecovery: {})
    }

    /// How many seals there are, of chains that are all sound.
    private func seals(in database: Database) async throws -> Int {
        let verifier = AuditVerifier(store: PostgresAuditChainStore(database: database), onProgress: { _ in })
        var seals = 0
        try await verifier.verify(only: nil, expecting: []) { report in
            #expect(report.fault == nil)
            seals += report.sealed
        }
        return seals
    }

    @Test("Concurrent sealers, of this version and of the one before, seal each event once, in sound chains")
    func atOnce() async throws {
        try await withWaiting(1_200, of: 40) { database, string, connection in
            let sealers = [makeSealer(on: database), makeSealer(on: database)]
            _ = try await together(3) { number in
                let old = try Schema.connect(string)
                for _ in 0..<20 {
                    if number < 2 {
                        try await sealers[number].sealWaiting()
                    } else {
                        try old.execute(
                            """
                            select seal_audit_events(b.id, 3)
                            from (select distinct u.business_id as id from audit_unsealed as u) as b
                            """)
                    }
                }
            }
            try await sealers[0].sealWaiting()
            #expect(try connection.text("select count(*)::text from audit_unsealed") == "0")
            #expect(try await seals(in: database) == 1_200)
        }
    }

    @Test("A business that somebody else is at is left, and the others are sealed; it is sealed when it is free")
    func held() async throws {
        try await withWaiting(90, of: 3) { database, string, connection in
            let sealer = makeSealer(on: database)
            try connection.execute("begin")
            let old = "select seal_audit_events('\(Self.business(1))', 5)::text"
            #expect(try connection.text(old) == "5")
            try await sealer.sealWaiting()
            #expect(sealer.unsealed == 30)
            #expect(try await seals(in: database) == 60)
            try connection.execute("rollback; begin")
            let new = "select seal_audit_chains('{\(Self.business(1))}', 5)::text"
            #expect(try connection.text(new) == "5")
            #expect(try Schema.connect(string).text(old) == nil, "programs of the version before keep out too")
            try await sealer.sealWaiting()
            #expect(sealer.unsealed == 30)
            try connection.execute("commit")
            try await sealer.sealWaiting()
            #expect(sealer.unsealed == 0)
            #expect(try await seals(in: database) == 90)
        }
    }

    @Test("A chain whose head was taken away holds up no other that is sealed with it, and goes on when it is put back")
    func tampered() async throws {
        try await withWaiting(90, of: 3) { database, _, connection in
            let sealer = makeSealer(on: database)
            try await sealer.sealWaiting()
            try connection.execute(
                """
                set session_replication_role = replica;
                delete from audit_heads where business_id = '\(Self.business(1))';
                reset session_replication_role;
                insert into audit_events (business_id, id, action)
                select lpad(n::text, 32, '0')::uuid, gen_random_uuid(), 'session.open' from generate_series(0, 2) as n;
                """)
            let fault = await #expect(throws: StoreError.self) { try await sealer.sealWaiting() }
            #expect(fault?.description.contains("23505") == true)
            #expect(sealer.unsealed == 1)
            #expect(try connection.text("select count(*)::text from audit_seals") == "92")
            try connection.execute(
                """
                set session_replication_role = replica;
                insert into audit_heads
                select business_id, position, hash from audit_seals
                where business_id = '\(Self.business(1))' order by position desc limit 1;
                """)
            try await sealer.sealWaiting()
            #expect(sealer.unsealed == 0)
            #expect(try await seals(in: database) == 93)
        }
    }

    @Test("The seals are those that the function of the version before makes, to the last bit")
    func same() async throws {
        try await withWaiting(200, of: 7) { _, _, connection in
            let chains = """
                select string_agg(s::text, ' ' order by s.business_id, s.position)
                    || (select string_agg(h::text, ' ' order by h.business_id) from audit_heads as h)
                from audit_seals as s
                """
            // In one transaction, so that the time under the seals is the same.
            try connection.execute(
                """
                begin;
                savepoint untouched;
                select seal_audit_events(b.id, 200)
                from (select distinct u.business_id as id from audit_unsealed as u) as b;
                """)
            let before = try #require(try connection.text(chains))
            try connection.execute(
                """
                rollback to untouched;
                select seal_audit_chains(array_agg(distinct u.business_id), 200) from audit_unsealed as u;
                """)
            #expect(try connection.text(chains) == before)
            try connection.execute("rollback")
        }
    }

    @Test("A chain that was sealed by turns, by this version and by the one before, is sound")
    func byTurns() async throws {
        try await withWaiting(100, of: 2) { database, _, connection in
            let store = PostgresAuditChainStore(database: database)
            for turn in 0..<20 {
                _ = try await store.seal([Self.business(0), Self.business(1)], limit: 7)
                try connection.execute("select seal_audit_events('\(Self.business(UInt64(turn % 2)))', 3)")
            }
            #expect(try await seals(in: database) == 100)
        }
    }

    @Test("A round seals all, however many businesses and events wait, in as few transactions as 32 and 500 allow")
    func many() async throws {
        try await withWaiting(1_200, of: 70) { database, _, connection in
            let sealer = makeSealer(on: database)
            try await sealer.sealWaiting()
            #expect(sealer.unsealed == 0)
            #expect(try await seals(in: database) == 1_200)
            // Of the first 32 businesses 554 events, of the next 544, of the last six 102.
            #expect(try connection.text("select count(distinct xmin::text)::text from audit_seals") == "5")
        }
    }
}
