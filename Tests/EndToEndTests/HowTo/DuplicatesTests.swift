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
            try expectAmounts(of: try #require(loaded.items.first { $0["session_number"] == 101 }))
            let body = #"{"initial_cash": 1}"#
            #expect(try await shop.ana.open(in: shop.villaMorra, body).json["session_number"] == 1)
            #expect(try await shop.ana.close(try refused.json["existing_session"]).status == 200)
            #expect(try await shop.ana.open(in: shop.centro, body).json["session_number"] == 105)
        }
    }

    /// The amounts are those of the worked example of the shop's rules: cash sales of 950 000, 10 000 short.
    private func expectAmounts(of session: JSON) throws {
        for (name, value) in [
            ("initial_cash", 500_000), ("final_cash", 1_200_000), ("card_total", 350_000),
            ("bank_transfer_total", 120_000), ("envelope_amount", 300_000), ("expenses", 50_000),
            ("credit_sales_total", 80_000), ("credit_payments_collected", 100_000), ("declared_cash_sales", 960_000),
            ("cash_sales", 950_000), ("total_sales", 1_500_000), ("over_short", -10_000),
        ] as [(String, JSON)] {
            let found = session[name] == .null ? session["totals"][name] : session[name]
            #expect(found == value, "\(name)")
        }
        #expect(session["currency"] == "PYG")
        #expect(session["closing_ticket"] == "Z-101")
        #expect(session["terminal_id"] == "caja-1")
        #expect(session["external_id"] == "POS-101")
        #expect(session["notes"] == "Faltó cambio, avisado")
    }

    private static let head = """
        business,cashier,number,status,opened_at,ended_at,closed_at,initial_cash,final_cash,card_total,\
        bank_transfer_total,envelope_amount,expenses,credit_sales_total,credit_payments_collected,declared_cash_sales,\
        closing_ticket,terminal_id,notes,external_id
        """

    @Test("The load rejects a file without one of the columns, and loads none of its rows")
    func missingColumn() async throws {
        try await withShop { (shop: Shop) async throws in
            let row = "Farmacia Centro,ana@demo.example,9,OPEN,2026-10-01 08:00-03,,,1,,,,,,,,,,,"
            let head = Self.head.replacing(",notes", with: "")
            let failure = await #expect(throws: CashPilotProcess.Failure.self) {
                try await reader(shop, "\(head)\n\(row)\n").run(Self.load)
            }
            #expect(failure?.description.contains("header line") == true, "\(failure?.description ?? "")")
            #expect(try shop.query("select count(*)::text from cash_sessions") == "0")
        }
    }

    private static let load =
        "psql \"$DATABASE_URL\" --no-psqlrc --file sql/operations/load_sessions.sql <sessions.csv"

    /// The empty values of the columns after `final_cash`.
    private static let noMore = String(repeating: ",", count: 11)

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
            let good = "Farmacia Centro,ana@demo.example,9,CLOSED,2026-10-01 08:00-03,,2026-10-01 09:00-03,1,1"
            let lines = [Self.head, good + Self.noMore, row + Self.noMore, ""]
            let reader = try reader(shop, lines.joined(separator: "\n"))
            let failure = await #expect(throws: CashPilotProcess.Failure.self) { try await reader.run(Self.load) }
            #expect(failure?.description.contains(named) == true, "\(failure?.description ?? "")")
            #expect(try shop.query("select count(*)::text from cash_sessions") == "0")
        }
    }
}
