import TestSupport
import Testing

@Suite("Books that are closed up to a day")
struct ClosedBooksTests {
    private static let (day, old) = (24, 40 * 24)

    /// A date by the clock of the shop's business, from its current business date.
    private func date(_ shop: Shop, daysLater days: Int) throws -> String {
        try #require(
            try shop.query(
                "select (business_date(now(), time_zone, day_cutoff) + \(days))::text from businesses "
                    + "where id = '\(shop.centro)'"))
    }

    private func closeBooks(_ shop: Shop, until date: String?) async throws -> Reply {
        try await shop.change(shop.centro, #"{"books_closed_until": \#(date.map { "\"\($0)\"" } ?? "null")}"#)
    }

    private func expectClosed(_ reply: Reply, _ what: String) throws {
        #expect(reply.status == 409, "\(what): \(reply.text)")
        #expect(try reply.json["code"] == "BOOKS_CLOSED", "\(what)")
    }

    @Test("Books are closed up to a day before the current business date, and null opens them again")
    func setting() async throws {
        try await withShop { shop in
            let path = "/v1/businesses/\(shop.centro)"
            #expect(try await shop.administrator.get(path).json["books_closed_until"] == .null)
            let today = try date(shop, daysLater: 0)
            let refused = try await closeBooks(shop, until: today)
            // Past midnight, today was another date than the request's.
            let isMeant = try date(shop, daysLater: 0) == today
            #expect(refused.status == 422 || !isMeant)
            for date in [try date(shop, daysLater: 1), "2999-12-31"] {
                let error = try await closeBooks(shop, until: date).json["errors"][0]
                #expect(error["pointer"] == "#/books_closed_until" && error["code"] == "RANGE", "\(error)")
            }
            #expect(try await closeBooks(shop, until: "31/01/2026").json["errors"][0]["code"] == "FORMAT")
            let day = try date(shop, daysLater: -2)
            #expect(try await closeBooks(shop, until: day).json["books_closed_until"].string == day)
            #expect(try await shop.ana.get(path).json["books_closed_until"].string == day)
            #expect(try await shop.change(shop.centro, #"{"name": "Centro"}"#).json["books_closed_until"].string == day)
            #expect(try await closeBooks(shop, until: nil).json["books_closed_until"] == .null)
            let cashiers = try await shop.ana.send("PATCH", path, #"{"books_closed_until": null}"#)
            #expect(cashiers.status == 403)
        }
    }

    @Test("Closing books is refused while sessions of those days are not closed, and lists them")
    func held() async throws {
        try await withShop { shop in
            let ended = try await shop.openInThePast(of: shop.ana, in: shop.centro, hoursAgo: Self.old).json
            #expect(try await shop.ana.change("end", ended).status == 200)
            let open = try await shop.openInThePast(of: shop.bruno, in: shop.centro, hoursAgo: Self.old - Self.day).json
            let (day, earlier) = (try date(shop, daysLater: -3), try date(shop, daysLater: -100))
            let refused = try await closeBooks(shop, until: day)
            let dialog = try Dialog(refused)
            #expect(try refused.json["code"] == "HAS_OPEN_SESSION")
            #expect(try refused.json["sessions"].items.map { $0["id"] } == [open["id"], ended["id"]])
            #expect(dialog.names == ["view", "close", "force_close"])
            #expect(dialog.retryTarget == "PATCH /v1/businesses/\(shop.centro)")
            #expect(try await closeBooks(shop, until: earlier).status == 200, "no session of those days")
            for session in [open, ended] {
                #expect(try await closeBooks(shop, until: day).status == 409)
                #expect(try await shop.administrator.close(session).status == 200)
            }
            let today = try await shop.ana.open(in: shop.centro).json
            #expect(try await closeBooks(shop, until: day).status == 200, "today's session does not matter")
            #expect(try await shop.ana.close(today).status == 200)
        }
    }

    @Test("Nothing dated in closed books changes, no action of such a session is offered, and null allows all again")
    func locked() async throws {
        try await withShop { shop in
            let admin = shop.administrator
            let old = try await shop.closedSession(of: shop.ana, in: shop.centro, from: Self.old, to: Self.old - 2)
            let deleted = try await shop.closedSession(
                of: shop.ana, in: shop.centro, from: Self.old - 4, to: Self.old - 5)
            let flagged = try await shop.closedSession(
                of: shop.bruno, in: shop.centro, from: Self.old, to: Self.old - 2)
            let recent = try await shop.closedSession(of: shop.ana, in: shop.centro, from: 3, to: 2)
            let flag = Person.path(of: flagged) + "/flag"
            #expect(try await admin.delete(deleted).status == 204)
            #expect(try await admin.send("PUT", flag, #"{"reason": "short again"}"#).status == 200)
            let version = try #require(try await admin.get(Person.path(of: old))[header: "ETag"])
            #expect(try await closeBooks(shop, until: try date(shop, daysLater: -20)).status == 200)
            let inside = try shop.time(hoursAgo: Self.old - 8)
            let before = try shop.everything()
            let reason = #"{"reason": "found a mistake"}"#
            let changes: [(String, Reply)] = [
                ("open", try await shop.openInThePast(of: shop.ana, in: shop.centro, hoursAgo: Self.old - 8)),
                ("edit", try await admin.edit(old, #"{"final_cash": 9, "reason": "found a mistake"}"#)),
                ("edit of notes", try await shop.ana.edit(old, #"{"notes": "x", "reason": "found a mistake"}"#)),
                ("move", try await admin.edit(old, #"{"cashier_id": "\#(shop.bruno.id)", "reason": "a mistake"}"#)),
                ("edit of the time", try await admin.edit(old, #"{"opened_at": "\#(inside)", "reason": "a mistake"}"#)),
                (
                    "edit into them",
                    try await admin.edit(recent, #"{"opened_at": "\#(inside)", "reason": "a mistake"}"#)
                ),
                ("delete", try await admin.delete(old)),
                ("reopen", try await admin.change("reopen", old, reason)),
                ("restore", try await admin.change("restore", deleted)),
                ("restore as ENDED", try await admin.change("restore", deleted, #"{"as": "ENDED"}"#)),
                ("flag", try await admin.send("PUT", Person.path(of: old) + "/flag", reason)),
                ("unflag", try await admin.send("DELETE", flag)),
            ]
            for (what, reply) in changes { try expectClosed(reply, what) }
            #expect(try shop.everything() == before)
            for session in [old, deleted, flagged] {
                #expect(try await admin.allowedActions(on: session) == ["view", "reconcile"])
            }
            #expect(try await shop.ana.allowedActions(on: old) == ["view", "reconcile"])
            let seen = try await admin.get(Person.path(of: old), headers: ["If-None-Match": version])
            #expect(seen.status == 200, "the actions changed without a new version")
            #expect(try await admin.allowedActions(on: recent).contains("edit"))
            #expect(try await closeBooks(shop, until: nil).status == 200)
            #expect(
                try await admin.allowedActions(on: old) == ["view", "edit", "reconcile", "reopen", "delete", "flag"])
            #expect(try await admin.allowedActions(on: deleted) == ["view", "reconcile", "restore"])
            #expect(try await admin.allowedActions(on: flagged).contains("unflag"))
            #expect(try await admin.delete(old).status == 204)
            #expect(try await admin.change("restore", deleted).status == 200)
        }
    }

    @Test("The day of closed books is the session's stored business date, and the day after stays open")
    func lastDay() async throws {
        try await withShop { shop in
            let old = try await shop.closedSession(of: shop.ana, in: shop.centro, from: Self.old, to: Self.old - 2)
            let date = try #require(old["business_date"].string)
            let dayBefore = try #require(try shop.query("select (date '\(date)' - 1)::text"))
            #expect(try await closeBooks(shop, until: dayBefore).status == 200)
            #expect(try await shop.administrator.edit(old, #"{"notes": "x", "reason": "a mistake"}"#).status == 200)
            #expect(try await closeBooks(shop, until: date).status == 200)
            try expectClosed(try await shop.administrator.edit(old, #"{"notes": "y", "reason": "a mistake"}"#), "edit")
        }
    }

    @Test("cashpilot business update --books-closed-until closes books up to a day, and none opens them again")
    func commandLine() async throws {
        try await withShop { shop in
            let command = ["business", "update", "--business", shop.centro, "--books-closed-until"]
            func stored() throws -> String? {
                try shop.query(
                    "select coalesce(books_closed_until::text, 'none') from businesses where id = '\(shop.centro)'")
            }
            let old = try await shop.openInThePast(of: shop.ana, in: shop.centro, hoursAgo: Self.old).json
            let day = try date(shop, daysLater: -3)
            let refused = try await shop.run(command + [day])
            #expect(refused.status == 1)
            #expect(refused.errors.contains("HAS_OPEN_SESSION"), "\(refused.errors)")
            #expect(refused.errors.contains(Person.path(of: old)), "\(refused.errors)")
            #expect(try await shop.ana.close(old).status == 200)
            #expect(try await shop.run(command + [day]).status == 0)
            #expect(try stored() == day)
            let early = try await shop.run(command + ["2999-12-31"])
            #expect(early.status == 1 && early.errors.contains("VALIDATION_FAILED"), "\(early.errors)")
            #expect(try await shop.run(command + ["31/01/2026"]).status == 64)
            #expect(try stored() == day)
            #expect(try await shop.run(command + ["none"]).status == 0)
            #expect(try stored() == "none")
        }
    }

    @Test("No change of the time zone lets a session open on a day whose books are closed")
    func timeZone() async throws {
        try await withShop { shop in
            // 26 hours lie between the two zones, so the date in the second is always an earlier one.
            #expect(try await shop.change(shop.centro, #"{"time_zone": "Pacific/Kiritimati"}"#).status == 200)
            #expect(try await closeBooks(shop, until: try date(shop, daysLater: -1)).status == 200)
            _ = try await shop.change(shop.centro, #"{"time_zone": "Etc/GMT+12"}"#)
            _ = try await shop.ana.open(in: shop.centro)
            let locked = """
                select count(*)::text from cash_sessions as s
                join businesses as b on b.id = s.business_id and s.business_date <= b.books_closed_until
                """
            #expect(try shop.query(locked) == "0")
        }
    }
}
