import TestSupport
import Testing

@Suite("The float of a session")
struct FloatTests {
    private func open(_ shop: Shop, by person: Person, _ float: Int, at terminal: String?) async throws -> JSON {
        let terminal = terminal.map { #", "terminal_id": "\#($0)""# } ?? ""
        let reply = try await person.open(in: shop.centro, #"{"initial_cash": \#(float)\#(terminal)}"#)
        #expect(reply.status == 201, "\(reply.text)")
        return try reply.json
    }

    @Test("A session has the difference between its float and the last count at its terminal, by any cashier")
    func openingDifference() async throws {
        try await withShop { shop in
            let first = try await open(shop, by: shop.ana, 100_000, at: "till-1")
            #expect(first["opening_difference"] == .null, "there is no count before it")
            #expect(try await shop.ana.close(first, #"{"final_cash": 300000}"#).status == 200)
            let second = try await open(shop, by: shop.bruno, 250_000, at: "till-1")
            #expect(second["opening_difference"] == -50_000, "of another cashier too")
            #expect(try await shop.bruno.get(Person.path(of: second)).json["opening_difference"] == -50_000)
            #expect(try await open(shop, by: shop.ana, 1, at: "till-2")["opening_difference"] == .null)
            #expect(try await shop.bruno.close(second, #"{"final_cash": 260000}"#).status == 200)
            let third = try await open(shop, by: shop.bruno, 260_000, at: "till-1")
            #expect(third["opening_difference"] == 0)
        }
    }

    @Test("A session without a terminal has no opening difference, and an edit of the terminal finds the last count")
    func editedTerminal() async throws {
        try await withShop { shop in
            let first = try await open(shop, by: shop.ana, 100, at: "till-1")
            #expect(try await shop.ana.close(first, #"{"final_cash": 300}"#).status == 200)
            let second = try await open(shop, by: shop.ana, 310, at: nil)
            #expect(second["opening_difference"] == .null)
            func edited(_ body: String) async throws -> JSON {
                let reply = try await shop.ana.edit(second, body)
                #expect(reply.status == 200, "\(reply.text)")
                return try reply.json["opening_difference"]
            }
            #expect(try await edited(#"{"terminal_id": "till-1"}"#) == 10)
            #expect(try await edited(#"{"initial_cash": 320}"#) == 20)
            // Without a reason the comparison with the last count stays.
            #expect(try await shop.ana.edit(second, #"{"terminal_id": null}"#).status == 422)
            #expect(try await edited(#"{"terminal_id": "till-2", "reason": "wrong till"}"#) == .null)
            #expect(try await edited(#"{"terminal_id": "till-1"}"#) == 20)
            #expect(try await edited(#"{"terminal_id": null, "reason": "no till"}"#) == .null)
        }
    }

    @Test("A float is not compared with an older count if the session before at its terminal has no count yet")
    func uncountedBefore() async throws {
        try await withShop { shop in
            let first = try await open(shop, by: shop.ana, 100, at: "till-1")
            #expect(try await shop.ana.close(first, #"{"final_cash": 300}"#).status == 200)
            let second = try await open(shop, by: shop.ana, 300, at: "till-1")
            #expect(try await shop.ana.change("end", second).status == 200)
            let third = try await open(shop, by: shop.ana, 900, at: "till-1")
            #expect(third["opening_difference"] == .null)
        }
    }

    @Test("The float of a handover is the count before it, without a difference")
    func handover() async throws {
        try await withShop { shop in
            let first = try await open(shop, by: shop.ana, 100, at: "till-1")
            let body = #"{"to_cashier_id": "\#(shop.bruno.id)", "final_cash": 420}"#
            let next = try await shop.ana.change("handover", first, body).json
            #expect(next["initial_cash"] == 420 && next["opening_difference"] == 0)
        }
    }

    @Test("A lower float of a session that is not closed needs a reason, and a higher or an equal one does not")
    func lowered() async throws {
        try await withShop { shop in
            let open = try await self.open(shop, by: shop.ana, 500_000, at: nil)
            let ended = try await self.open(shop, by: shop.bruno, 500_000, at: nil)
            #expect(try await shop.bruno.change("end", ended).status == 200)
            for (person, session) in [(shop.ana, open), (shop.bruno, ended), (shop.administrator, open)] {
                let current = try await person.get(Person.path(of: session)).json["initial_cash"].integer ?? 0
                let silent = try await person.edit(session, #"{"initial_cash": \#(current - 1)}"#)
                #expect(silent.status == 422)
                let error = try silent.json["errors"][0]
                #expect(error["pointer"] == "#/reason" && error["code"] == "REQUIRED", "\(error)")
                let lowered = try await person.edit(
                    session, #"{"initial_cash": \#(current - 1), "reason": "counted it again"}"#)
                #expect(lowered.status == 200, "\(lowered.text)")
                #expect(try lowered.json["initial_cash"] == .integer(current - 1))
                for float in [current - 1, current + 1] {
                    let raised = try await person.edit(session, #"{"initial_cash": \#(float)}"#)
                    #expect(raised.status == 200, "\(raised.text)")
                }
            }
            #expect(try shop.trail(of: ended).contains("session.edit counted it again ENDED ENDED"))
        }
    }
}
