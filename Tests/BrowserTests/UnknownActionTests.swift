import TestSupport
import Testing

extension TillTests {
    @Suite("The actions of any 409")
    struct UnknownActionTests {
        private let view = #"{"name":"view","title":"Ver Sesión","method":"GET","href":"/v1/x"}"#

        @Test("Every action is drawn in the order of the 409 from its title and style, whatever its name")
        func drawn() async throws {
            try await withLine { till, line in
                let browser = till.browser
                line.become(
                    .answers(
                        CannedResponse.conflict(
                            #"""
                            {"name":"end","title":"Terminar turno","method":"POST","href":"/v1/x/end","style":"danger"},
                            \#(view),
                            {"name":"close","title":"Cerrar","method":"POST","href":"/v1/x/close","style":"primary",
                             "fields":[]},
                            {"name":"sign","title":"Firmar","method":"POST","href":"/v1/x/sign","style":"later",
                             "fields":[{"name":"pin","type":"string","required":true,"title":"PIN"}]},
                            {"name":"draw","title":"Dibujar","method":"POST","href":"/v1/x/draw",
                             "fields":[{"name":"lines","type":"array","required":true,"title":"Líneas"}]},
                            {"name":"leave","title":"Irse","method":"POST","href":"//example.com/"}
                            """#)))
                try await till.openSession("1")
                try await browser.find("[role=alertdialog]")
                #expect(
                    try await browser.texts("[data-action]") == ["Terminar turno", "Ver Sesión", "Cerrar", "Firmar"])
                for (action, look) in [
                    ("end", "danger"), ("view", "plain"), ("close", "primary"), ("sign", "plain"),
                ] {
                    #expect(try await browser.attribute("class", of: "[data-action=\(action)]") == "button \(look)")
                }
                #expect(
                    try await browser.text("#dialog-detail .quiet")
                        == "Sesión N.º 1042 de Ana Benítez en Farmacia Centro, en otra caja (till-2), desde las 14:15, "
                        + "con Gs 150.000 de fondo.")
                try await browser.takePicture("dialog-four-ways-1024")
                line.become(.answers(Self.ended))
                try await browser.click("[data-action=end]")
                try await browser.find("[data-status=ENDED]")
                #expect(
                    try await browser.text("[role=status]")
                        == "Terminaste la sesión sin contar. Ya se puede abrir otra; te falta contar esta.")
                #expect(try await browser.isFocused("#next"))
                let sent = try await till.sent("POST", ending: "/v1/x/end")
                #expect(sent.count == 1)
                #expect(sent.first?["key"].string?.hasPrefix("till-") == true)
                #expect(try await till.sent("POST", ending: "/sessions").count == 1, "the 409 offered no retry")
            }
        }

        @Test("The form of an unknown action sends its fields, and shows a field error beside its field")
        func form() async throws {
            try await withLine { till, line in
                let browser = till.browser
                line.become(
                    .answers(
                        CannedResponse.conflict(
                            retry: "/v1/x",
                            #"""
                            {"name":"sign","title":"Firmar","method":"POST","href":"/v1/x/sign","if_match":"\"3\"",
                             "fields":[
                              {"name":"tip","type":"integer","required":false,"title":"Propina","format":"money",
                               "currency":"USD","currency_minor_units":2},
                              {"name":"people","type":"integer","required":false,"title":"Personas"},
                              {"name":"pin","type":"string","required":true,"title":"PIN","max_length":6}]}
                            """#)))
                try await till.openSession("1")
                try await browser.click("[data-action=sign]")
                try await browser.find("[data-screen=action]")
                #expect(try await browser.text("#heading") == "Firmar")
                #expect(try await browser.isFocused("#field-pin"))
                #expect(try await browser.attribute("maxlength", of: "#field-pin") == "6")
                try await browser.fill("#field-pin", "12")
                try await browser.click("#more")
                #expect(try await browser.texts("label") == ["PIN", "Propina (US$)", "Personas"])
                try await browser.fill("#field-tip", "1.234,50")
                #expect(try await browser.text("#field-tip-hint") == "Se entiende: US$ 1.234,50")
                try await browser.click("#more")
                #expect(try await browser.text("#more") == "Otros montos (1)")
                let problem = #"""
                    {"title":"Datos no válidos","code":"VALIDATION_FAILED","detail":"Hay 2 campos con errores.","errors":[
                     {"code":"LENGTH","pointer":"#/pin","detail":"Son seis cifras."},
                     {"code":"RANGE","pointer":"#/tip","detail":"Es demasiado."}]}
                    """#
                line.become(.answers(CannedResponse.json("422 Unprocessable Content", problem)))
                try await browser.click("button[type=submit]")
                #expect(try await browser.text("#field-pin-fault") == "Son seis cifras.")
                #expect(try await browser.text("#field-tip-fault") == "Es demasiado.", "the fields are unfolded")
                let sent = try #require(try await till.sent("POST", ending: "/v1/x/sign").first)
                #expect(sent["match"] == #""3""#)
                #expect(sent["body"] == #"{"tip":123450,"pin":"12"}"#)
            }
        }

        @Test("A 409 with one action, or with an action without optional fields, has no more than that")
        func few() async throws {
            try await withLine { till, line in
                let browser = till.browser
                line.become(.answers(CannedResponse.conflict(view)))
                try await till.openSession("1")
                try await browser.find("[role=alertdialog]")
                #expect(try await browser.texts("[role=alertdialog] .actions button") == ["Ver Sesión"])
                try await browser.press(Key.escape)
                line.become(
                    .answers(
                        CannedResponse.conflict(
                            #"""
                            {"name":"close","title":"Cerrar","method":"POST","href":"/v1/x/close","fields":[
                             {"name":"final_cash","type":"integer","required":true,"title":"Efectivo contado",
                              "format":"money","currency":"PYG","currency_minor_units":0}]}
                            """#)))
                try await till.openSession("1")
                try await browser.click("[data-action=close]")
                try await browser.find("#field-final_cash")
                #expect(!(try await browser.has("#more")))
            }
        }

        /// An ended session as the response to a change.
        private static let ended = CannedResponse.json(
            "200 OK",
            #"""
            {"id":"s","business_id":"b","session_number":1042,"status":"ENDED","currency":"PYG",
             "currency_minor_units":0,"initial_cash":5,"opened_at":"2026-11-23T17:15:00.000Z","time_zone":"America/Asuncion",
             "allowed_actions":["view","close"]}
            """#)
    }
}
