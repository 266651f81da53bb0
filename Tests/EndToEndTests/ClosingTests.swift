import TestSupport
import Testing

@Suite("POST …/sessions/{session_id}/close")
struct ClosingTests {
    @Test("A close stores the count and returns every figure")
    func closes() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro, #"{"initial_cash": 500000}"#).json
            let reply = try await shop.ana.close(
                session,
                """
                {"final_cash": 1200000, "envelope_amount": 300000, "expenses": 50000,
                 "credit_payments_collected": 100000, "declared_cash_sales": 960000, "card_total": 7,
                 "bank_transfer_total": 8, "credit_sales_total": 9, "closing_ticket": "Z-0042", "notes": "todo bien"}
                """)
            let closed = try reply.json
            #expect(reply.status == 200)
            #expect(reply[header: "ETag"] == #""2""#)
            #expect(closed["status"] == "CLOSED")
            #expect(closed["version"] == 2)
            #expect(closed["closed_by"].string == shop.ana.id)
            #expect(closed["closing_ticket"] == "Z-0042")
            #expect(closed["notes"] == "todo bien")
            #expect(closed["allowed_actions"] == .array(["view", "edit", "reconcile"]))
            #expect(
                closed["totals"]
                    == .object([
                        "cash_sales": 950_000, "total_sales": 950_024, "net_earnings": 900_024,
                        "expected_cash": 1_210_000, "over_short": -10_000,
                    ]))
            #expect(try await shop.ana.get(Person.path(of: session)).json == closed)
        }
    }

    @Test(
        "Of two closes with different counts one succeeds, and the other is 409 with the winner's figures", .tags(.ac03)
    )
    func twoCloses() async throws {
        try await withShop(replicas: 2) { shop in
            for round in 0..<10 {
                let session = try await shop.ana.open(in: shop.centro).json
                async let one = shop.ana.close(session, #"{"final_cash": 111}"#)
                async let other = shop.at(1, shop.ana).close(session, #"{"final_cash": 222}"#)
                let replies = try await [one, other].sorted { $0.status < $1.status }
                #expect(replies.map(\.status) == [200, 409], "round \(round)")
                let (winner, loser) = try (replies[0].json, replies[1].json)
                #expect(loser["code"] == "SESSION_ALREADY_CLOSED")
                for fact in ["id", "final_cash", "closed_at", "closed_by"] {
                    #expect(loser["existing_session"][fact] == winner[fact], "\(fact)")
                }
                #expect(loser["existing_session"]["over_short"] == winner["totals"]["over_short"])
                #expect(try await shop.ana.get(Person.path(of: session)).json == winner)
            }
            #expect(try shop.query("select count(*)::text from audit_events where action = 'session.close'") == "10")
        }
    }

    @Test("A close with a stale If-Match is 412, and a close of a closed session is 409 regardless of it")
    func ifMatch() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let stale = try await shop.ana.close(session, headers: ["If-Match": #""7""#])
            #expect(stale.status == 412)
            #expect(try stale.json["code"] == "VERSION_MISMATCH")
            #expect(try await shop.ana.close(session, headers: ["If-Match": #""9", W/"1""#]).status == 200)
            let late = try await shop.ana.close(session, headers: ["If-Match": #""1""#])
            #expect(late.status == 409)
            #expect(try late.json["code"] == "SESSION_ALREADY_CLOSED")
        }
    }

    @Test("A session can be closed by an administrator, who is recorded in closed_by, but not by a colleague")
    func whoMayClose() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let colleague = try await shop.bruno.close(session)
            #expect(colleague.status == 403)
            #expect(try await shop.diego.close(session).status == 404)
            let closed = try await shop.administrator.close(session)
            #expect(closed.status == 200)
            #expect(try closed.json["closed_by"].string == shop.administrator.id)
        }
    }

    @Test("A session that was opened yesterday can be closed today")
    func yesterday() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            try shop.execute("update cash_sessions set opened_at = now() - interval '30 hours'")
            #expect(try await shop.ana.get(Person.path(of: session)).json["stale"] == true)
            #expect(try await shop.ana.close(session).status == 200)
        }
    }

    @Test("A close without a count or with invalid amounts reports every invalid field and changes nothing")
    func invalid() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let reply = try await shop.ana.close(
                session,
                #"{"card_total": -1, "expenses": "5", "envelope_amount": 1.5, "closing_ticket": "a b", "x": 1}"#)
            #expect(reply.status == 422)
            let faults = Set(
                try reply.json["errors"].items.map { "\($0["pointer"].string ?? "") \($0["code"].string ?? "")" })
            #expect(
                faults == [
                    "#/final_cash REQUIRED", "#/card_total RANGE", "#/expenses TYPE", "#/envelope_amount TYPE",
                    "#/closing_ticket FORMAT", "#/x UNKNOWN_FIELD",
                ])
            #expect(try await shop.ana.get(Person.path(of: session)).json == session)
        }
    }

    @Test("Every close writes one audit event with the session before and after")
    func audited() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            _ = try await shop.ana.close(session)
            let event = try shop.query(
                """
                select concat_ws(
                    ' ', count(*) over (), e.actor_id, e.before ->> 'status', e.after ->> 'status',
                    e.after ->> 'final_cash', e.xmin = s.xmin
                )
                from audit_events as e join cash_sessions as s on s.id = e.session_id
                where e.action <> 'session.open'
                """)
            #expect(event == "1 \(shop.ana.id) OPEN CLOSED 150000 t")
        }
    }
}
