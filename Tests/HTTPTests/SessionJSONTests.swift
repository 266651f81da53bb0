import CashPilot
import JSON
import Testing

@testable import CashPilotHTTP

@Suite("The JSON of a session")
struct SessionJSONTests {
    /// The JSON for the session's own cashier.
    private func text(_ session: Session) throws -> String {
        var json = JSONWriter()
        try json.session(SessionView(session, for: session.cashier, role: .cashier))
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test("The JSON of an open session is byte for byte as specified")
    func open() throws {
        #expect(
            try text(Sample.openSession()) == """
                {"id":"0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d","session_number":1042,\
                "business_id":"0197f4a0-0000-7000-8000-0000000000b1","cashier_id":"0197f4a0-0000-7000-8000-0000000000a1",\
                "opened_by":"0197f4a0-0000-7000-8000-0000000000a1","status":"OPEN","currency":"PYG","currency_minor_units":0,\
                "initial_cash":150000,"opened_at":"2026-11-23T17:15:00.000Z","ended_at":null,"closed_at":null,\
                "closed_by":null,"business_date":"2026-11-23","time_zone":"America/Asuncion","stale":false,"count_overdue":false,"terminal":null,\
                "terminal_id":null,"external_id":null,"notes":null,"final_cash":null,"card_total":0,"bank_transfer_total":0,\
                "envelope_amount":0,"expenses":0,"credit_sales_total":0,"credit_payments_collected":0,\
                "declared_cash_sales":null,"closing_ticket":null,"recorded":null,"totals":{"cash_sales":null,"total_sales":null,\
                "net_earnings":null,"expected_cash":null,"over_short":null},"at_close":null,"corrections":0,\
                "needs_review":null,"review_reasons":null,"flag":null,"deleted":null,\
                "handed_over_from":null,"handed_over_to":null,"opening_difference":null,"version":1,\
                "allowed_actions":["view","close","end","edit","record","reconcile","handover"]}
                """)
    }

    @Test("The JSON of a closed session is byte for byte as specified")
    func closed() throws {
        #expect(
            try text(Sample.closedSession()) == """
                {"id":"0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d","session_number":1042,\
                "business_id":"0197f4a0-0000-7000-8000-0000000000b1","cashier_id":"0197f4a0-0000-7000-8000-0000000000a1",\
                "opened_by":"0197f4a0-0000-7000-8000-0000000000a1","status":"CLOSED","currency":"PYG","currency_minor_units":0,\
                "initial_cash":500000,"opened_at":"2026-11-23T17:15:00.000Z","ended_at":null,\
                "closed_at":"2026-11-23T23:00:00.500Z","closed_by":"0197f4a0-0000-7000-8000-0000000000ad",\
                "business_date":"2026-11-23","time_zone":"America/Asuncion","stale":false,"count_overdue":false,"terminal":null,\
                "terminal_id":null,"external_id":null,"notes":null,"final_cash":1200000,"card_total":70000,"bank_transfer_total":0,\
                "envelope_amount":300000,"expenses":50000,"credit_sales_total":0,"credit_payments_collected":100000,\
                "declared_cash_sales":960000,"closing_ticket":"Z-17","recorded":{"movements":0,"cash_sales":0,\
                "cash_refunds":0,"paid_in":0,"paid_out":0,"expenses":0,"drops":0},"totals":{"cash_sales":950000,\
                "total_sales":1020000,"net_earnings":970000,"expected_cash":1210000,"over_short":-10000},\
                "at_close":{"final_cash":1200000,"expected_cash":1210000,"over_short":-10000},"corrections":0,\
                "needs_review":false,"review_reasons":[],"flag":null,"deleted":null,"handed_over_from":null,"handed_over_to":null,\
                "opening_difference":null,"version":2,"allowed_actions":["view","edit","reconcile"]}
                """)
    }

    @Test("The JSON of a corrected session that was handed over has the figures at the close and its successor")
    func corrected() throws {
        var session = Sample.closedSession()
        let atClose = AtClose(finalCash: Money(minorUnits: 1_100_000), expectedCash: nil)
        session.corrections = Corrections(times: 2, atClose: atClose)
        session.handedOverTo = Session.Link(id: Sample.session, number: 1043, by: Sample.ana)
        let text = try text(session)
        #expect(
            text.contains(
                #""at_close":{"final_cash":1100000,"expected_cash":null,"over_short":null},"corrections":2,"#
                    + #""needs_review":true,"review_reasons":["CORRECTED"],"#))
        let path = "/v1/businesses/\(Sample.business)/sessions/\(Sample.session)"
        #expect(
            text.contains(
                #""handed_over_to":{"id":"\#(Sample.session)","session_number":1043,"href":"\#(path)","#
                    + #""by":"\#(Sample.ana)"}"#))
    }

    @Test("The JSON of a session has its external id, and the reason, user and time of its flag and deletion")
    func marks() throws {
        let text = try text(
            Sample.session(
                .open, count: Count(finalCash: nil), version: 3, externalID: "POS:1",
                flag: Session.Flag(reason: "revisar", by: Sample.admin, at: Sample.openedAt),
                deletion: Session.Deletion(reason: "duplicada", by: Sample.admin, at: Sample.openedAt)))
        #expect(text.contains(#""external_id":"POS:1","#))
        let mark = #""by":"0197f4a0-0000-7000-8000-0000000000ad","at":"2026-11-23T17:15:00.000Z"}"#
        #expect(
            text.contains(
                #""flag":{"reason":"revisar",\#(mark),"deleted":{"reason":"duplicada",\#(mark),"handed_over_from":null,"#
            ))
        #expect(text.hasSuffix(#""opening_difference":null,"version":3,"allowed_actions":[]}"#))
    }
}
