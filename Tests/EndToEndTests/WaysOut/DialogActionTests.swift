import TestSupport
import Testing

@Suite("The ways out of the 409 of an open, taken by a client that knows nothing else")
struct DialogActionTests {
    private static let retried = #"{"initial_cash": 777}"#

    @Test("The worked example of the rules, closed through the fields of the 409, sold 950 000 and is 10 000 short")
    func workedExample() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro, #"{"initial_cash": 500000}"#).json
            let dialog = try Dialog(try await shop.ana.open(in: shop.centro, Self.retried))
            let count = [
                "final_cash": 1_200_000, "envelope_amount": 300_000, "expenses": 50_000,
                "credit_payments_collected": 100_000, "declared_cash_sales": 960_000,
            ]
            let offered = try dialog.fields(of: "close")
            let body = offered.compactMap { name in count[name].map { "\"\(name)\": \($0)" } }
            #expect(body.count == count.count, "a field is not offered, only \(offered)")
            let closed = try await dialog.take("close", as: shop.ana, "{\(body.joined(separator: ", "))}")
            #expect(closed.status == 200, "\(closed.text)")
            #expect(try closed.json["id"] == first["id"])
            let totals = try closed.json["totals"]
            #expect(totals["cash_sales"] == 950_000)
            #expect(totals["expected_cash"] == 1_210_000)
            #expect(totals["over_short"] == -10_000)
            let opened = try await dialog.retry(as: shop.ana, Self.retried)
            #expect(opened.status == 201)
            #expect(try opened.json["initial_cash"] == 777)
        }
    }

    @Test("A client of the 409 alone views the existing session, ends it, and retries with the same key")
    func viewEndRetry() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let key = ["Idempotency-Key": "open-2"]
            let dialog = try Dialog(try await shop.ana.open(in: shop.centro, Self.retried, headers: key))
            let seen = try await dialog.take("view", as: shop.ana)
            #expect(seen.status == 200)
            #expect(try seen.json == first)
            let ended = try await dialog.take("end", as: shop.ana)
            #expect(ended.status == 200, "\(ended.text)")
            #expect(try ended.json["id"] == first["id"] && ended.json["status"] == "ENDED")
            let opened = try await dialog.retry(as: shop.ana, Self.retried, headers: key)
            #expect(opened.status == 201)
            let again = try await dialog.retry(as: shop.ana, Self.retried, headers: key)
            #expect(again.body == opened.body && again[header: "Idempotent-Replayed"] == "true")
        }
    }

    @Test("A client of the 409 alone continues with the existing session, whose float stays")
    func resume() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let dialog = try Dialog(try await shop.ana.open(in: shop.centro, Self.retried))
            let resumed = try await dialog.take("resume", as: shop.ana, Self.retried)
            #expect(resumed.status == 200)
            #expect(try resumed.json == first)
            let forAna = #"{"initial_cash": 777, "cashier_id": "\#(shop.ana.id)"}"#
            let other = try Dialog(try await shop.administrator.open(in: shop.centro, forAna))
            let asAdministrator = try await other.take("resume", as: shop.administrator, forAna)
            #expect(asAdministrator.status == 200)
            #expect(try asAdministrator.json["id"] == first["id"])
        }
    }

    @Test("An administrator who knows the 409 alone force-closes the existing session with a reason, and retries")
    func forceClose() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let body = #"{"initial_cash": 777, "cashier_id": "\#(shop.ana.id)"}"#
            let dialog = try Dialog(try await shop.administrator.open(in: shop.centro, body))
            let forced = try await dialog.take("force_close", as: shop.administrator, #"{"reason": "went home"}"#)
            #expect(forced.status == 200)
            #expect(try forced.json["id"] == first["id"] && forced.json["status"] == "CLOSED")
            #expect(try forced.json["final_cash"] == .null)
            let opened = try await dialog.retry(as: shop.administrator, body)
            #expect(opened.status == 201)
            #expect(try opened.json["cashier_id"].string == shop.ana.id)
        }
    }

    @Test(
        "An action's if_match refuses it with 412 if the session changed, and the next 409 has the new one",
        arguments: ["close", "end", "force_close"])
    func precondition(name: String) async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let refused = #"{"initial_cash": 777, "cashier_id": "\#(shop.ana.id)"}"#
            let fields = ["close": #"{"final_cash": 9}"#, "force_close": #"{"reason": "went home"}"#]
            let stale = try Dialog(try await shop.administrator.open(in: shop.centro, refused))
            #expect(try await shop.ana.edit(first, #"{"notes": "counted twice"}"#).status == 200)
            #expect(try await stale.take(name, as: shop.administrator, fields[name]).status == 412)
            #expect(try await shop.ana.get(Person.path(of: first)).json["status"] == "OPEN")
            let current = try Dialog(try await shop.administrator.open(in: shop.centro, refused))
            #expect(try current.action(name)["if_match"] == #""2""#)
            #expect(try await current.take(name, as: shop.administrator, fields[name]).status == 200)
        }
    }
}
