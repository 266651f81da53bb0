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

    @Test("Of concurrent opens only one succeeds, in one process", arguments: [2, 8, 50, 200])
    func oneProcess(attempts: Int) async throws {
        try await withShop { shop in
            let replies = try await race(attempts, in: shop) { try await $0.open(in: shop.centro) }
            try expectOneWinner(replies, in: shop)
        }
    }

    @Test("Of concurrent opens only one succeeds, over three processes", arguments: [2, 8, 50, 200])
    func threeProcesses(attempts: Int) async throws {
        try await withShop(replicas: 3) { shop in
            let replies = try await race(attempts, in: shop) { try await $0.open(in: shop.centro) }
            try expectOneWinner(replies, in: shop)
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

extension JSON {
    /// A problem without its request id.
    fileprivate var withoutRequest: JSON {
        var members = self.members
        members["instance"] = nil
        members["request_id"] = nil
        return .object(members)
    }
}
