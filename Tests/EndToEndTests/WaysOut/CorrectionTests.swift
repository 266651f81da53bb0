import TestSupport
import Testing

@Suite("Corrections of a count, and handed-over counts")
struct CorrectionTests {
    private static let count = #"{"final_cash": 100, "declared_cash_sales": 120}"#
    private static let correction = #"{"final_cash": 120, "reason": "two notes stuck together"}"#
    private static let again = #"{"reason": "counted the wrong drawer"}"#

    private func closed(in shop: Shop, by cashier: Person) async throws -> JSON {
        let session = try await cashier.open(in: shop.centro, #"{"initial_cash": 0}"#).json
        return try await cashier.close(session, Self.count).json
    }

    @Test("A correction shows on the session, and the figures at the close stay beside the current ones")
    func edits() async throws {
        try await withShop { shop in
            let closed = try await closed(in: shop, by: shop.ana)
            let atClose: JSON = .object(["final_cash": 100, "expected_cash": 120, "over_short": -20])
            #expect(closed["at_close"] == atClose && closed["corrections"] == 0)
            #expect(closed["needs_review"] == false && closed["review_reasons"] == .array([]))
            let corrected = try await shop.ana.edit(closed, Self.correction).json
            #expect(corrected["totals"]["over_short"] == 0 && corrected["final_cash"] == 120)
            for session in [corrected, try await shop.ana.get(Person.path(of: closed)).json] {
                #expect(session["at_close"] == atClose && session["corrections"] == 1)
                #expect(session["needs_review"] == true && session["review_reasons"] == .array(["CORRECTED"]))
            }
            let noted = try await shop.ana.edit(closed, #"{"notes": "x", "reason": "for the owner"}"#).json
            #expect(noted["corrections"] == 1, "notes are no figure")
        }
    }

    @Test("A second close after a reopen is a correction, by a cashier as by force, and keeps the first figures")
    func secondClose() async throws {
        try await withShop { shop in
            for (person, action, body) in [
                (shop.ana, "close", #"{"final_cash": 130}"#),
                (shop.administrator, "force-close", #"{"reason": "left the shop"}"#),
            ] {
                let closed = try await closed(in: shop, by: shop.ana)
                let open = try await shop.administrator.change("reopen", closed, Self.again).json
                #expect(open["at_close"]["final_cash"] == 100 && open["corrections"] == 0)
                #expect(open["needs_review"] == .null && open["final_cash"] == .null)
                let key = ["Idempotency-Key": "second-\(action)"]
                let second = try await person.change(action, closed, body, headers: key)
                #expect(try second.json["corrections"] == 1, "\(second.text)")
                #expect(try second.json["at_close"]["final_cash"] == 100)
                #expect(try second.json["needs_review"] == true)
                #expect(try await person.change(action, closed, body, headers: key).body == second.body, "replayed")
            }
        }
    }

    @Test("A session that was closed by force without a count needs a review until it is counted")
    func notCounted() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let forced = try await shop.administrator.change("force-close", session, #"{"reason": "left"}"#).json
            #expect(forced["needs_review"] == true && forced["review_reasons"] == .array(["NOT_COUNTED"]))
            #expect(forced["at_close"] == .null && forced["corrections"] == 0)
            let counted = try await shop.ana.edit(session, Self.correction).json
            #expect(counted["needs_review"] == false && counted["at_close"]["final_cash"] == 120)
        }
    }

    @Test("needs_review=true and =false list closed sessions only, in every list, and a cursor belongs to its filter")
    func filter() async throws {
        try await withShop { shop in
            let fine = try await closed(in: shop, by: shop.ana)
            var reviewed: [JSON] = []
            for _ in 0..<2 {
                let session = try await closed(in: shop, by: shop.ana)
                #expect(try await shop.ana.edit(session, Self.correction).status == 200)
                reviewed.insert(session["id"], at: 0)
            }
            let brunos = try await shop.bruno.open(in: shop.centro).json
            let forced = try await shop.administrator.change("force-close", brunos, #"{"reason": "left"}"#).json
            _ = try await shop.ana.open(in: shop.centro)
            for path in ["/v1/sessions", "/v1/businesses/\(shop.centro)/sessions"] {
                func ids(_ person: Person, _ query: String) async throws -> [JSON] {
                    try await person.get("\(path)?\(query)").json["items"].items.map { $0["id"] }
                }
                #expect(try await ids(shop.ana, "needs_review=true") == reviewed)
                #expect(try await ids(shop.ana, "needs_review=false") == [fine["id"]])
                #expect(try await ids(shop.administrator, "needs_review=true") == [forced["id"]] + reviewed)
                #expect(try await ids(shop.administrator, "needs_review=false") == [fine["id"]])
                let ofAna = "needs_review=true&status=CLOSED&cashier_id=\(shop.ana.id)"
                #expect(try await ids(shop.administrator, ofAna) == reviewed)
                #expect(try await ids(shop.administrator, "needs_review=true&status=OPEN").isEmpty)
                #expect(try await ids(shop.administrator, "needs_review=true&deleted=true").isEmpty)
                let page = try await shop.administrator.get("\(path)?needs_review=true&limit=2").json
                #expect(page["items"].items.map { $0["id"] } == [forced["id"], reviewed[0]])
                let cursor = "cursor=\(page["next_cursor"].string ?? "")"
                #expect(try await ids(shop.administrator, "needs_review=true&limit=2&\(cursor)") == [reviewed[1]])
                let other = try await shop.administrator.get("\(path)?needs_review=false&limit=2&\(cursor)")
                #expect(try other.json["errors"][0]["code"] == "INVALID_CURSOR")
                #expect(try await shop.ana.get("\(path)?needs_review=maybe").status == 422)
            }
        }
    }

    @Test("A reason of a correction, a reopen or a flag has at least five characters that are not white space")
    func reasons() async throws {
        try await withShop { shop in
            let closed = try await closed(in: shop, by: shop.ana)
            for reason in ["", "typo", "t y p o", "a    b", #"a\u200b\u200b\u200bb"#, #"a\u2800\u00a0\u3000b"#] {
                let body = #"{"reason": "\#(reason)"}"#
                for reply in [
                    try await shop.ana.edit(closed, #"{"final_cash": 1, "reason": "\#(reason)"}"#),
                    try await shop.administrator.change("reopen", closed, body),
                    try await shop.administrator.send("PUT", Person.path(of: closed) + "/flag", body),
                ] {
                    #expect(reply.status == 422, "\(reason)")
                    let error = try reply.json["errors"][0]
                    #expect(error["pointer"] == "#/reason" && error["code"] == "LENGTH", "\(error)")
                    #expect(error["expected"].string?.contains("5") == true && error["max_length"] == 500)
                }
            }
            #expect(try await shop.ana.edit(closed, #"{"final_cash": 1, "reason": "t y p o s"}"#).status == 200)
        }
    }

    @Test("Both sessions of a handover name each other with id, number, href and who handed over")
    func links() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let body = #"{"to_cashier_id": "\#(shop.bruno.id)", "final_cash": 9}"#
            let next = try await shop.administrator.change("handover", first, body).json
            func link(_ session: JSON) -> JSON {
                .object([
                    "id": session["id"], "session_number": session["session_number"],
                    "href": .string(Person.path(of: session)), "by": .string(shop.administrator.id),
                ])
            }
            #expect(next["handed_over_from"] == link(first))
            let before = try await shop.ana.get(Person.path(of: first)).json
            #expect(before["handed_over_to"] == link(next))
            let existing = try Dialog(try await shop.bruno.open(in: shop.centro)).existing
            #expect(existing["handed_over_from"] == link(first))
        }
    }

    @Test("A count that is the next session's float is 409 HANDED_OVER, unless an administrator acknowledges it")
    func handedOver() async throws {
        try await withShop { shop in
            let (admin, acknowledged) = (shop.administrator, #"{"final_cash": 8, "reason": "a mistake", "#)
            let first = try await shop.ana.open(in: shop.centro).json
            let body = #"{"to_cashier_id": "\#(shop.bruno.id)", "final_cash": 9}"#
            let next = try await shop.ana.change("handover", first, body).json
            let change = #"{"final_cash": 8, "reason": "a mistake"}"#
            let cashiers = try await shop.ana.edit(
                first, acknowledged + #""acknowledge_successor": true}"#)
            for (reply, isVisible) in [
                (cashiers, false), (try await shop.ana.edit(first, change), false),
                (try await admin.edit(first, change), true),
                (try await admin.change("reopen", first, Self.again), true),
                (try await admin.edit(first, acknowledged + #""acknowledge_successor": false}"#), true),
            ] {
                #expect(reply.status == 409)
                let problem = try reply.json
                #expect(problem["code"] == "HANDED_OVER" && problem["type"] == "/problems/handed-over")
                #expect(problem["successor"]["id"] == next["id"])
                #expect(problem["successor"]["href"].string == Person.path(of: next))
                let views = problem["actions"].items.map { $0["href"] }
                #expect(views == (isVisible ? [problem["successor"]["href"]] : []))
            }
            let spent = try await shop.ana.edit(first, #"{"expenses": 1, "reason": "a mistake"}"#)
            #expect(spent.status == 200, "only the count is the other float")
            let corrected = try await admin.edit(first, acknowledged + #""acknowledge_successor": true}"#).json
            #expect(corrected["final_cash"] == 8 && corrected["corrections"] == 2)
            #expect(corrected["at_close"]["final_cash"] == 9)
            #expect(try await admin.get(Person.path(of: next)).json["initial_cash"] == 9)
            #expect(corrected["allowed_actions"].items.contains("reopen") == false)
            let reopened = try await admin.change(
                "reopen", first, #"{"reason": "a mistake", "acknowledge_successor": true}"#)
            #expect(reopened.status == 200, "\(reopened.text)")
            #expect(try reopened.json["handed_over_to"]["id"] == next["id"], "the link stays")
            let other = #"{"to_cashier_id": "\#(admin.id)", "final_cash": 9}"#
            #expect(try await admin.change("handover", first, other).json["code"] == "HANDED_OVER")
            #expect(try await shop.ana.close(first, #"{"final_cash": 7}"#).json["corrections"] == 3)
        }
    }
}
