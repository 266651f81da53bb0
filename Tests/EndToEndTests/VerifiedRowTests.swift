import TestSupport
import Testing

@Suite("Audited rows and their events")
struct VerifiedRowTests {
    @Test(
        "A change that bypasses the triggers is named with table, column, expected and actual value",
        arguments: [
            (
                "update cash_sessions set final_cash = 500 where status = 'CLOSED'",
                "column final_cash: expected 450000, actual 500: DIFFERENT"
            ),
            ("delete from cash_sessions", "ROW_MISSING"),
            ("update users set password_hash = 'x' where name like 'Ana%'", "column password_sha256: expected"),
            (
                "update users set role = 'ADMIN' where role = 'CASHIER'",
                #"column role: expected "CASHIER", actual "ADMIN": DIFFERENT"#
            ),
            (
                "insert into business_cashiers select b.id, u.id from businesses b, users u where u.role = 'ADMIN'",
                "NO_EVENT"
            ),
            ("update businesses set edit_window_hours = 8784", "column edit_window_hours: expected"),
            ("update credentials set expires_at = expires_at + interval '1 year'", "column expires_at: expected"),
            ("delete from credentials", "ROW_MISSING"),
        ])
    func tampering(statement: String, finding: String) async throws {
        try await withShop { shop in
            try shop.adopt()
            let session = try await shop.ana.open(in: shop.centro).json
            _ = try await shop.administrator.post(
                "/v1/businesses/\(shop.centro)/sessions/\(session["id"].string ?? "")/close",
                #"{"final_cash": 450000}"#)
            try await shop.untilSealed()
            let sound = try await shop.verify()
            #expect(sound.status == 0, "\(sound.output)")
            try shop.tamper(statement)
            let found = try await shop.verify()
            #expect(found.status == 2)
            #expect(found.output.contains(finding), "\(found.output)")
        }
    }

    @Test(
        "The service's role cannot change an audited row without its event",
        arguments: [
            "update cash_sessions set notes = 'x'", "update cash_sessions set session_number = 9",
            "update users set role = 'ADMIN'", "update businesses set edit_window_hours = 1",
            "delete from business_cashiers", "update businesses set created_at = now()",
            "update credentials set revoked_at = now()", "update credentials set user_id = id",
        ])
    func refused(statement: String) async throws {
        try await withShop { shop in
            _ = try await shop.ana.open(in: shop.centro)
            let connection = try shop.connection()
            try connection.execute("set session_replication_role = origin")
            try connection.execute("set role cashpilot_app")
            let error = #expect(throws: (any Error).self) { try connection.execute(statement) }
            #expect("\(error.debugDescription)".contains("42501"))
        }
    }

    @Test("Changes through the service and by commands are as their events say, also after an erasure")
    func unaltered() async throws {
        try await withShop { shop in
            try shop.adopt()
            let session = try await shop.ana.open(in: shop.centro).json
            _ = try await shop.ana.close(session)
            let person = #"{"email": "eva@x.example", "name": "Eva", "role": "CASHIER", "password": "a long password"}"#
            let eva = try await shop.administrator.post("/v1/users", person).json["id"].string ?? ""
            let assignment = "/v1/businesses/\(shop.centro)/cashiers/\(eva)"
            for reply in [
                try await shop.administrator.send("PUT", assignment),
                try await shop.administrator.send("DELETE", assignment),
                try await shop.administrator.send(
                    "PATCH", "/v1/businesses/\(shop.centro)", #"{"edit_window_hours": 5}"#),
                try await shop.administrator.send("PATCH", "/v1/users/\(eva)", #"{"password": "a longer password"}"#),
                try await shop.ana.post("/v1/auth/logout"),
            ] {
                #expect((200..<300).contains(reply.status), "\(reply.text)")
            }
            for command in [
                ["key", "create", "--email", "eva@x.example", "--name", "script"],
                ["token", "issue", "--email", "eva@x.example"],
                ["user", "update", "--email", "eva@x.example", "--inactive"],
                try shop.confirmed(["user", "erase", "--email", "eva@x.example"]),
            ] {
                let result = try await shop.run(command)
                #expect(result.status == 0, "\(command): \(result.errors)")
            }
            let found = try await shop.verify()
            #expect(found.status == 0, "\(found.output)")
            #expect(found.output.contains("Differences: 0."), "\(found.output)")
        }
    }

    @Test("A repair by hand is reported until it is adopted, also where a value was null before")
    func adopted() async throws {
        try await withShop { shop in
            _ = try await shop.ana.open(in: shop.centro)
            try shop.adopt()
            try shop.execute("update cash_sessions set notes = 'repaired'")
            let found = try await shop.verify()
            #expect(found.status == 2)
            #expect(
                found.output.contains(#"column notes: expected null, actual "repaired": DIFFERENT"#), "\(found.output)")
            try shop.adopt()
            let adopted = try await shop.verify()
            #expect(adopted.status == 0, "\(adopted.output)")
            #expect(
                try shop.query("select before::text || after::text from audit_events where action = 'adopt.session'")
                    == #"{"notes": null}{"notes": "repaired"}"#)
        }
    }

    @Test("A command seals the audit events of its change, without a running service")
    func sealedByCommands() async throws {
        try await withShop(replicas: 0) { shop in
            for command in [
                ["business", "create", "--name", "Nueva", "--currency", "PYG", "--time-zone", "America/Asuncion"],
                ["token", "issue", "--email", shop.ana.email],
                ["user", "revoke-credentials", "--email", shop.ana.email],
                try shop.confirmed(["demo", "seed"]),
            ] {
                let result = try await shop.run(command)
                #expect(result.status == 0, "\(command): \(result.errors)")
                #expect(try shop.query("select count(*)::text from audit_unsealed") == "0", "\(command)")
            }
            #expect(
                try shop.query("select (count(*) > 0)::text from audit_seals") == "true", "the events are sealed")
        }
    }

    @Test("A business without events and rows is not reported as sound")
    func nothing() async throws {
        try await withShop { shop in
            let empty = try await shop.verify("--business", "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d")
            #expect(empty.status == 2)
            #expect(empty.output.contains("Nothing was checked"))
        }
    }
}
