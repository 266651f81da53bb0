import TestSupport
import Testing

@Suite("Concurrent opens")
struct RaceTests {
    /// Sends opens concurrently, distributed over the replicas.
    private func race(_ count: Int, in shop: Shop, _ open: @escaping @Sendable (Person) async throws -> Reply)
        async throws -> [Reply]
    {
        try await together(count) { try await open(shop.at($0 % shop.services.count, shop.ana)) }
    }

    /// - Parameter callers: the number of different callers. Each gets its own `actions`.
    private func expectOneWinner(_ replies: [Reply], in shop: Shop, callers: Int = 1) throws {
        let winners = replies.filter { $0.status == 201 }
        let refused = replies.filter { $0.status == 409 }
        #expect(winners.count == 1)
        #expect(refused.count == replies.count - 1, "\(Set(replies.map(\.status)))")
        let winner = try #require(try winners.first?.json)
        for reply in refused {
            let existing = try reply.json["existing_session"]
            #expect(existing["id"] == winner["id"])
            #expect(existing["opened_at"] == winner["opened_at"])
        }
        // A conflict from the precheck and one from the index have the same document.
        let documents = Set(try refused.map { try $0.json.withoutRequest })
        #expect(documents.count == callers)
        #expect(
            try shop.query(
                "select count(*) || ' ' || max(session_number) from cash_sessions where status = 'OPEN'") == "1 1")
        #expect(try shop.query("select count(*)::text from audit_events where action = 'session.open'") == "1")
    }

    @Test("Of concurrent opens only one succeeds, in one process", .tags(.ac03), arguments: [2, 8, 50, 200])
    func oneProcess(attempts: Int) async throws {
        try await withShop { shop in
            let replies = try await race(attempts, in: shop) { try await $0.open(in: shop.centro) }
            try expectOneWinner(replies, in: shop)
        }
    }

    @Test("Of concurrent opens only one succeeds, over three processes", .tags(.ac03), arguments: [2, 8, 50, 200])
    func threeProcesses(attempts: Int) async throws {
        try await withShop(replicas: 3) { shop in
            let replies = try await race(attempts, in: shop) { try await $0.open(in: shop.centro) }
            try expectOneWinner(replies, in: shop)
        }
    }

    @Test("Opens that the valid index refuses after their precheck get the precheck's 409, byte for byte", .tags(.ac03))
    func afterThePrecheck() async throws {
        try await withShop(replicas: 2) { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            #expect(try await shop.ana.change("end", session).status == 200)
            #expect(try shop.indexIsValid() == "true")
            let id = session["id"].string ?? ""
            // No precheck sees the session that this transaction opens. The index makes the first insert wait for it,
            // and the second insert waits for the first, which has taken the next session number.
            let other = try shop.connection()
            try other.execute("begin; update cash_sessions set status = 'OPEN', ended_at = null where id = '\(id)'")
            // With one request id, the documents have no bytes of their own.
            let headers = ["X-Request-Id": "one"]
            async let first = shop.at(0, shop.ana).open(in: shop.centro, headers: headers)
            async let second = shop.at(1, shop.ana).open(in: shop.centro, headers: headers)
            try await shop.untilInsertsWait(2)
            try other.execute("commit")
            let refused = [try await first, try await second]
            let prechecked = try await shop.ana.open(in: shop.centro, headers: headers)
            #expect(prechecked.status == 409)
            #expect(try prechecked.json["existing_session"]["id"].string == id)
            for reply in refused {
                #expect(reply.status == prechecked.status)
                #expect(reply.body == prechecked.body, "\(reply.text)\n\(prechecked.text)")
                for name in ["Content-Type", "Content-Language", "Cache-Control", "Vary"] {
                    #expect(reply[header: name] == prechecked[header: name], "\(name)")
                }
            }
            #expect(try shop.query("select count(*)::text from cash_sessions") == "1", "no insert was committed")
        }
    }

    @Test("Of concurrent opens by a cashier and an administrator only one succeeds", arguments: [4, 50])
    func byAdministrator(attempts: Int) async throws {
        try await withShop(replicas: 3) { shop in
            let forAna = #"{"initial_cash": 150000, "cashier_id": "\#(shop.ana.id)"}"#
            let replies = try await together(attempts) { place in
                place.isMultiple(of: 2)
                    ? try await shop.at(place % 3, shop.administrator).open(in: shop.centro, forAna)
                    : try await shop.at(place % 3, shop.ana).open(in: shop.centro)
            }
            try expectOneWinner(replies, in: shop, callers: 2)
        }
    }

    @Test("Concurrent opens and closes never cause two open sessions, a 409 without a session, or a 5xx")
    func openAgainstClose() async throws {
        try await withShop(replicas: 3) { shop in
            let counts = OpenSessionCounts()
            for _ in 0..<15 {
                let replies = try await race(6, in: shop) { till in
                    let reply = try await till.open(in: shop.centro)
                    guard reply.status == 201 else { return reply }
                    #expect(try await counts.countWhileOpen(till.id) == 1)
                    #expect(try await till.close(try reply.json).status == 200)
                    return reply
                }
                for reply in replies {
                    #expect([201, 409].contains(reply.status), "\(reply.text)")
                    if reply.status == 409 { #expect(try reply.json["existing_session"]["id"].string != nil) }
                }
            }
            #expect(try shop.query("select count(*)::text from cash_sessions where status = 'OPEN'") == "0")
        }
    }

    @Test("Concurrent opens with on_conflict=resume all return the one session")
    func resumeTogether() async throws {
        try await withShop(replicas: 3) { shop in
            let path = "/v1/businesses/\(shop.centro)/sessions?on_conflict=resume"
            let replies = try await race(30, in: shop) { try await $0.post(path, #"{"initial_cash": 1}"#) }
            #expect(replies.count(where: { $0.status == 201 }) == 1)
            #expect(replies.count(where: { $0.status == 200 }) == 29)
            #expect(Set(try replies.map { try $0.json["id"].string }).count == 1)
        }
    }
}

extension Shop {
    /// Waits until `count` statements that write sessions have waited for 100 ms. None is then in a group commit.
    ///
    /// A precheck only reads, so it does not have the lock of a write.
    func untilInsertsWait(_ count: Int) async throws {
        try await eventually("\(count) inserts wait") {
            let waiting = """
                select count(distinct w.pid)::text
                from pg_locks as w
                join pg_locks as t using (pid)
                join pg_database as d on d.oid = t.database
                where d.datname = current_database()
                    and t.relation = 'cash_sessions'::regclass
                    and t.mode = 'RowExclusiveLock'
                    and t.granted
                    and not w.granted
                    and w.waitstart <= clock_timestamp() - interval '100 ms'
                """
            return try query(waiting) == "\(count)" ? true : nil
        }
    }
}

extension JSON {
    /// A problem without its request id.
    fileprivate var withoutRequest: JSON {
        var members = self.members
        members["instance"] = nil
        members["request_id"] = nil
        return .object(members)
    }
}
