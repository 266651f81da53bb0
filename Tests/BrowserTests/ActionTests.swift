import Foundation
import TestSupport
import Testing

extension TillTests {
    @Suite("The actions of a conflict")
    struct ActionTests {
        @Test("The worked example of the rules, closed from the dialog, has its cash sales and its shortage")
        func workedExample() async throws {
            try await withTill { till in
                let (browser, shop) = (till.browser, till.shop)
                try await till.anaIsAboutToOpen()
                let existing = try await shop.ana.open(in: shop.centro, #"{"initial_cash": 500000}"#).json
                try await till.openSession("200.000")
                try await browser.click("[data-action=close]")
                try await browser.find("[data-screen=action]")
                #expect(try await browser.text("#more") == "Otros montos")
                #expect(try await browser.attribute("aria-expanded", of: "#more") == "false")
                #expect(!(try await browser.has("#field-expenses")))
                try await browser.click("#more")
                #expect(try await browser.isFocused("#more"))
                for (field, amount) in [
                    ("final_cash", "1.200.000"), ("envelope_amount", "300.000"), ("expenses", "50.000"),
                    ("credit_payments_collected", "100.000"), ("declared_cash_sales", "960.000"),
                ] {
                    try await browser.fill("#field-\(field)", amount)
                }
                try await browser.takePicture("count-es-1024")
                try await browser.click("button[type=submit]")
                try await browser.find("[data-status=OPEN]")
                let number = existing["session_number"].integer ?? 0
                #expect(
                    try await browser.texts("[role=status] li")
                        == ["La sesión N.º \(number) quedó cerrada. Faltante: Gs 10.000."])
                let close = try #require(try await till.sent("POST", ending: "/close").first)
                #expect(
                    try JSON(parsing: Data((close["body"].string ?? "").utf8))
                        == .object([
                            "final_cash": 1_200_000, "envelope_amount": 300_000, "expenses": 50_000,
                            "credit_payments_collected": 100_000, "declared_cash_sales": 960_000,
                        ]))
                let closed = try await shop.ana.get(Person.path(of: existing)).json
                #expect(closed["totals"]["cash_sales"] == 950_000)
                #expect(closed["totals"]["over_short"] == -10_000)
            }
        }

