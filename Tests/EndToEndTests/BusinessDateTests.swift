import TestSupport
import Testing

@Suite("Lists by business date")
struct BusinessDateTests {
    /// As far ahead of UTC and as far behind it as clocks are, and days that begin as early and as late as they may.
    @Test(
        "A session is found by its business date and not by the day before or after, wherever and however late days begin",
        arguments: ["Pacific/Kiritimati", "Etc/GMT+12", "America/Asuncion"], ["00:00", "23:59"])
    func extremes(zone: String, cutOff: String) async throws {
        try await withShop { shop in
            let business =
                try await shop.administrator.post(
                    "/v1/businesses",
                    #"{"name": "Far", "currency": "USD", "time_zone": "\#(zone)", "day_cutoff": "\#(cutOff)"}"#
                ).json["id"].string ?? ""
            for hour in ["00", "09", "11", "12", "14", "23"] {
                let session = try await shop.administrator.post(
                    "/v1/businesses/\(business)/sessions",
                    #"{"initial_cash": 1, "opened_at": "2026-01-15T\#(hour):59:30Z"}"#
                ).json
                let id = session["id"].string ?? ""
                #expect(try await shop.administrator.close(session).status == 200)
                let day = session["business_date"].string ?? ""
                let around = try shop.ask("select concat_ws(' ', date '\(day)' - 1, date '\(day)' + 1)") ?? ""
                let (before, after) = (around.prefix(10), around.suffix(10))
                #expect(try await list(shop, "business_date_from=\(day)&business_date_to=\(day)").contains(id))
                #expect(try await !list(shop, "business_date_to=\(before)").contains(id))
                #expect(try await !list(shop, "business_date_from=\(after)").contains(id))
            }
        }
    }

    private func list(_ shop: Shop, _ filters: String) async throws -> [String] {
        try await shop.administrator.get("/v1/sessions?\(filters)").json["items"].items.map { $0["id"].string ?? "" }
    }

    @Test("The widest dates there are, and filters that exclude each other, are answered with what they name")
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
