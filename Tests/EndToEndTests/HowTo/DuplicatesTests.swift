import Foundation
import TestSupport
import Testing

@Suite("docs/howto/migrate-a-database-with-duplicates.md")
struct DuplicatesTests {
    private let guide: Guide

    init() throws { guide = try Guide("docs/howto/migrate-a-database-with-duplicates.md") }

    private func reader(_ shop: Shop, _ csv: String? = nil) throws -> GuideReader {
        let reader = try GuideReader(["DATABASE_URL": shop.connectionString])
        try FileManager.default.createSymbolicLink(
            at: reader.folder.appending(path: "sql"), withDestinationURL: Repository.root.appending(path: "sql"))
        try reader.write(csv ?? guide.code("csv"), to: "sessions.csv")
        return reader
    }

    @Test("Loaded duplicates are ended, the one-open index is valid, and the ended sessions can be counted")
    func follows() async throws {
        try await withShop { shop in
            let said = try await reader(shop).run(guide.code())
            #expect(said.contains("Loaded 4 sessions."))
            #expect(said.contains("Ended 1."))
            #expect(try shop.indexIsValid() == "true")
            let refused = try await shop.ana.open(in: shop.centro)
            #expect(try refused.json["existing_session"]["session_number"] == 103)
            #expect(try refused.json["existing_session"]["business_date"] == "2026-10-03")
            #expect(try await shop.bruno.open(in: shop.centro).json["existing_session"]["session_number"] == 104)
            let waiting = try await shop.administrator.get("/v1/sessions?status=ENDED").json["items"]
            #expect(waiting.items.map { $0["session_number"] } == [102])
            #expect(try await shop.administrator.close(waiting[0]).status == 200)
            let loaded = try await shop.administrator.get("/v1/sessions?status=CLOSED").json["items"]
            #expect(loaded.items.contains { $0["final_cash"] == 480000 && $0["session_number"] == 101 })
            let body = #"{"initial_cash": 1}"#
            #expect(try await shop.ana.open(in: shop.villaMorra, body).json["session_number"] == 1)
            #expect(try await shop.ana.close(try refused.json["existing_session"]).status == 200)
            #expect(try await shop.ana.open(in: shop.centro, body).json["session_number"] == 105)
        }
    }

    @Test(
        "An invalid row is rejected, and no row of its file is loaded",
        arguments: [
            ("Farmacia Centro,nobody@demo.example,1,OPEN,2026-10-01 08:00-03,,,1,", "cashier_id"),
            ("Nowhere,ana@demo.example,1,OPEN,2026-10-01 08:00-03,,,1,", "business_id"),
            ("Farmacia Centro,ana@demo.example,1,CLOSED,2026-10-01 08:00-03,,,1,1", "ck_cash_sessions_status"),
            ("Farmacia Centro,ana@demo.example,1,OPEN,2026-10-01 08:00-03,,,-1,", "ck_money_amount_range"),
            ("Farmacia Centro,ana@demo.example,9,OPEN,2026-10-01 08:00-03,,,1,", "uq_cash_sessions_number"),
        ])
    func refused(row: String, named: String) async throws {
        try await withShop { (shop: Shop) async throws in
            let head = guide.code("csv").split(separator: "\n")[0]
            let good = "Farmacia Centro,ana@demo.example,9,CLOSED,2026-10-01 08:00-03,,2026-10-01 09:00-03,1,1"
            let command = "psql \"$DATABASE_URL\" --no-psqlrc --file sql/operations/load_sessions.sql <sessions.csv"
            let reader = try reader(shop, [String(head), good, row, ""].joined(separator: "\n"))
            let failure = await #expect(throws: CashPilotProcess.Failure.self) { try await reader.run(command) }
            #expect(failure?.description.contains(named) == true, "\(failure?.description ?? "")")
            #expect(try shop.query("select count(*)::text from cash_sessions") == "0")
        }
    }
}