        @Test("A session ended from the dialog lets the refused open succeed, and is left to count")
        func end() async throws {
            try await withTill { till in
                let browser = till.browser
                try await till.anaIsAboutToOpen()
                let existing = try await till.openConflictDialog()
                let number = existing["session_number"].integer ?? 0
                try await browser.click("[data-action=end]")
                try await browser.find("[data-status=OPEN]")
                #expect(try await browser.text("#heading") == "Sesión N.º \(number + 1)")
                #expect(
                    try await browser.texts("[role=status] li")
                        == ["Te falta contar la sesión N.º \(number). Contala cuando puedas."])
                #expect(try await browser.text("[data-uncounted]").hasPrefix("Te falta contar 1 sesión."))
                try await browser.click("#count-now")
                try await browser.find("[data-status=ENDED]")
                #expect(try await browser.text("#heading") == "Sesión N.º \(number)")
                try await browser.click("#close")
                try await browser.fill("#field-final_cash", "150.000")
                try await browser.click("button[type=submit]")
                try await browser.find("[data-status=CLOSED]")
                #expect(try await browser.text("[data-fact=cash_sales]") == "Gs 0")
                #expect(try await browser.text("[role=status]") == "La sesión quedó cerrada.")
                #expect(try await browser.isFocused("#next"))
                #expect(try await browser.text("#next") == "Ver la sesión abierta")
                try await browser.click("#next")
                try await browser.find("[data-status=OPEN]")
                #expect(!(try await browser.has("[data-uncounted]")))
                #expect(!(try await browser.has("#next")), "no other session is offered while one is open")
            }
        }

        @Test("The existing session is resumed from the dialog, and the page says that the entered cash was not used")
        func resume() async throws {
            try await withTill { till in
                let browser = till.browser
                try await till.anaIsAboutToOpen()
                let existing = try await till.openConflictDialog()
                try await browser.click("[data-action=resume]")
                try await browser.find("[data-status=OPEN]")
                #expect(try await browser.text("#heading") == "Sesión N.º \(existing["session_number"].integer ?? 0)")
                #expect(try await browser.text("[data-fact=initial_cash]") == "Gs 150.000")
                #expect(
                    try await browser.text("[role=status]")
                        == "Seguís con la sesión que ya estaba abierta. El efectivo que escribiste no se usó.")
                let open = try #require(try await till.sent("POST", ending: "/sessions").first)
                let resume = try #require(
                    try await till.sent("POST", ending: "/sessions?on_conflict=resume").first)
                #expect(resume["body"] == open["body"])
            }
        }

        @Test("A session that changed after the dialog was drawn is not closed, and the page shows the dialog again")
        func changedMeanwhile() async throws {
            try await withTill { till in
                let browser = till.browser
                try await till.anaIsAboutToOpen()
                let existing = try await till.openConflictDialog()
                try await browser.click("[data-action=close]")
                try await browser.fill("#field-final_cash", "150.007")
                #expect(try await till.shop.ana.edit(existing, #"{"notes": "changed"}"#).status == 200)
                try await browser.click("button[type=submit]")
                try await browser.click("[data-action=close]")
                try await browser.find("[data-screen=action]")
                #expect(try await browser.run("return document.querySelector('#field-final_cash').value") == "150.007")
                try await browser.click("button[type=submit]")
                try await browser.find("[data-status=OPEN]")
                let closes = try await till.sent("POST", ending: "/close")
                try #require(closes.count == 2)
                #expect(closes[0]["match"] != closes[1]["match"])
                #expect(Set(try await till.sent("POST", ending: "/sessions").map { $0["key"] }).count == 1)
            }
        }

        @Test("The first screen says how many sessions are left to count, and leads to each of them")
        func uncounted() async throws {
            try await withTill { till in
                let (browser, shop) = (till.browser, till.shop)
                var ended: [JSON] = []
                for _ in 0..<2 {
                    let session = try await shop.ana.open(in: shop.centro).json
                    ended.append(try await shop.ana.change("end", session).json)
                }
                try shop.execute(
                    """
                    update cash_sessions
                    set opened_at = opened_at - interval '5 days', ended_at = ended_at - interval '5 days'
                    where id = '\(ended[0]["id"].string ?? "")'
                    """)
                try await till.logIn(shop.ana)
                #expect(try await browser.text("[data-uncounted]").hasPrefix("Te falta contar 2 sesiones."))
                try await till.speakEnglish()
                #expect(
                    try await browser.text("[data-uncounted]").hasPrefix("You have 2 sessions left to count."))
                try await browser.click("#count-now")
                try await browser.find("[data-screen=uncounted]")
                #expect(
                    try await browser.texts("[data-session] .name")
                        == ended.reversed().map { "Session No. \($0["session_number"].integer ?? 0)" })
                #expect(try await browser.texts("[data-session] .tag") == ["Overdue"])
                try await browser.click("[data-session='\(ended[0]["id"].string ?? "")']")
                try await browser.find("[data-status=ENDED]")
                #expect(try await browser.texts(".stale").contains("The count of this session is overdue."))
                #expect(try await browser.text("#close") == "Count the drawer")
            }
        }

        @Test("A corrected session shows how often it was corrected and what was counted first")
        func corrections() async throws {
            try await withTill { till in
                let (browser, shop) = (till.browser, till.shop)
                try await till.anaIsAboutToOpen()
                let session = try await shop.ana.open(in: shop.centro).json
                for cash in [90_000, 95_000] {
                    #expect(try await shop.ana.close(session, #"{"final_cash": \#(cash)}"#).status == 200)
                    let body = #"{"reason": "counted the wrong drawer"}"#
                    #expect(try await shop.administrator.change("reopen", session, body).status == 200)
                }
                try await till.openSession("1")
                try await browser.click("[data-action=view]")
                #expect(
                    try await browser.text("[data-fact=corrections]") == "Corregido 1 vez · al cerrar: Gs 90.000")
                try await till.speakEnglish()
                #expect(
                    try await browser.text("[data-fact=corrections]")
                        == "Corrected once · at the close: Gs 90,000")
            }
        }

        @Test("A float that differs from the last count at its terminal is marked on the session")
        func openingDifference() async throws {
            try await withTill { till in
                let (browser, shop) = (till.browser, till.shop)
                try await till.anaIsAboutToOpen()
                let first = #"{"initial_cash": 100000, "terminal_id": "till-1"}"#
                let counted = try await shop.ana.open(in: shop.centro, first).json
                #expect(try await shop.ana.close(counted, #"{"final_cash": 300000}"#).status == 200)
                let second = #"{"initial_cash": 250000, "terminal_id": "till-1"}"#
                #expect(try await shop.ana.open(in: shop.centro, second).status == 201)
                try await till.openSession("1")
                try await browser.click("[data-action=view]")
                #expect(
                    try await browser.text("[data-fact=opening_difference]")
                        == "El fondo tiene Gs 50.000 de menos que el último conteo de esta caja.")
            }
        }
    }
}
