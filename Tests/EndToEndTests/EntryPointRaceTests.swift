import TestSupport
import Testing

@Suite("Concurrent entry points")
struct EntryPointRaceTests {
    @Test("Of concurrent restores, reopens, handovers, moves and opens one succeeds, without a deadlock")
    func againstOpen() async throws {
        try await withShop(replicas: 3) { shop in
            for round in 0..<8 {
                let closed = try await shop.ana.open(in: shop.centro).json
                _ = try await shop.ana.close(closed)
                let deleted = try await shop.ana.open(in: shop.centro).json
                _ = try await shop.administrator.delete(deleted)
                let brunos = try await shop.bruno.open(in: shop.centro).json
                let anas = shop.ana.id
                let asOpened = ["If-Match": "\"1\""]
                let replies = try await together(15) { place -> Reply in
                    let admin = shop.at(place % 3, shop.administrator)
                    return switch (place + round) % 5 {
                    case 0: try await admin.change("reopen", closed, #"{"reason": "again"}"#)
                    case 1: try await admin.change("restore", deleted)
                    case 2:
                        try await admin.change(
                            "handover", brunos, #"{"to_cashier_id": "\#(anas)", "final_cash": 1}"#, headers: asOpened)
                    case 3: try await admin.edit(brunos, #"{"cashier_id": "\#(anas)"}"#, headers: asOpened)
                    default: try await shop.at(place % 3, shop.ana).open(in: shop.centro)
                    }
                }
                try expectOneWinner(replies, in: shop)
                try shop.execute(
                    "update cash_sessions set status = 'ENDED', ended_at = opened_at where status = 'OPEN'")
            }
        }
    }

    private func expectOneWinner(_ replies: [Reply], in shop: Shop) throws {
        let winners = replies.filter { $0.status < 300 }
        // 422: after a move Bruno's session is Ana's already, and after a handover it is closed and needs a reason.
        #expect(replies.allSatisfy { [200, 201, 409, 412, 422].contains($0.status) }, "\(Set(replies.map(\.status)))")
        let opened = Set(try winners.map { try $0.json["id"].string })
        #expect(opened.count == 1, "\(winners.map(\.text))")
        #expect(
            try shop.query(
                """
                select count(*)::text from cash_sessions
                where status = 'OPEN' and not is_deleted and cashier_id = '\(shop.ana.id)'
                """) == "1")
    }

    @Test("Two handovers to each other's cashier conflict with each other, without a deadlock")
    func across() async throws {
        try await withShop(replicas: 2) { shop in
            let anas = try await shop.ana.open(in: shop.centro).json
            let brunos = try await shop.bruno.open(in: shop.centro).json
            for _ in 0..<5 {
                let replies = try await together(8) { place in
                    let admin = shop.at(place % 2, shop.administrator)
                    return place % 2 == 0
                        ? try await admin.change(
                            "handover", anas, #"{"to_cashier_id": "\#(shop.bruno.id)", "final_cash": 1}"#)
                        : try await admin.change(
                            "handover", brunos, #"{"to_cashier_id": "\#(shop.ana.id)", "final_cash": 1}"#)
                }
                #expect(replies.allSatisfy { $0.status == 409 })
                #expect(try replies.allSatisfy { try $0.json["code"] == "SESSION_ALREADY_OPEN" })
            }
        }
    }

    @Test("Of concurrent ends and closes of one session each takes effect at most once, and is audited")
    func endsAndCloses() async throws {
        try await withShop(replicas: 2) { shop in
            for _ in 0..<6 {
                let session = try await shop.ana.open(in: shop.centro).json
                let replies = try await together(8) { place in
                    let ana = shop.at(place % 2, shop.ana)
                    return place < 4
                        ? try await ana.change("end", session)
                        : try await ana.close(session, #"{"final_cash": \#(place)}"#)
                }
                #expect(replies.prefix(4).count { $0.status == 200 } <= 1)
                #expect(replies.suffix(4).count { $0.status == 200 } == 1)
                #expect(replies.allSatisfy { [200, 409].contains($0.status) })
                let trail = try shop.trail(of: session)
                #expect(trail.count == 1 + replies.count { $0.status == 200 })
            }
        }
    }
}
