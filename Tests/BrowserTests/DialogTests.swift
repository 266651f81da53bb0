import TestSupport
import Testing

extension TillTests {
    @Suite("The dialog of a conflict")
    struct DialogTests {
        @Test("A duplicate open session shows the error dialog, with the texts of the 409", .tags(.ac03))
        func duplicateShowsDialog() async throws {
            try await withTill { till in
                let browser = till.browser
                try await till.anaIsAboutToOpen()
                let existing = try await till.openConflictDialog()
                let problem = try await till.shop.ana.open(in: till.shop.centro).json
                #expect(try await browser.text("#dialog-title") == problem["title"].string)
                #expect(try await browser.text("#dialog-title") == "No se puede abrir una nueva sesión")
                #expect(try await browser.text("#dialog-detail .detail") == problem["detail"].string)
                let number = existing["session_number"].integer ?? 0
                let facts = problem["existing_session"]
                let sentence = try await browser.text("#dialog-detail .quiet")
                let names = (facts["cashier_name"].string ?? "", facts["business_name"].string ?? "")
                #expect(sentence.hasPrefix("Sesión N.º \(number) de \(names.0) en \(names.1), desde "), "\(sentence)")
                #expect(sentence.hasSuffix(", con Gs 150.000 de fondo."), "\(sentence)")
                #expect(
                    try await browser.texts("[role=alertdialog] [data-action]")
                        == problem["actions"].items.compactMap { $0["title"].string })
                #expect(try await browser.texts("[data-action]").prefix(2) == ["Ver Sesión", "Cerrar"])
                let order = try await browser.run(
                    """
                    return [].map.call(document.querySelectorAll('[data-action]'), function (e) {
                      return e.getAttribute('data-action');
                    });
                    """)
                #expect(order.items == ["view", "close", "end", "resume"])
                #expect(try await browser.attribute("lang", of: "[role=alertdialog]") == "es-PY")
                #expect(try await browser.attribute("aria-labelledby", of: "[role=alertdialog]") == "dialog-title")
                #expect(try await browser.attribute("aria-describedby", of: "[role=alertdialog]") == "dialog-detail")
                #expect(try await browser.attribute("aria-modal", of: "[role=alertdialog]") == "true")
                #expect(try await browser.has(".sign"))
                #expect(!(try await browser.has(".dialog .stale")))
                try await browser.takePicture("dialog-es-1024")
            }
        }

        @Test("The existing session can be viewed from the error dialog", .tags(.ac03))
        func view() async throws {
            try await withTill { till in
                let browser = till.browser
                try await till.anaIsAboutToOpen()
                let existing = try await till.openConflictDialog()
                try await browser.click("[data-action=view]")
                try await browser.find("[data-screen=session] [data-status=OPEN]")
                #expect(!(try await browser.has("[role=alertdialog]")))
                #expect(try await browser.text("#heading") == "Sesión N.º \(existing["session_number"].integer ?? 0)")
                #expect(try await browser.isFocused("#heading"))
                #expect(try await browser.text("[data-fact=status]") == "Abierta")
                #expect(try await browser.text("[data-fact=initial_cash]") == "Gs 150.000")
                let opened = try till.shop.query(
                    """
                    select to_char(opened_at at time zone 'America/Asuncion', 'DD/MM/YYYY HH24:MI') from cash_sessions
                    """)
                #expect(try await browser.text("[data-fact=opened_at]") == opened)
                #expect(try await till.sent("GET", ending: Person.path(of: existing)).count == 1)
            }
        }

