import TestSupport
import Testing

@Suite("Sessions of one cashier do not overlap")
struct OverlapTests {
    private func expectOverlap(_ reply: Reply, with session: JSON, retry: String) throws {
        let dialog = try Dialog(reply)
        #expect(try reply.json["code"] == "SESSION_OVERLAP", "\(reply.text)")
        #expect(dialog.existing["id"] == session["id"])
        #expect(dialog.detail.contains(" \(session["session_number"].integer ?? 0) "), "\(dialog.detail)")
        #expect(dialog.names == ["view"], "a closed session can only be viewed")
        #expect(dialog.retryTarget == retry)
    }

    @Test("An open in the past during another session of the cashier is refused and names it, but not at its end")
    func backdated() async throws {
        try await withShop { shop in
            let first = try await shop.closedSession(of: shop.ana, in: shop.centro, from: 10, to: 8)
            let all = "POST /v1/businesses/\(shop.centro)/sessions"
            for hours in [9, 10] {
                let refused = try await shop.openInThePast(of: shop.ana, in: shop.centro, hoursAgo: hours)
                try expectOverlap(refused, with: first, retry: all)
            }
            #expect(try shop.query("select count(*)::text from cash_sessions") == "1")
            let end = try #require(
                try shop.query(
                    """
                    select to_char(closed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') from cash_sessions
                    """))
            let touching = #"{"initial_cash": 5, "cashier_id": "\#(shop.ana.id)", "opened_at": "\#(end)"}"#
            let opened = try await shop.administrator.open(in: shop.centro, touching)
            #expect(opened.status == 201, "\(opened.text)")
            #expect(try opened.json["opened_at"].string == end)
        }
    }

    @Test("Sessions of other cashiers and businesses, and deleted ones, do not overlap")
    func others() async throws {
        try await withShop { shop in
            let first = try await shop.closedSession(of: shop.ana, in: shop.centro, from: 10, to: 8)
            #expect(try await shop.openInThePast(of: shop.bruno, in: shop.centro, hoursAgo: 9).status == 201)
            #expect(try await shop.openInThePast(of: shop.ana, in: shop.villaMorra, hoursAgo: 9).status == 201)
            #expect(try await shop.administrator.delete(first).status == 204)
            #expect(try await shop.openInThePast(of: shop.ana, in: shop.centro, hoursAgo: 9).status == 201)
        }
    }

    @Test("A session that ended frees its cashier from then on, although it is counted later")
    func endedEarlier() async throws {
        try await withShop { shop in
            let first = try await shop.openInThePast(of: shop.ana, in: shop.centro, hoursAgo: 10).json
            #expect(try await shop.ana.change("end", first).status == 200)
            try shop.execute("update cash_sessions set ended_at = opened_at + interval '2 hours'")
            let refused = try await shop.openInThePast(of: shop.ana, in: shop.centro, hoursAgo: 9)
            let dialog = try Dialog(refused)
            #expect(try refused.json["code"] == "SESSION_OVERLAP")
            #expect(dialog.existing["status"] == "ENDED" && dialog.names == ["view", "close", "force_close"])
            #expect(try await dialog.take("close", as: shop.administrator, #"{"final_cash": 1}"#).status == 200)
            let opened = try await shop.openInThePast(of: shop.ana, in: shop.centro, hoursAgo: 7)
            #expect(opened.status == 201, "\(opened.text)")
        }
    }

    @Test("An edit of opened_at into another session of the cashier is refused and names it, but not at its end")
    func edited() async throws {
        try await withShop { shop in
            let first = try await shop.closedSession(of: shop.ana, in: shop.centro, from: 10, to: 8)
            let second = try await shop.closedSession(of: shop.ana, in: shop.centro, from: 6, to: 4)
            let retry = "PATCH \(Person.path(of: second))"
            func edit(_ hours: Int) async throws -> Reply {
                let at = try shop.time(hoursAgo: hours)
                return try await shop.administrator.edit(second, #"{"opened_at": "\#(at)", "reason": "typing error"}"#)
            }
            try expectOverlap(try await edit(9), with: first, retry: retry)
            try expectOverlap(try await edit(12), with: first, retry: retry)
            #expect(try await edit(7).status == 200)
            let end = try #require(
                try shop.query(
                    """
                    select to_char(closed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') from cash_sessions
                    where id = '\(first["id"].string ?? "")'
                    """))
            let touching = try await shop.administrator.edit(
                second, #"{"opened_at": "\#(end)", "reason": "typing error"}"#)
            #expect(touching.status == 200, "\(touching.text)")
            #expect(try touching.json["opened_at"].string == end)
        }
    }

    @Test("A move to a cashier who had another session at that time is refused and names it")
    func moved() async throws {
        try await withShop { shop in
            let anas = try await shop.closedSession(of: shop.ana, in: shop.centro, from: 10, to: 8)
            let during = try await shop.closedSession(of: shop.bruno, in: shop.centro, from: 9, to: 7)
            let after = try await shop.closedSession(of: shop.bruno, in: shop.centro, from: 6, to: 5)
            func move(_ session: JSON) async throws -> Reply {
                try await shop.administrator.edit(
                    session, #"{"cashier_id": "\#(shop.ana.id)", "reason": "wrong name"}"#)
            }
            try expectOverlap(try await move(during), with: anas, retry: "PATCH \(Person.path(of: during))")
            #expect(
                try await shop.administrator.get(Person.path(of: during)).json["cashier_id"].string == shop.bruno.id)
            let moved = try await move(after)
            #expect(moved.status == 200, "\(moved.text)")
            #expect(try moved.json["cashier_id"].string == shop.ana.id)
        }
    }
}
