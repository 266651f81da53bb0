import Foundation
import TestSupport
import Testing

@Suite("cashpilot audit archive")
struct AuditArchiveTests {
    /// Makes all seals 40 days older, as if they had been written then.
    private func age(_ shop: Shop) throws {
        try shop.tamper(
            """
            do $$
            declare
                s audit_seals;
                business uuid;
                last bytea;
            begin
                for s in select * from audit_seals order by business_id, position loop
                    if business is distinct from s.business_id then
                        business := s.business_id;
                        last := '';
                    end if;
                    s.sealed_at := s.sealed_at - interval '40 days';
                    select audit_seal_hash(last, s.position, s.sealed_at, e) into last
                    from audit_events as e
                    where e.business_id = s.business_id and e.id = s.event_id;
                    update audit_seals set hash = last, sealed_at = s.sealed_at
                    where business_id = s.business_id and position = s.position;
                end loop;
                update audit_heads as h set hash = l.hash
                from audit_seals as l
                where l.business_id = h.business_id and l.position = h.position;
            end
            $$
            """)
    }

    @Test("Old events move to a file that proves them, a repetition continues, and the rest of the service works on")
    func archived() async throws {
        try await withShop { shop in
            try shop.adopt()
            let first = try await shop.ana.open(in: shop.centro).json
            _ = try await shop.ana.close(first)
            let created = try await shop.administrator.post(
                "/v1/users",
                #"""
                {"email": "evangelina@x.example", "name": "Evangelina", "role": "CASHIER", "password": "a long password"}
                """#)
            #expect(created.status == 201, "\(created.text)")
            try await shop.untilSealed()
            try age(shop)
            let heads = try await shop.verify().heads
            let name = try #require(try shop.query("select current_database()::text"))
            for arguments in [
                ["update", "--email", "evangelina@x.example", "--inactive"],
                ["erase", "--email", "evangelina@x.example", "--yes", "--database", name],
            ] {
                let result = try await shop.run(["user"] + arguments)
                #expect(result.status == 0, "\(result.errors)")
            }
            _ = try await shop.ana.open(in: shop.centro)
            try await shop.untilSealed()
            let old = try #require(
                try shop.query("select count(*)::text from audit_seals where sealed_at < now() - interval '35 days'"))
            let day = try #require(try shop.query("select ((now() at time zone 'UTC')::date - 31)::text"))
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let file = folder.appendingPathComponent("archive.jsonl").path
            let command = ["audit", "archive", "--before", day, "--out", file]
            let confirmed = command + ["--yes", "--database", name]

            let shown = try await shop.run(command)
            #expect(shown.status == 2)
            #expect(shown.output.contains(": \(old), of"), "\(shown.output)")
            let young = try await shop.run(
                ["audit", "archive", "--before", "9999-01-01", "--out", file, "--yes", "--database", name])
            #expect(young.status == 1)
            #expect(!FileManager.default.fileExists(atPath: file))

            let result = try await shop.run(confirmed)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("Removed \(old) audit events."), "\(result.output)")
            let again = try await shop.run(confirmed)
            #expect(again.status == 0, "\(again.errors)")
            #expect(again.output.contains("Removed 0 audit events."), "\(again.output)")
            try await shop.untilSealed()

            let expected = heads.flatMap { ["--expect-head", $0] }
            let found = try await shop.verify(arguments: expected + ["--archive", file])
            #expect(found.status == 0, "\(found.output)")
            #expect(found.output.contains("Archived events verified: \(old)."), "\(found.output)")
            // The event that created the account.
            #expect(found.output.contains("Events redacted by an erasure: 1."), "\(found.output)")
            #expect(try await shop.verify().status == 0)
            let events = try await shop.administrator.get("/v1/events?after=0")
            #expect(events.status == 422, "\(events.text)")
            #expect(try events.json["errors"][0]["parameter"] == "after", "\(events.text)")
            let trail = try await shop.administrator.get("/v1/audit-events?session_id=\(first["id"].string ?? "")")
            #expect(try trail.json["items"].items.map { $0["action"].string } == ["adopt.session"])

            let text = try String(contentsOfFile: file, encoding: .utf8)
            try text.replacing("session.close", with: "session.open").write(
                toFile: file, atomically: true, encoding: .utf8)
            let forged = try await shop.verify("--archive", file)
            #expect(forged.status == 2)
            #expect(forged.output.contains(": ALTERED"), "\(forged.output)")
        }
    }
}
