import TestSupport
import Testing

/// A stored response is returned only to a caller who may still see it.
@Suite("Stored responses after a loss of rights")
struct ReplayRightsTests {
    private static let key = ["Idempotency-Key": "k-1"]

    @Test("A cashier who is inactive or lost the business or the session gets no stored response")
    func cashier() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let again = { try await shop.ana.change("end", session, headers: Self.key) }
            #expect(try await again().status == 200)
            try shop.execute("update users set is_active = false where id = '\(shop.ana.id)'")
            #expect(try await again().status == 401)
            try shop.execute("update users set is_active = true where id = '\(shop.ana.id)'")
            let body = #"{"cashier_id": "\#(shop.bruno.id)"}"#
            #expect(try await shop.administrator.edit(session, body).status == 200)
            #expect(try await again().status == 403)
            #expect(
                try await shop.administrator.edit(session, #"{"cashier_id": "\#(shop.ana.id)"}"#).status == 200)
            #expect(try await again()[header: "Idempotent-Replayed"] == "true")
            try shop.execute("delete from business_cashiers where cashier_id = '\(shop.ana.id)'")
            #expect(try await again().status == 404)
        }
    }

    @Test("A former administrator gets no stored response to an action of administrators")
    func administrator() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let again = {
                try await shop.administrator.change("force-close", session, #"{"reason": "left"}"#, headers: Self.key)
            }
            #expect(try await again().status == 200)
            try shop.execute(
                """
                update users set role = 'CASHIER' where id = '\(shop.administrator.id)';
                insert into business_cashiers (business_id, cashier_id)
                values ('\(shop.centro)', '\(shop.administrator.id)')
                """)
            #expect(try await again().status == 403)
        }
    }

    @Test("Concurrent handovers with one key and two bodies hand over once and reject the other body")
    func otherBody() async throws {
        try await withShop(replicas: 2) { shop in
            for round in 0..<6 {
                let session = try await shop.ana.open(in: shop.centro).json
                let replies = try await together(8) { place in
                    try await shop.at(place % 2, shop.ana).change(
                        "handover", session, #"{"to_cashier_id": "\#(shop.bruno.id)", "final_cash": \#(place % 2)}"#,
                        headers: ["Idempotency-Key": "h-\(round)"])
                }
                for reply in replies {
                    let code = try reply.json["code"].string ?? "201"
                    #expect(["201", "IDEMPOTENCY_KEY_REUSED", "REQUEST_IN_FLIGHT"].contains(code), "\(reply.text)")
                }
                let next = try #require(try replies.first { $0.status == 201 }?.json)
                #expect(try await shop.bruno.close(next).status == 200)
            }
        }
    }

    @Test("Concurrent reopens with one key record no conflict with themselves")
    func noPhantomConflict() async throws {
        try await withShop(replicas: 2) { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            for round in 0..<5 {
                _ = try await shop.ana.close(session)
                let replies = try await together(6) { place in
                    try await shop.at(place % 2, shop.administrator).change(
                        "reopen", session, #"{"reason": "again"}"#, headers: ["Idempotency-Key": "r-\(round)"])
                }
                #expect(try replies.allSatisfy { try $0.status == 200 || $0.json["code"] == "REQUEST_IN_FLIGHT" })
            }
            for service in shop.services { #expect(try service.log("session.open_conflict").isEmpty) }
        }
    }
}
