import TestSupport
import Testing

@Suite("Idempotency-Key")
struct IdempotencyTests {
    @Test(
        "A repeated key replays the stored response byte for byte, at any replica and after later changes", .tags(.ac03)
    )
    func replays() async throws {
        try await withShop(replicas: 2) { shop in
            let key = ["Idempotency-Key": "till-1-0001"]
            let first = try await shop.ana.open(in: shop.centro, headers: key)
            #expect(first.status == 201)
            #expect(first[header: "Idempotent-Replayed"] == nil)
            #expect(try await shop.ana.close(try first.json).status == 200)
            let again = try await shop.at(1, shop.ana).open(in: shop.centro, headers: key)
            #expect(again.status == 201)
            #expect(again.body == first.body)
            #expect(again[header: "Idempotent-Replayed"] == "true")
            #expect(again[header: "Location"] == first[header: "Location"])
            #expect(again[header: "ETag"] == first[header: "ETag"])
            #expect(try shop.query("select count(*)::text from cash_sessions") == "1")
        }
    }

    @Test("A repeated close replays its 200 instead of reporting SESSION_ALREADY_CLOSED")
    func replaysClose() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let key = ["Idempotency-Key": #""quoted-key""#]
            let first = try await shop.ana.close(session, headers: key)
            let again = try await shop.ana.close(session, headers: ["Idempotency-Key": "quoted-key"])
            #expect(first.status == 200 && again.status == 200)
            #expect(again.body == first.body)
            #expect(again[header: "Idempotent-Replayed"] == "true")
        }
    }

    @Test("A retry with the same values in other bytes gets the stored response", .tags(.ac03))
    func sameValues() async throws {
        try await withShop { shop in
            let key = ["Idempotency-Key": "k"]
            let body = #"{"initial_cash":150000,"notes":"café"}"#
            let first = try await shop.ana.open(in: shop.centro, body, headers: key)
            #expect(first.status == 201)
            for body in [
                #"{"notes":"café","initial_cash":150000}"#, #"{"initial_cash": 150000.0, "notes": "caf\u00e9"}"#,
                #"{"initial_cash":1.5e5,"notes":"café","terminal_id":null}"#,
                #"{"initial_cash":150000,"notes":"café","cashier_id":"\#(shop.ana.id)"}"#,
            ] {
                let again = try await shop.ana.open(in: shop.centro, body, headers: key)
                #expect(again[header: "Idempotent-Replayed"] == "true", "\(again.text)")
                #expect(again.body == first.body)
            }
            let other = #"{"initial_cash":150000,"notes":"cafe"}"#
            #expect(try await shop.ana.open(in: shop.centro, other, headers: key).status == 422)
        }
    }

    @Test("A response that an earlier version stored for the same bytes is replayed after an upgrade")
    func earlierVersion() async throws {
        try await withShop { shop in
            let key = ["Idempotency-Key": "k"]
            let body = #"{"initial_cash": 1}"#
            let first = try await shop.ana.open(in: shop.centro, body, headers: key)
            #expect(first.status == 201)
            try shop.execute(
                """
                update idempotency_keys set fingerprint =
                sha256(convert_to('\(shop.centro) ', 'UTF8') || '\\x00'::bytea || convert_to('\(body)', 'UTF8'))
                """)
            #expect(try await shop.ana.open(in: shop.centro, body, headers: key).body == first.body)
            let respelled = try await shop.ana.open(in: shop.centro, #"{"initial_cash":1}"#, headers: key)
            #expect(respelled.status == 422)
        }
    }

    @Test("A key is rejected with other values or for another session", .tags(.ac03))
    func reused() async throws {
        try await withShop { shop in
            let key = ["Idempotency-Key": "k"]
            let session = try await shop.ana.open(in: shop.centro, headers: key).json
            let other = try await shop.ana.open(in: shop.centro, #"{"initial_cash": 2}"#, headers: key)
            #expect(other.status == 422)
            #expect(try other.json["code"] == "IDEMPOTENCY_KEY_REUSED")
            #expect(try await shop.ana.close(session, headers: key).status == 200, "another route is another scope")
            let next = try await shop.ana.open(in: shop.centro).json
            let elsewhere = try await shop.ana.close(next, headers: key)
            #expect(elsewhere.status == 422)
        }
    }

    @Test("A resume is a stored response too, so a late duplicate opens no session")
    func resumeIsKept() async throws {
        try await withShop { shop in
            let path = "/v1/businesses/\(shop.centro)/sessions?on_conflict=resume"
            let body = #"{"initial_cash": 1}"#
            let session = try await shop.ana.open(in: shop.centro).json
            let first = try await shop.ana.post(path, body, headers: ["Idempotency-Key": "resume"])
            #expect(first.status == 200)
            #expect(try await shop.ana.close(session).status == 200)
            let late = try await shop.ana.post(path, body, headers: ["Idempotency-Key": "resume"])
            #expect(late.status == 200)
            #expect(late.body == first.body)
            #expect(late[header: "Idempotent-Replayed"] == "true")
            #expect(try shop.query("select count(*)::text from cash_sessions") == "1")
        }
    }

    @Test("A stored response outlives its business's deactivation, but not the caller's loss of rights")
    func replayAfterChanges() async throws {
        try await withShop { shop in
            let key = ["Idempotency-Key": "k"]
            let session = try await shop.ana.open(in: shop.centro, headers: key).json
            #expect(try await shop.administrator.close(session, headers: key).status == 200)
            try shop.execute("update businesses set is_active = false")
            #expect(try await shop.ana.open(in: shop.centro, headers: key).status == 201)
            try shop.execute("update users set role = 'CASHIER' where id = '\(shop.administrator.id)'")
            try shop.execute("insert into business_cashiers values ('\(shop.centro)', '\(shop.administrator.id)')")
            #expect(try await shop.administrator.close(session, headers: key).status == 403)
        }
    }

    @Test("Keys expire after seven days and are deleted in batches of 500 while opens continue")
    func forgotten() async throws {
        try await withShop(replicas: 0) { shop in
            try shop.execute(
                """
                insert into idempotency_keys (business_id, user_id, operation, key, fingerprint, answer, created_at)
                select '\(shop.centro)', '\(shop.bruno.id)', 'session.open', n::text, sha256('x'), '{}',
                    now() - case when n <= 50000 then interval '7 days 1 minute' else interval '6 days 23 hours' end
                from generate_series(1, 52000) as n;
                create table forgotten_at_once (keys bigint);
                create function note_forgotten() returns trigger language plpgsql security definer as $$
                begin
                    insert into forgotten_at_once select count(*) from gone;
                    return null;
                end
                $$;
                create trigger note after delete on idempotency_keys referencing old table as gone
                for each statement execute function note_forgotten();
                """)
            let service = try await Service(database: shop.connectionString)
            var ana = shop.ana
            ana.address = service.address
            let left = "select count(*)::text from idempotency_keys where created_at < now() - interval '7 days'"
            var shifts = 0
            repeat {
                shifts += 1
                let opened = try await ana.open(in: shop.centro, headers: ["Idempotency-Key": "fresh-\(shifts)"])
                #expect(opened.status == 201, "\(opened.text)")
                #expect(try await ana.close(try opened.json).status == 200)
            } while try shop.query(left) != "0" && shifts < 10_000
            #expect(try shop.query("select max(keys) || ' ' || sum(keys) from forgotten_at_once") == "500 50000")
            #expect(try shop.query("select count(*)::text from idempotency_keys") == "\(2000 + shifts)")
        }
    }

    @Test("A failed deletion of expired keys is logged and retried")
    func forgottenLater() async throws {
        try await withShop(replicas: 0) { shop in
            try shop.execute(
                """
                insert into idempotency_keys (business_id, user_id, operation, key, fingerprint, answer, created_at)
                values ('\(shop.centro)', '\(shop.bruno.id)', 'session.open', 'k', sha256('x'), '{}', now() - interval '8 days');
                revoke delete on idempotency_keys from cashpilot_app;
                """)
            let service = try await Service(database: shop.connectionString)
            try await eventually("it says so") {
                service.process.errors.contains("Failed to delete expired rows") ? true : nil
            }
            #expect(try shop.query("select count(*)::text from idempotency_keys") == "1")
            try shop.execute("grant delete on idempotency_keys to cashpilot_app")
            try await eventually("it is forgotten") {
                try shop.query("select count(*)::text from idempotency_keys") == "0" ? true : nil
            }
        }
    }

    @Test("A key is scoped to its caller and its business")
    func scope() async throws {
        try await withShop { (shop: Shop) async throws in
            let key = ["Idempotency-Key": "same"]
            #expect(try await shop.ana.open(in: shop.centro, headers: key).status == 201)
            #expect(try await shop.bruno.open(in: shop.centro, headers: key).status == 201)
            #expect(try await shop.ana.open(in: shop.villaMorra, headers: key).status == 201)
        }
    }

    @Test("A conflict is not stored: the same key opens a session once none is open")
    func refusalsAreNotKept() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let key = ["Idempotency-Key": "later"]
            #expect(try await shop.ana.open(in: shop.centro, headers: key).status == 409)
            #expect(try await shop.ana.close(first).status == 200)
            let opened = try await shop.ana.open(in: shop.centro, headers: key)
            #expect(opened.status == 201)
            #expect(opened[header: "Idempotent-Replayed"] == nil)
        }
    }

    @Test("A second open with a key gets REQUEST_IN_FLIGHT and Retry-After while the first one runs")
    func inFlight() async throws {
        try await withShop(replicas: 2) { shop in
            #expect(try await shop.bruno.open(in: shop.centro).status == 201)
            let lock = try shop.connection()
            try lock.execute("begin")
            try lock.execute("select 1 from business_counters for update")
            let key = ["Idempotency-Key": "slow"]
            async let first = shop.ana.open(in: shop.centro, headers: key)
            try await shop.untilALockIsWaitedFor()
            let second = try await shop.at(1, shop.ana).open(in: shop.centro, headers: key)
            #expect(second.status == 409)
            #expect(try second.json["code"] == "REQUEST_IN_FLIGHT")
            #expect(second[header: "Retry-After"] == "1")
            try lock.execute("rollback")
            #expect(try await first.status == 201)
        }
    }

    @Test("Concurrent opens with one key have one effect, and every 201 has identical bytes")
    func storm() async throws {
        try await withShop(replicas: 3) { shop in
            let replies = try await together(30) { index in
                try await shop.at(index % 3, shop.ana).open(in: shop.centro, headers: ["Idempotency-Key": "storm"])
            }
            let opened = replies.filter { $0.status == 201 }
            let first = opened.filter { $0[header: "Idempotent-Replayed"] == nil }
            let others = try replies.filter { $0.status != 201 }.map { try $0.json["code"] }
            #expect(first.count == 1)
            #expect(Set(opened.map(\.body)).count == 1)
            #expect(Set(others).isSubset(of: ["REQUEST_IN_FLIGHT"]))
            #expect(try shop.query("select count(*)::text from cash_sessions") == "1")
        }
    }

    @Test(
        "A malformed Idempotency-Key is rejected with 422",
        arguments: ["", "with space", "é", String(repeating: "k", count: 256)])
    func malformed(key: String) async throws {
        try await withShop { shop in
            let reply = try await shop.ana.open(in: shop.centro, headers: ["Idempotency-Key": key])
            #expect(reply.status == 422)
            #expect(try reply.json["errors"][0]["header"] == "Idempotency-Key")
            let longest = String(repeating: "k", count: 255)
            #expect(try await shop.ana.open(in: shop.centro, headers: ["Idempotency-Key": longest]).status == 201)
        }
    }
}
