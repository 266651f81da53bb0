import TestSupport
import Testing

@Suite("Lists by business date")
struct BusinessDateTests {
    /// The extreme offsets from UTC, each with the earliest and the latest day cutoff.
    @Test(
        "A session is listed under its business date only, for every time zone and day cutoff",
        arguments: [("Pacific/Kiritimati", 14), ("Etc/GMT+12", -12), ("America/Asuncion", -3)],
        [("00:00", 0), ("23:59", 1_439)])
    func extremes(zone: (name: String, hoursAhead: Int), cutOff: (time: String, minutes: Int)) async throws {
        try await withShop { shop in
            let business =
                try await shop.administrator.post(
                    "/v1/businesses",
                    #"{"name": "Far", "currency": "USD", "time_zone": "\#(zone.name)", "day_cutoff": "\#(cutOff.time)"}"#
                ).json["id"].string ?? ""
            for hour in ["00", "09", "10", "11", "12", "14", "23"] {
                let session = try await shop.administrator.post(
                    "/v1/businesses/\(business)/sessions",
                    #"{"initial_cash": 1, "opened_at": "2026-01-15T\#(hour):59:30Z"}"#
                ).json
                let id = session["id"].string ?? ""
                #expect(try await shop.administrator.close(session).status == 200)
                // The next session begins later, and must not overlap.
                try shop.execute("update cash_sessions set closed_at = opened_at where closed_at is not null")
                let sinceThe10th = (5 * 24 + (Int(hour) ?? 0) + zone.hoursAhead) * 60 + 59 - cutOff.minutes
                let day = "2026-01-\(10 + sinceThe10th / (24 * 60))"
                #expect(session["business_date"].string == day)
                let around = try shop.query("select concat_ws(' ', date '\(day)' - 1, date '\(day)' + 1)") ?? ""
                let (before, after) = (around.prefix(10), around.suffix(10))
                #expect(try await list(shop, "business_date_from=\(day)&business_date_to=\(day)").contains(id))
                #expect(try await !list(shop, "business_date_to=\(before)").contains(id))
                #expect(try await !list(shop, "business_date_from=\(after)").contains(id))
            }
        }
    }

    @Test("A correction of opened_at uses the day cutoff that the session was opened with, not the business's new one")
    func storedCutoff() async throws {
        try await withShop { shop in
            let business =
                try await shop.administrator.post(
                    "/v1/businesses",
                    #"{"name": "Nights", "currency": "PYG", "time_zone": "America/Asuncion", "day_cutoff": "04:00"}"#
                ).json["id"].string ?? ""
            let night = try await shop.administrator.post(
                "/v1/businesses/\(business)/sessions", #"{"initial_cash": 1, "opened_at": "2026-01-15T05:00:00Z"}"#
            ).json
            #expect(night["business_date"] == "2026-01-14", "02:00 in Asunción")
            let changed = try await shop.administrator.send(
                "PATCH", "/v1/businesses/\(business)", #"{"day_cutoff": "00:00"}"#)
            #expect(changed.status == 200)
            let edited = try await shop.administrator.edit(night, #"{"opened_at": "2026-01-15T05:30:00Z"}"#)
            #expect(try edited.json["business_date"] == "2026-01-14", "\(edited.text)")
            #expect(try await shop.administrator.close(try edited.json).status == 200)
            let next = try await shop.administrator.open(in: business)
            #expect(next.status == 201, "\(next.text)")
            let cutoffs = try shop.query(
                """
                select string_agg(business_day_cutoff::text, ' ' order by session_number) from cash_sessions
                where business_id = '\(business)'
                """)
            #expect(cutoffs == "04:00:00 00:00:00")
        }
    }

    @Test("A response that was stored before sessions had a day cutoff is replayed with identical bytes")
    func responseWithoutCutoff() async throws {
        try await withShop { shop in
            let key = ["Idempotency-Key": "k"]
            let first = try await shop.ana.open(in: shop.centro, headers: key)
            try shop.execute("update idempotency_keys set answer = answer - 'business_day_cutoff'")
            let again = try await shop.ana.open(in: shop.centro, headers: key)
            #expect(again.status == 201)
            #expect(again[header: "Idempotent-Replayed"] == "true")
            #expect(again.body == first.body)
        }
    }

    private func list(_ shop: Shop, _ filters: String) async throws -> [String] {
        let reply = try await shop.administrator.get("/v1/sessions?\(filters)")
        #expect(reply.status == 200, "\(filters): \(reply.text)")
        return try reply.json["items"].items.map { $0["id"].string ?? "" }
    }

    @Test("Extreme dates and mutually exclusive filters return exactly the matching sessions")
    func limits() async throws {
        try await withShop { shop in
            let id = try await shop.ana.open(in: shop.centro).json["id"].string ?? ""
            #expect(try await list(shop, "business_date_from=0001-01-01&business_date_to=9999-12-31") == [id])
            #expect(try await list(shop, "business_date_from=2999-01-01&opened_before=1971-01-01T00:00:00Z") == [])
            #expect(try await list(shop, "stale=true&status=CLOSED") == [])
            #expect(try await list(shop, "stale=false&status=OPEN") == [id])
        }
    }
}
