import Foundation
import TestSupport
import Testing

@Suite("Movements of cash")
struct MovementTests {
    /// A session of Ana's in a business that counts blind, with movements that sum to 1 210 000 expected.
    private func shift(in shop: Shop) async throws -> JSON {
        let blind = try await shop.administrator.send(
            "PATCH", "/v1/businesses/\(shop.centro)", #"{"blind_count": true}"#)
        #expect(blind.status == 200, "\(blind.text)")
        let session = try await shop.ana.open(in: shop.centro, #"{"initial_cash": 500000}"#).json
        for body in [
            #"{"type": "CASH_SALE", "amount": 1000000}"#, #"{"type": "CASH_REFUND", "amount": 40000}"#,
            #"{"type": "PAID_IN", "category": "CREDIT_PAYMENT", "amount": 100000}"#,
            #"{"type": "PAID_OUT", "category": "EXPENSE", "amount": 50000}"#, #"{"type": "DROP", "amount": 300000}"#,
        ] {
            let recorded = try await shop.ana.change("movements", session, body)
            #expect(recorded.status == 201, "\(recorded.text)")
        }
        return session
    }

    @Test(
        "A blind shift: nothing before the count, a final count, and a late sale that 50 requests record once")
    func shift() async throws {
        try await withShop { shop in
            let session = try await shift(in: shop)
            let (path, business) = (Person.path(of: session), shop.centro)
            for person in [shop.ana, shop.administrator] {
                let seen = try await person.get(path)
                #expect(seen[header: "ETag"] == "\"1\"")
                for name in ["recorded", "needs_review"] { #expect(try seen.json[name] == .null) }
                #expect(try seen.json["totals"].members.values.allSatisfy { $0 == .null })
            }
            let refused = try await shop.ana.get("\(path)/reconciliation")
            #expect(refused.status == 403)
            #expect(try refused.json["code"] == "COUNT_FIRST")
            #expect(try refused.json["actions"][0]["name"] == "close")
            let before = try await shop.administrator.get("\(path)/reconciliation").json
            #expect(before["expected_cash"] == 1_210_000 && before["kind"] == "X" && before["counted_cash"] == .null)
            let closed = try await shop.ana.close(
                session, #"{"final_cash": 1200000, "card_total": 70000}"#, headers: ["If-Match": "\"1\""])
            #expect(closed.status == 200, "\(closed.text)")
            #expect(
                try closed.json["totals"]
                    == .object([
                        "cash_sales": 950_000, "total_sales": 1_020_000, "net_earnings": 970_000,
                        "expected_cash": 1_210_000, "over_short": -10_000,
                    ]))
            #expect(try closed.json["recorded"]["movements"] == 5)
            let edit = try await shop.ana.edit(session, #"{"final_cash": 1210000, "reason": "counted twice"}"#)
            #expect(edit.status == 403)
            #expect(try edit.json["code"] == "COUNT_IS_FINAL")
            #expect(try await shop.ana.edit(session, #"{"notes": "n", "reason": "a note"}"#).status == 200)
            let now = try await shop.ana.change("movements", session, #"{"type": "CASH_SALE", "amount": 15000}"#)
            #expect(now.status == 409)
            #expect(try now.json["existing_session"]["closed_at"] == closed.json["closed_at"])
            let id = UUID().uuidString.lowercased()
            let time = try #require(try closed.json["closed_at"].string)
            @Sendable func late(_ amount: Int) -> String {
                #"{"id": "\#(id)", "type": "CASH_SALE", "amount": \#(amount), "occurred_at": "\#(time)"}"#
            }
            let replies = try await together(50) { _ in
                try await shop.ana.change("movements", session, late(15_000))
            }
            #expect(replies.allSatisfy { $0.status == 201 })
            #expect(replies.count { $0[header: "Idempotent-Replayed"] == nil } == 1)
            #expect(try Set(replies.map { try $0.json["number"] }) == [6])
            let other = try await shop.ana.change("movements", session, late(16_000))
            #expect(other.status == 409)
            #expect(try other.json["code"] == "MOVEMENT_ID_TAKEN")
            let seen = try await shop.ana.get(path).json
            #expect(seen["totals"]["expected_cash"] == 1_225_000 && seen["totals"]["over_short"] == -25_000)
            #expect(seen["at_close"]["expected_cash"] == 1_210_000 && seen["version"] == 4)
            #expect(seen["needs_review"] == true && seen["review_reasons"] == .array(["LATE_MOVEMENT"]))
            let listed = try await shop.administrator.get("/v1/businesses/\(business)/sessions?needs_review=true")
            #expect(try listed.json["items"].items.map { $0["id"] } == [session["id"]])
        }
    }

    @Test("A colleague and a cashier of elsewhere record nothing, and a payout of more than the drawer has is accepted")
    func rights() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro, #"{"initial_cash": 500000}"#).json
            let body = #"{"type": "PAID_OUT", "category": "EXPENSE", "amount": 99999999}"#
            for (person, status) in [(shop.bruno, 403), (shop.carla, 404), (shop.ana, 201)] {
                let reply = try await person.change("movements", session, body)
                #expect(reply.status == status, "\(reply.text)")
            }
            let found = try await shop.ana.get("\(Person.path(of: session))/reconciliation").json
            #expect(found["expected_cash"] == .null)
            _ = try await shop.ana.change("movements", session, #"{"type": "CASH_SALE", "amount": 500}"#)
            let known = try await shop.ana.get("\(Person.path(of: session))/reconciliation").json
            #expect(known["expected_cash"] == .integer(500_500 - 99_999_999))
            let full = try await shop.ana.change(
                "movements", session, #"{"type": "PAID_OUT", "category": "TIP", "amount": 999999999999}"#)
            #expect(full.status == 422)
            #expect(try full.json["errors"][0]["pointer"] == "#/amount")
            for counterpart in [shop.ana.id, shop.carla.id] {
                let transfer =
                    #"{"type": "PAID_IN", "category": "TRANSFER", "amount": 1, "counterpart_cashier_id": "\#(counterpart)"}"#
                #expect(try await shop.ana.change("movements", session, transfer).status == 422)
            }
            for time in ["2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z"] {
                let outside = try await shop.ana.change(
                    "movements", session, #"{"type": "DROP", "amount": 1, "occurred_at": "\#(time)"}"#)
                #expect(outside.status == 422)
                #expect(try outside.json["errors"][0]["pointer"] == "#/occurred_at")
            }
            let ended = try await shop.ana.change("end", session)
            #expect(ended.status == 200)
            #expect(try await shop.ana.change("movements", session, #"{"type": "DROP", "amount": 1}"#).status == 409)
            let closed = try await shop.ana.close(session, #"{"final_cash": 1, "declared_cash_sales": 400}"#).json
            #expect(closed["review_reasons"] == .array(["DECLARED_DIFFERS"]))
            let list = "/v1/businesses/\(shop.centro)/sessions?needs_review=true"
            #expect(try await shop.administrator.get(list).json["items"].items.map { $0["id"] } == [session["id"]])
            let corrected = try await shop.ana.edit(
                session, #"{"declared_cash_sales": 500, "reason": "a typing error"}"#)
            #expect(try corrected.json["review_reasons"] == .array(["CORRECTED"]))
        }
    }

    @Test("A movement is reversed once, by one of many concurrent requests, and a reversal and an opened drawer never")
    func reversals() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let path = Person.path(of: session)
            let drop = try await shop.ana.change("movements", session, #"{"type": "DROP", "amount": 7}"#).json
            let address = "\(path)/movements/\(drop["id"].string ?? "")/reverse"
            let replies = try await together(10) { _ in
                try await shop.ana.post(address, #"{"reason": "a mistake"}"#)
            }
            #expect(replies.map(\.status).sorted() == [201] + Array(repeating: 409, count: 9))
            let reversal = try #require(replies.first { $0.status == 201 }).json
            #expect(reversal["effect"] == 7 && reversal["reverses_id"] == drop["id"])
            for reply in replies where reply.status == 409 {
                #expect(try reply.json["code"] == "MOVEMENT_ALREADY_REVERSED")
                #expect(try reply.json["existing_movement"]["id"] == reversal["id"])
            }
            let opened = try await shop.ana.change("movements", session, #"{"type": "NO_SALE", "reason": "x"}"#).json
            for id in [reversal["id"], opened["id"]] {
                let reply = try await shop.ana.post("\(path)/movements/\(id.string ?? "")/reverse", #"{"reason": "x"}"#)
                #expect(reply.status == 409)
                #expect(try reply.json["code"] == "NOT_REVERSIBLE")
            }
            let list = try await shop.ana.get("\(path)/movements?limit=2").json
            #expect(list["items"].items.map { $0["number"] } == [3, 2])
            let rest = try await shop.ana.get("\(path)/movements?limit=2&cursor=\(list["next_cursor"].string ?? "")")
                .json
            #expect(rest["items"].items.map { $0["reversed_by_id"] } == [reversal["id"]])
            #expect(
                try await shop.ana.get("\(path)/movements?reversed=true").json["items"].items.map { $0["id"] }
                    == [drop["id"]])
        }
    }

    @Test("A response that was stored before there were movements is replayed with them as zero")
    func storedBefore() async throws {
        try await withShop { shop in
            let (open, close) = (["Idempotency-Key": "open"], ["Idempotency-Key": "close"])
            let opened = try await shop.ana.open(in: shop.centro, headers: open)
            let closed = try await shop.ana.close(try opened.json, headers: close)
            try shop.execute(
                """
                update idempotency_keys
                set answer = answer - session_sums() - '{declared_differs,is_blind}'::text[]
                """)
            #expect(try await shop.ana.open(in: shop.centro, headers: open).body == opened.body)
            #expect(try await shop.ana.close(try opened.json, headers: close).body == closed.body)
        }
    }

    @Test("Movements that race with a close are in its count, late or refused, and the numbers have no gaps")
    func race() async throws {
        try await withShop { shop in
            try shop.adopt()
            for _ in 0..<5 {
                let session = try await shop.ana.open(in: shop.centro, #"{"initial_cash": 1000}"#).json
                let time = try #require(session["opened_at"].string)
                let replies = try await together(21) { number in
                    guard number != 10 else {
                        return try await shop.administrator.close(session, #"{"final_cash": 5}"#)
                    }
                    let then = number % 2 == 0 ? #", "occurred_at": "\#(time)""# : ""
                    return try await shop.ana.change(
                        "movements", session, #"{"type": "CASH_SALE", "amount": \#(100 + number)\#(then)}"#)
                }
                let closed = try #require(replies.first { $0.status == 200 }).json
                let recorded = try replies.filter { $0.status == 201 }.map { try $0.json }
                #expect(replies.count { $0.status == 409 } + recorded.count == 20)
                let inTime = recorded.filter { $0["late"] == false }
                let sum = inTime.reduce(0) { $0 + ($1["effect"].integer ?? 0) }
                #expect(closed["recorded"]["movements"] == .integer(Int64(inTime.count)))
                if !inTime.isEmpty { #expect(closed["totals"]["expected_cash"] == .integer(1000 + sum)) }
                #expect(recorded.compactMap { $0["number"].integer }.sorted() == Array(1..<Int64(recorded.count) + 1))
            }
            try await shop.untilSealed()
            let found = try await shop.verify()
            #expect(found.status == 0, "\(found.output)")
        }
    }

    @Test("A movement that was altered past the triggers is named by audit verify, with its session and number")
    func verified() async throws {
        try await withShop { shop in
            try shop.adopt()
            let session = try await shift(in: shop)
            try await shop.untilSealed()
            #expect(try await shop.verify().status == 0)
            for statement in ["update movements set reason = 'x'", "delete from movements", "truncate movements"] {
                #expect(throws: (any Error).self) { try shop.execute(statement) }
            }
            try shop.tamper("update movements set amount = 39999, effect = -39999 where number = 2")
            let found = try await shop.verify()
            #expect(found.status == 2)
            #expect(found.output.contains("hash of movement 2"), "\(found.output)")
            #expect(found.output.contains("recorded_cash_refunds: expected 39999, actual 40000"), "\(found.output)")
            #expect(found.output.contains("id \(session["id"].string ?? "")"), "\(found.output)")
        }
    }
}
