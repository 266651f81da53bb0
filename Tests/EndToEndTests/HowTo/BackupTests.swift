import Foundation
import TestSupport
import Testing

@Suite("docs/howto/back-up-and-restore.md")
struct BackupTests {
    private let guide: Guide

    init() throws { guide = try Guide("docs/howto/back-up-and-restore.md") }

    /// Expects that a restored shop has the open session, accepts the token and replays the stored response.
    private func expectSelling(
        _ shop: Shop, from database: String, _ open: JSON, replaying stored: Reply
    ) async throws {
        let service = try await Service(database: database)
        let ana = shop.served(by: [service]).ana
        try await ana.untilGuard(is: "enforced")
        #expect(try await ana.open(in: shop.centro).json["existing_session"]["id"] == open["id"])
        let again = try await ana.open(in: shop.centro, headers: ["Idempotency-Key": "stored"])
        #expect(again.status == 201)
        #expect(again.text == stored.text)
        #expect(try await ana.close(open).status == 200)
        let next = try await ana.open(in: shop.centro)
        #expect(next.status == 201)
        #expect(try next.json["session_number"].integer ?? 0 > 1_000)
        service.process.signal(SIGTERM)
        try await service.process.wait()
    }

    @Test("A dump restored on a new server keeps the tills' sessions, tokens and stored responses")
    func dump() async throws {
        try await withShop { shop in
            try shop.adopt()
            let stored = try await shop.ana.open(in: shop.centro, headers: ["Idempotency-Key": "stored"])
            let closed = try await shop.bruno.open(in: shop.centro).json
            #expect(try await shop.bruno.close(closed).status == 200)
            try await shop.untilSealed()
            let server = try await PostgresServer.start()
            try server.execute("create role keeper login createrole createdb")
            func string(_ database: String) -> String {
                server.connectionString(database: database).replacing("user=postgres", with: "user=keeper")
            }
            let database = string("cashpilot")
            let reader = try GuideReader([
                "DATABASE_URL": shop.connectionString, "NEW_SERVER": string("postgres"),
                "NEW_DATABASE": database,
            ])
            try await reader.run(guide.code(under: "Dump"))
            #expect(try await shop.diego.get("/readyz").status == 200)
            try await reader.run(guide.code(under: "Restore a dump"))
            try await reader.run(guide.code(under: "Resume service"))
            try await expectSelling(shop, from: database, try stored.json, replaying: stored)
        }
    }

    @Test("A base backup restores a chosen moment, and the audit trail's later heads reveal the loss")
    func baseBackup() async throws {
        // If this test runs as root, the server runs as another user.
        let archive = try await Shell.output(
            #"d=$(mktemp -d /tmp/archive-XXXXXX) && mkdir "$d/wal" && chmod 777 "$d" "$d/wal" && printf %s "$d""#)
        defer { try? FileManager.default.removeItem(atPath: archive) }
        let command = "test ! -f \(archive)/wal/%f && cp %p \(archive)/wal/%f"
        let old = try await PostgresServer.start(settings: ["archive_mode": "on", "archive_command": command])
        try await withShop(template: try await ShopTemplate.make(on: old)) { shop in
            try shop.adopt()
            let new = try await PostgresServer.start()
            try await new.stop()
            let data = "\(new.directory)/data"
            _ = try await Shell.output("rm -rf \(data) && mkdir \(data)")
            let name = try #require(try shop.query("select current_database()::text"))
            let database = new.connectionString(database: name)
            func reader(to moment: String = "") throws -> GuideReader {
                try GuideReader([
                    "DATABASE_URL": shop.connectionString, "BACKUP": archive, "NEW_DATA": data, "MOMENT": moment,
                    "NEW_DATABASE": database,
                ])
            }
            let keeper = try reader()
            try await keeper.run(guide.code(under: "Base backup and archive"))
            let stored = try await shop.ana.open(in: shop.centro, headers: ["Idempotency-Key": "stored"])
            try await shop.untilSealed()
            let heads = try await shop.verify().heads
            let moment = try #require(try shop.query("select clock_timestamp()::text"))
            #expect(try await shop.bruno.open(in: shop.centro).status == 201)
            try await shop.untilSealed()
            let later = try await shop.verify().heads
            try await untilArchived(shop)

            let restorer = try reader(to: moment)
            try restorer.write(heads.joined(separator: "\n"), to: "heads")
            let commands = guide.blocks.filter { $0.heading == "Restore to a moment" && $0.isRun }.map(\.text)
            try #require(commands.count == 2)
            try await restorer.run(commands[0])
            _ = try await Shell.output("[ $(id -u) != 0 ] || chown -R postgres \(data); chmod 700 \(data)")
            try await new.start()
            try await eventually("the server has recovered") {
                try await restorer.run("psql \"$NEW_DATABASE\" -Atc 'select pg_is_in_recovery()'") == "f\n" ? true : nil
            }
            try await restorer.run(commands[1])
            try restorer.write(later.joined(separator: "\n"), to: "heads")
            await #expect(throws: CashPilotProcess.Failure.self, "the trail ends before later heads") {
                try await restorer.run(commands[1])
            }
            let sessions = try await restorer.run("psql \"$NEW_DATABASE\" -Atc 'select count(*) from cash_sessions'")
            #expect(sessions == "1\n")
            try await restorer.run(guide.code(under: "Resume service"))
            try await expectSelling(shop, from: database, try stored.json, replaying: stored)
        }
    }

    /// Waits until all writes are in the archive.
    private func untilArchived(_ shop: Shop) async throws {
        let segment = try shop.query("select pg_walfile_name(pg_switch_wal())") ?? ""
        try await eventually("\(segment) is archived") {
            try shop.query("select (last_archived_wal >= '\(segment)')::text from pg_stat_archiver") == "true"
                ? true : nil
        }
    }
}
