import TestSupport
import Testing

@Suite("CONFLICT_RETENTION_DAYS and EVENT_LOG_RETENTION_DAYS")
struct RetentionTests {
    @Test("A position whose next events are deleted gets 422 with the oldest position, as a page and as a stream")
    func oldPosition() async throws {
        try await withShop { shop in
            _ = try await shop.ana.open(in: shop.centro)
            #expect(try await shop.ana.open(in: shop.centro).status == 409)
            try await eventually("the conflict is recorded") {
                try shop.query("select count(*)::text from open_conflicts") == "1" ? true : nil
            }
            try await shop.untilSealed()
            try shop.tamper(
                "update audit_events set occurred_at = occurred_at - interval '31 days'",
                "update open_conflicts set first_at = first_at - interval '31 days'")
            _ = try await shop.bruno.open(in: shop.centro)
            #expect(try await shop.bruno.open(in: shop.centro).status == 409)
            try await eventually("both conflicts are recorded") {
                try shop.query("select count(*)::text from open_conflicts") == "2" ? true : nil
            }
            try await shop.untilSealed()
            let settings = ["CONFLICT_RETENTION_DAYS": "30", "EVENT_LOG_RETENTION_DAYS": "30"]
            let service = try await Service(database: shop.connectionString, settings: settings)
            try await eventually("the old rows are deleted") {
                try shop.query(
                    """
                    select concat_ws(
                        ' ', (select count(*) from open_conflicts), (select min(position) from event_feed),
                        (select count(*) from audit_events)
                    )
                    """) == "1 3 4" ? true : nil
            }
            var admin = shop.administrator
            admin.address = service.address
            for reply in [
                try await admin.get("/v1/events?after=1"), try await admin.get("/v1/events?after=0"),
                try await admin.get(
                    "/v1/events", headers: ["Accept": "text/event-stream", "Last-Event-ID": "1"]),
            ] {
                #expect(reply.status == 422, "\(reply.text)")
                let error = try reply.json["errors"][0]
                #expect(error["code"] == "RANGE" && error["parameter"] == "after", "\(reply.text)")
                #expect(error["detail"].string?.contains("2") == true, "\(reply.text)")
            }
            let kept = try await admin.get("/v1/events?after=2").json["items"].items
            #expect(kept.map { $0["position"].integer } == [3, 4])
            let conflicts = try await admin.get("/v1/businesses/\(shop.centro)/conflicts").json["items"].items
            #expect(conflicts.map { $0["cashier_id"].string } == [shop.bruno.id])
        }
    }

    @Test("By default nothing is deleted, however old")
    func keepsAll() async throws {
        try await withShop { shop in
            _ = try await shop.ana.open(in: shop.centro)
            _ = try await shop.bruno.open(in: shop.centro)
            #expect(try await shop.ana.open(in: shop.centro).status == 409)
            try await eventually("the conflict is recorded") {
                try shop.query("select count(*)::text from open_conflicts") == "1" ? true : nil
            }
            try await shop.untilSealed()
            try shop.tamper(
                "update audit_events set occurred_at = occurred_at - interval '9000 days'",
                "update open_conflicts set first_at = first_at - interval '9000 days'",
                """
                insert into login_failures (subject, level, last_at) values (sha256('x'), 1, now() - interval '9 days')
                """)
            let service = try await Service(database: shop.connectionString)
            // Failed logins are deleted last.
            let failures = "select count(*)::text from login_failures where last_at < now() - interval '8 days'"
            try await eventually("the cleanup has run") { try shop.query(failures) == "0" ? true : nil }
            #expect(try shop.query("select count(*)::text from open_conflicts") == "1")
            #expect(try shop.query("select count(*)::text from event_feed") == "3")
            #expect(service.process.status == nil)
        }
    }

    @Test("/metrics has the size of the database")
    func size() async throws {
        try await withShop { shop in
            let bytes = try await eventually("it is measured") {
                try await shop.services[0].metric("cashpilot_database_bytes").flatMap(Int.init)
            }
            #expect(bytes > 5_000_000)
        }
    }
}