        @Test("The existing session can be closed from the error dialog, and then another session opens", .tags(.ac03))
        func closeThenOpen() async throws {
            try await withTill { till in
                let browser = till.browser
                try await till.anaIsAboutToOpen()
                let existing = try await till.openConflictDialog()
                let offered = try await till.shop.ana.open(in: till.shop.centro).json["actions"].items
                try await browser.click("[data-action=close]")
                try await browser.find("[data-screen=action]")
                #expect(try await browser.text("#heading") == "Arqueo de caja")
                #expect(try await browser.text("label") == "Efectivo contado (Gs)")
                try await browser.fill("#field-final_cash", "1.480.000")
                #expect(try await browser.text("#field-final_cash-hint") == "Se entiende: Gs 1.480.000")
                try await browser.click("button[type=submit]")
                try await browser.find("[data-status=OPEN]")
                let number = existing["session_number"].integer ?? 0
                #expect(try await browser.text("#heading") == "Sesión N.º \(number + 1)")
                #expect(try await browser.text("[role=status] p") == "La sesión está abierta. ¡Buen turno!")
                #expect(try await browser.texts("[role=status] li") == ["La sesión N.º \(number) quedó cerrada."])
                try await browser.takePicture("closed-and-opened-es-1024")

                let opens = try await till.sent("POST", ending: "/sessions")
                try #require(opens.count == 2)
                #expect(opens[0]["key"] == opens[1]["key"])
                #expect(opens[0]["body"] == opens[1]["body"])
                let close = try #require(offered.first { $0["name"] == "close" })
                #expect(try await till.sent("POST", ending: "/close").map { $0["match"] } == [close["if_match"]])
                #expect(
                    try till.shop.query(
                        """
                        select string_agg(status || ' ' || initial_cash || ' ' || coalesce(final_cash, 0), ', '
                            order by session_number) from cash_sessions
                        """) == "CLOSED 150000 1480000, OPEN 200000 0")
            }
        }

        @Test("The error message is localized: the dialog and the page exist in both languages", .tags(.ac03))
        func localized() async throws {
            try await withTill { till in
                let browser = till.browser
                #expect(try await browser.text("h1") == "Entrar a la caja")
                try await till.speakEnglish()
                #expect(try await browser.text("h1") == "Log in to the till")
                try await till.anaIsAboutToOpen()
                #expect(try await browser.text("label") == "Initial cash (Gs)")
                _ = try await till.shop.ana.open(in: till.shop.centro)
                try await till.openSession("1,500,000")
                #expect(try await browser.text("#dialog-title") == "Can't open a new session")
                let detail = try await browser.text("#dialog-detail .detail")
                #expect(detail.contains(#/^You have an open session from \d{1,2}:\d\d [AP]M$/#), "\(detail)")
                #expect(try await browser.texts("[data-action]").prefix(2) == ["View session", "Close session"])
                #expect(try await browser.attribute("lang", of: "[role=alertdialog]") == "en")
                #expect(try await till.sent("POST", ending: "/sessions").last?["language"] == "en")
                try await browser.takePicture("dialog-en-1024")

                try await browser.click("#dialog-language")
                #expect(try await browser.text("#dialog-title") == "No se puede abrir una nueva sesión")
                let spanish = try await browser.text("#dialog-detail .detail")
                #expect(spanish.hasPrefix("Tenés una sesión abierta desde la"), "\(spanish)")
                #expect(try await browser.texts("[data-action]").prefix(2) == ["Ver Sesión", "Cerrar"])
                #expect(try await browser.isFocused("#dialog-language"))
                #expect(try await till.sent("POST", ending: "/sessions").count == 1, "a switch sends nothing")
                try await browser.click("#dialog-language")
                #expect(try await browser.text("#dialog-title") == "Can't open a new session")
                try await browser.click("[data-action=view]")
                #expect(try await browser.text("[data-fact=initial_cash]") == "Gs 150,000")
                try await browser.click("#language")
                #expect(try await browser.text("[data-fact=initial_cash]") == "Gs 150.000")
                #expect(try await browser.isFocused("#language"))
            }
        }

        @Test("A session from another day is marked as stale, and amounts are formatted by their currency")
        func stale() async throws {
            try await withTill { till in
                let (browser, shop) = (till.browser, till.shop)
                try await till.logIn(shop.carla)
                try await browser.find("[data-screen=open]")  // She works in one business, so she need not choose.
                #expect(try await browser.text("label") == "Efectivo inicial (US$)")
                let body = #"""
                    {"initial_cash": 123456, "cashier_id": "\#(shop.carla.id)", "opened_at": "2025-11-23T00:34:00Z"}
                    """#
                #expect(try await shop.administrator.open(in: shop.corner, body).status == 201)
                try await till.openSession("150,50")
                #expect(try await browser.text(".dialog .stale") == "Lleva abierta más tiempo del previsto")
                #expect(
                    try await browser.text("#dialog-detail .quiet").contains("desde el 22/11/2025 a las 19:34"))
                try await browser.takePicture("dialog-stale-1024")
                try await browser.click("[data-action=view]")
                #expect(try await browser.text("[data-fact=initial_cash]") == "US$ 1.234,56")
                #expect(try await browser.text("[data-fact=opened_at]") == "22/11/2025 19:34")
            }
        }

        @Test("The second of two tills that close a session shows it as the first one closed it")
        func closedMeanwhile() async throws {
            try await withTill { till in
                let browser = till.browser
                try await till.anaIsAboutToOpen()
                let existing = try await till.openConflictDialog()
                try await browser.click("[data-action=close]")
                try await browser.find("[data-screen=action]")
                #expect(try await till.shop.ana.close(existing, #"{"final_cash": 1}"#).status == 200)
                try await browser.fill("#field-final_cash", "150.002")
                try await browser.click("button[type=submit]")
                #expect(try await browser.attribute("data-code", of: "[role=alertdialog]") == "SESSION_ALREADY_CLOSED")
                try await browser.click("[data-action=view]")
                #expect(try await browser.text("[data-fact=final_cash]") == "Gs 1")
            }
        }
    }
}
