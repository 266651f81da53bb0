import Foundation
import TestSupport
import Testing

@Suite("cashpilot audit verify")
struct AuditChainTests {
    @Test("An unaltered trail is sound, and its printed head stays in the chain as later events are sealed")
    func sound() async throws {
        try await withShop { shop in
            for _ in 0..<3 { _ = try await shop.ana.close(try await shop.ana.open(in: shop.centro).json) }
            try await shop.untilSealed()
            try shop.adopt()
            try await shop.untilSealed()
            let found = try await shop.verify()
            #expect(found.status == 0, "\(found.output)")
            #expect(found.output.contains("Nothing was altered or removed."))
            let head = try #require(found.heads.first { $0.hasPrefix(shop.centro) })
            // The business and its two assignments were adopted.
            #expect(head.contains(":9:"))
            _ = try await shop.ana.open(in: shop.centro)
            try await shop.untilSealed()
            #expect(try await shop.verify("--expect-head", head).status == 0)
            #expect(try await shop.verify("--business", shop.centro, "--expect-head", head).status == 0)
            let other = head.dropLast() + (head.hasSuffix("0") ? "1" : "0")
            let bad = try await shop.verify("--expect-head", String(other))
            #expect(bad.status == 2)
            #expect(bad.output.contains("business \(shop.centro) position 9: UNEXPECTED_HEAD"))
        }
    }

    @Test("cashpilot audit verify --json prints the findings as JSON")
    func json() async throws {
        try await withShop { shop in
            _ = try await shop.ana.open(in: shop.centro)
            try await shop.untilSealed()
            try shop.adopt()
            try await shop.untilSealed()
            let sound = try JSON(parsing: Data(try await shop.verify("--json", "--business", shop.centro).output.utf8))
            #expect(sound["sound"] == true)
            // The open, the business and its two assignments.
            #expect(sound["events_sealed"] == 4)
            #expect(sound["rows_checked"] == 4)
            #expect(sound["businesses"][0]["business_id"].string == shop.centro)
            try shop.tamper("delete from audit_events")
            let bad = try await shop.verify("--json", "--business", shop.centro)
            #expect(bad.status == 2)
            let fault = try JSON(parsing: Data(bad.output.utf8))["faults"][0]
            #expect(fault["code"] == "EVENT_MISSING")
            #expect(fault["business_id"].string == shop.centro)
            #expect(fault["position"] == 1)
            #expect(fault["event_id"].string?.count == 36)
        }
    }

