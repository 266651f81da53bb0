import CashPilot
import Testing

@testable import CashPilotHTTP

@Suite("Problem documents of a conflict")
struct ConflictDocumentTests {
    private func text(_ problem: Problem, _ locale: Locale) -> String {
        String(decoding: problem.document(requestID: "0197f4a0-0000-7000-8000-00000000cafe", in: locale), as: UTF8.self)
    }

    @Test("The Spanish problem document of a conflict is byte for byte as specified")
    func conflictInSpanish() {
        #expect(
            text(Problem(of: .alreadyOpen(Sample.conflict())), .spanish) == """
                {"type":"/problems/session-already-open","title":"No se puede abrir una nueva sesión","status":409,\
                "detail":"Tenés una sesión abierta desde las 14:15",\
                "instance":"urn:uuid:0197f4a0-0000-7000-8000-00000000cafe","code":"SESSION_ALREADY_OPEN",\
                "request_id":"0197f4a0-0000-7000-8000-00000000cafe",\
                "existing_session":{"id":"0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d","session_number":1042,\
                "status":"OPEN","business_id":"0197f4a0-0000-7000-8000-0000000000b1",\
                "cashier_id":"0197f4a0-0000-7000-8000-0000000000a1","opened_at":"2026-11-23T17:15:00.000Z",\
                "opened_time":"14:15","business_date":"2026-11-23","time_zone":"America/Asuncion","stale":false,\
                "version":1,\
                "href":"/v1/businesses/0197f4a0-0000-7000-8000-0000000000b1/sessions/0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d",\
                "currency":"PYG","currency_minor_units":0,"initial_cash":150000,"cashier_name":"Ana",\
                "business_name":"Farmacia Centro","opened_by_name":"Ana","terminal":null,"terminal_id":null,\
                "same_terminal":null,"handed_over_from":null},"actions":[{"name":"view","title":"Ver Sesión",\
                "method":"GET",\
                "href":"/v1/businesses/0197f4a0-0000-7000-8000-0000000000b1/sessions/0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d",\
                "style":"default"},{"name":"close","title":"Cerrar","method":"POST",\
                "href":"/v1/businesses/0197f4a0-0000-7000-8000-0000000000b1/sessions/0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d/close",\
                "style":"primary","type":"application/json","if_match":"\\"1\\"","fields":[{"name":"final_cash",\
                "type":"integer","title":"Efectivo contado","required":true,"format":"money","currency":"PYG",\
                "currency_minor_units":0,"minimum":0,"maximum":999999999999},{"name":"declared_cash_sales",\
                "type":"integer","title":"Ventas en efectivo según el sistema","required":false,"format":"money",\
                "currency":"PYG","currency_minor_units":0,"minimum":0,"maximum":999999999999},\
                {"name":"envelope_amount","type":"integer","title":"Retirado a sobre o caja fuerte",\
                "required":false,"format":"money","currency":"PYG","currency_minor_units":0,"minimum":0,\
                "maximum":999999999999},{"name":"expenses","type":"integer","title":"Gastos pagados de la caja",\
                "required":false,"format":"money","currency":"PYG","currency_minor_units":0,"minimum":0,\
                "maximum":999999999999},{"name":"credit_payments_collected","type":"integer",\
                "title":"Cobros de ventas a crédito","required":false,"format":"money","currency":"PYG",\
                "currency_minor_units":0,"minimum":0,"maximum":999999999999},{"name":"card_total","type":"integer",\
                "title":"Ventas con tarjeta","required":false,"format":"money","currency":"PYG",\
                "currency_minor_units":0,"minimum":0,"maximum":999999999999},{"name":"bank_transfer_total",\
                "type":"integer","title":"Ventas por transferencia","required":false,"format":"money",\
                "currency":"PYG","currency_minor_units":0,"minimum":0,"maximum":999999999999},\
                {"name":"credit_sales_total","type":"integer","title":"Ventas a crédito","required":false,\
                "format":"money","currency":"PYG","currency_minor_units":0,"minimum":0,"maximum":999999999999},\
                {"name":"closing_ticket","type":"string","title":"Ticket de cierre","required":false,\
                "max_length":50},{"name":"notes","type":"string","title":"Notas","required":false,\
                "max_length":1000}]},{"name":"end","title":"Terminar sin contar","method":"POST",\
                "href":"/v1/businesses/0197f4a0-0000-7000-8000-0000000000b1/sessions/0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d/end",\
                "style":"default","if_match":"\\"1\\""},{"name":"resume","title":"Seguir con esta sesión",\
                "method":"POST",\
                "href":"/v1/businesses/0197f4a0-0000-7000-8000-0000000000b1/sessions?on_conflict=resume",\
                "style":"default"}],"retry":{"method":"POST",\
                "href":"/v1/businesses/0197f4a0-0000-7000-8000-0000000000b1/sessions"}}
                """)
    }

    @Test("The English problem document of a conflict from another day is byte for byte as specified")
    func conflictInEnglish() {
        let existing = Sample.existing(
            openedLocal: Sample.local("2026-11-22T21:34"), nowLocal: Sample.local("2026-11-23T08:00"))
        #expect(
            text(Problem(of: .alreadyOpen(Sample.conflict(with: existing))), .english) == """
                {"type":"/problems/session-already-open","title":"Can't open a new session","status":409,\
                "detail":"You have an open session from Nov 22, 2026, 9:34 PM",\
                "instance":"urn:uuid:0197f4a0-0000-7000-8000-00000000cafe","code":"SESSION_ALREADY_OPEN",\
                "request_id":"0197f4a0-0000-7000-8000-00000000cafe",\
                "existing_session":{"id":"0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d","session_number":1042,\
                "status":"OPEN","business_id":"0197f4a0-0000-7000-8000-0000000000b1",\
                "cashier_id":"0197f4a0-0000-7000-8000-0000000000a1","opened_at":"2026-11-23T17:15:00.000Z",\
                "opened_time":"Nov 22, 2026, 9:34 PM","business_date":"2026-11-23","time_zone":"America/Asuncion",\
                "stale":false,"version":1,\
                "href":"/v1/businesses/0197f4a0-0000-7000-8000-0000000000b1/sessions/0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d",\
                "currency":"PYG","currency_minor_units":0,"initial_cash":150000,"cashier_name":"Ana",\
                "business_name":"Farmacia Centro","opened_by_name":"Ana","terminal":null,"terminal_id":null,\
                "same_terminal":null,"handed_over_from":null},"actions":[{"name":"view","title":"View session",\
                "method":"GET",\
                "href":"/v1/businesses/0197f4a0-0000-7000-8000-0000000000b1/sessions/0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d",\
                "style":"default"},{"name":"close","title":"Close session","method":"POST",\
                "href":"/v1/businesses/0197f4a0-0000-7000-8000-0000000000b1/sessions/0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d/close",\
                "style":"primary","type":"application/json","if_match":"\\"1\\"","fields":[{"name":"final_cash",\
                "type":"integer","title":"Counted cash","required":true,"format":"money","currency":"PYG",\
                "currency_minor_units":0,"minimum":0,"maximum":999999999999},{"name":"declared_cash_sales",\
                "type":"integer","title":"Cash sales in the system","required":false,"format":"money",\
                "currency":"PYG","currency_minor_units":0,"minimum":0,"maximum":999999999999},\
                {"name":"envelope_amount","type":"integer","title":"Moved to an envelope or safe","required":false,\
                "format":"money","currency":"PYG","currency_minor_units":0,"minimum":0,"maximum":999999999999},\
                {"name":"expenses","type":"integer","title":"Expenses paid from the drawer","required":false,\
                "format":"money","currency":"PYG","currency_minor_units":0,"minimum":0,"maximum":999999999999},\
                {"name":"credit_payments_collected","type":"integer","title":"Payments of credit sales",\
                "required":false,"format":"money","currency":"PYG","currency_minor_units":0,"minimum":0,\
                "maximum":999999999999},{"name":"card_total","type":"integer","title":"Card sales","required":false,\
                "format":"money","currency":"PYG","currency_minor_units":0,"minimum":0,"maximum":999999999999},\
                {"name":"bank_transfer_total","type":"integer","title":"Bank transfer sales","required":false,\
                "format":"money","currency":"PYG","currency_minor_units":0,"minimum":0,"maximum":999999999999},\
                {"name":"credit_sales_total","type":"integer","title":"Credit sales","required":false,\
                "format":"money","currency":"PYG","currency_minor_units":0,"minimum":0,"maximum":999999999999},\
                {"name":"closing_ticket","type":"string","title":"Closing ticket","required":false,"max_length":50},\
                {"name":"notes","type":"string","title":"Notes","required":false,"max_length":1000}]},{"name":"end",\
                "title":"End without counting","method":"POST",\
                "href":"/v1/businesses/0197f4a0-0000-7000-8000-0000000000b1/sessions/0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d/end",\
                "style":"default","if_match":"\\"1\\""},{"name":"resume","title":"Continue with it","method":"POST",\
                "href":"/v1/businesses/0197f4a0-0000-7000-8000-0000000000b1/sessions?on_conflict=resume",\
                "style":"default"}],"retry":{"method":"POST",\
                "href":"/v1/businesses/0197f4a0-0000-7000-8000-0000000000b1/sessions"}}
                """)
    }

    @Test("The 409 of a handed-over count names the successor, and only administrators may view it")
    func handedOver() throws {
        let link = Session.Link(id: Sample.session, number: 1043, by: Sample.ana)
        let path = "/v1/businesses/\(Sample.business)/sessions/\(Sample.session)"
        for isVisible in [true, false] {
            let successor = SuccessorLink(session: link, business: Sample.business, isVisible: isVisible)
            let text = text(Problem(of: .handedOver(successor)), .spanish)
            #expect(
                text.contains(
                    #""title":"La sesión ya se entregó","status":409,"#
                        + #""detail":"El conteo de esta sesión es el fondo de la sesión 1043.","#))
            #expect(
                text.contains(
                    #""successor":{"id":"\#(Sample.session)","session_number":1043,"href":"\#(path)","#
                        + #""by":"\#(Sample.ana)"},"actions":["#))
            let view =
                #"{"name":"view","title":"Ver Sesión","method":"GET","href":"\#(path)","style":"default"}"#
            #expect(text.hasSuffix(#""actions":[\#(isVisible ? view : "")]}"#))
        }
    }
}