    @Test("An alteration of any column of an audit event is detected, and the row is named")
    func everyColumn() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            _ = try await shop.ana.close(session)
            try await shop.untilSealed()
            try shop.adopt()
            try await shop.untilSealed()
            let event = try shop.query("select id::text from audit_events where action = 'session.close'") ?? ""
            let columns = try #require(
                try shop.query(
                    """
                    select string_agg(column_name || ' ' || data_type, ',' order by ordinal_position)
                    from information_schema.columns where table_name = 'audit_events'
                    """))
            let others = [
                "uuid": "gen_random_uuid()", "text": "'x.y'", "jsonb": "'{}'",
                "timestamp with time zone": "occurred_at + interval '1 ms'",
            ]
            try shop.execute("create table kept as select * from audit_events")
            for column in columns.split(separator: ",").map({ $0.split(separator: " ", maxSplits: 1).map(String.init) })
            {
                let value = try #require(others[column[1]], "\(column)")
                try shop.tamper("update audit_events set \(column[0]) = \(value) where id = '\(event)'")
                let found = try await shop.verify()
                #expect(found.status == 2, "\(column[0])")
                let isKey = ["business_id", "id"].contains(column[0])
                let finding =
                    "business \(shop.centro) position 2 event \(event): \(isKey ? "EVENT_MISSING" : "ALTERED")"
                #expect(found.output.contains(finding), "\(column[0]): \(found.output)")
                try shop.tamper("delete from audit_events")
                try shop.tamper("insert into audit_events select * from kept")
            }
            #expect(try await shop.verify().status == 0, "all is as it was")
        }
    }

    @Test(
        "A removal or alteration that bypasses the triggers is detected and named",
        arguments: [
            (
                "delete from audit_events where id = (select event_id from audit_seals where position = 2)", "2", true,
                "EVENT_MISSING"
            ),
            ("delete from audit_seals where position = 2", "2", true, "SEAL_MISSING"),
            ("delete from audit_seals where position = 1", "1", true, "SEAL_MISSING"),
            ("delete from audit_seals where position >= 3", "3", true, "SEAL_MISSING"),
            ("delete from audit_seals", "1", true, "SEAL_MISSING"),
            ("update audit_seals set hash = sha256('x') where position = 2", "2", true, "ALTERED"),
            ("update audit_seals set sealed_at = sealed_at + interval '1 s' where position = 4", "4", true, "ALTERED"),
            ("update audit_seals set position = 9 where position = 4", "4", false, "SEAL_MISSING"),
            ("delete from audit_heads", "4", false, "HEAD_MISSING"),
            ("update audit_heads set position = 3", "3", false, "HEAD_MISMATCH"),
            ("update audit_heads set hash = sha256('x')", "4", false, "HEAD_MISMATCH"),
        ])
    func tampering(statement: String, position: String, hasEvent: Bool, code: String) async throws {
        try await withShop { shop in
            for _ in 0..<2 { _ = try await shop.ana.close(try await shop.ana.open(in: shop.centro).json) }
            try await shop.untilSealed()
            let sealed = "select string_agg(event_id::text, ',' order by position) from audit_seals"
            let events = try shop.query(sealed) ?? ""
            let event = events.split(separator: ",")[(Int(position) ?? 1) - 1]
            try shop.tamper(statement)
            let found = try await shop.verify()
            #expect(found.status == 2)
            let place = "business \(shop.centro) position \(position)\(hasEvent ? " event \(event)" : ""): \(code)"
            #expect(found.output.contains(place), "\(found.output)")
        }
    }

    @Test("A chain that was truncated with its rows is detected only with a head that was noted elsewhere")
    func cutTail() async throws {
        try await withShop { shop in
            _ = try await shop.ana.close(try await shop.ana.open(in: shop.centro).json)
            try shop.adopt()
            try await shop.untilSealed()
            let kept = "select max(position) from audit_seals where business_id = '\(shop.centro)'"
            let position = try #require(try shop.query("select (\(kept))::text"))
            _ = try await shop.ana.close(try await shop.ana.open(in: shop.centro).json)
            try await shop.untilSealed()
            let head = try #require(try await shop.verify().heads.first { $0.hasPrefix(shop.centro) })
            let cut = "business_id = '\(shop.centro)' and position > \(position)"
            try shop.tamper(
                "delete from audit_events where id in (select event_id from audit_seals where \(cut))",
                "delete from audit_seals where \(cut)",
                """
                update audit_heads as h set position = s.position, hash = s.hash
                from audit_seals as s
                where h.business_id = '\(shop.centro)' and s.business_id = h.business_id and s.position = \(position)
                """)
            let withRows = try await shop.verify()
            #expect(withRows.status == 2)
            #expect(withRows.output.contains("NO_EVENT"), "\(withRows.output)")
            try shop.tamper("delete from cash_sessions where session_number = 2")
            let withoutRows = try await shop.verify()
            #expect(withoutRows.status == 0, "\(withoutRows.output)")
            let found = try await shop.verify("--expect-head", head)
            #expect(found.status == 2)
            #expect(found.output.contains("position \((Int(position) ?? 0) + 2): UNEXPECTED_HEAD"), "\(found.output)")
            try shop.tamper("delete from audit_events", "delete from audit_seals", "delete from audit_heads")
            let gone = try await shop.verify("--expect-head", head)
            #expect(gone.status == 2)
            #expect(gone.output.contains("UNEXPECTED_HEAD"), "a chain that is gone altogether: \(gone.output)")
        }
    }

    @Test("An event that bypassed the trigger is named, and so is one that has waited for its seal for over a minute")
    func unsealed() async throws {
        try await withShop { shop in
            try shop.adopt()
            try await shop.untilSealed()
            let lock = try shop.connection()
            try lock.execute("select pg_advisory_lock(hashtextextended('audit_seals/\(shop.centro)', 0))")
            #expect(try await shop.ana.open(in: shop.centro).status == 201, "opens continue while the seals are locked")
            #expect(try await shop.bruno.open(in: shop.centro).status == 201)
            let waiting = try await shop.verify()
            #expect(waiting.status == 0)
            #expect(waiting.output.contains("Events without a seal yet: 2 (the oldest for "), "\(waiting.output)")
            var operations = shop.stranger
            operations.address = shop.services[0].managementAddress
            try await eventually("the metric tells") {
                try await operations.get("/metrics").text.contains("\ncashpilot_audit_unsealed 2\n") ? true : nil
            }
            try shop.execute(
                """
                insert into audit_events (business_id, id, occurred_at, action)
                values ('\(shop.centro)', gen_random_uuid(), now() - interval '2 minutes', 'a.b')
                """)
            let late = try await shop.verify()
            #expect(late.status == 2)
            #expect(late.output.contains("business \(shop.centro): UNSEALED"), "\(late.output)")
            try lock.execute("select pg_advisory_unlock_all()")
            try await shop.untilSealed()
            let id = "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d"
            try shop.tamper(
                "insert into audit_events (business_id, id, action) values ('\(shop.centro)', '\(id)', 'a.b')")
            let found = try await shop.verify()
            #expect(found.status == 2)
            #expect(found.output.contains("business \(shop.centro) event \(id): NEVER_SEALED"))
        }
    }

    @Test("cashpilot audit verify exits with 1 if the database is unreachable")
    func cannotRun() async throws {
        let process = try CashPilotProcess(
            ["audit", "verify"], environment: ["DATABASE_URL": "host=/nowhere", "PATH": "/usr/bin:/bin"])
        #expect(try await process.wait() == 1)
    }
}
