import TestSupport
import Testing

extension Person {
    /// Chooses the PIN of this person by API.
    func setPIN(_ pin: String) async throws {
        let reply = try await send("PUT", "/v1/me/pin", #"{"pin": "\#(pin)", "current_password": "\#(password)"}"#)
        #expect(reply.status == 204)
    }
}

extension TillTests {
    @Suite("A till of a shop")
    struct PairedTillTests {
        @Test("A paired till logs in by PIN, survives a reload, and switches cashiers in one tap")
        func paired() async throws {
            try await withTill { till in
                let (browser, shop) = (till.browser, till.shop)
                try await shop.ana.setPIN("735190")
                let terminal = try await till.pair()
                #expect(try await browser.text(".where").hasSuffix("Mostrador"))
                #expect(try await browser.texts("[data-cashier='\(shop.bruno.id)'] .quiet") == ["con contraseña"])

                try await till.enterPIN(of: shop.ana, "735191")
                try await browser.find("[role=alert] .notice")
                #expect(try await browser.has("[data-screen=pin]"), "a wrong PIN does not unpair the till")
                try await browser.click("#cashiers")
                try await till.enterPIN(of: shop.ana, "735190")
                try await browser.find("[data-screen=open]")
                try await till.openSession("150000")
                try await browser.find("[data-status=OPEN]")
                let session = try await shop.ana.get("/v1/businesses/\(shop.centro)/sessions/current").json
                #expect(session["terminal"]["id"] == terminal["id"])

                try await till.reload()
                try await browser.find("[data-status=OPEN]")
                #expect(try await browser.text(".who") == shop.ana.name)
                #expect(!(try await browser.has("#next")), "no other session is offered while one is open")

                try await browser.click("#log-out")
                try await browser.find("[data-cashier='\(shop.bruno.id)']")
                #expect(try await browser.run("return sessionStorage.length") == 0)
                try await brunoChoosesPIN(till)

                try await pass(minutes: 11, browser)
                try await till.reload()
                try await browser.find("[data-screen=cashiers]")
                #expect(
                    try await browser.text("[role=alert]") == "Saliste porque nadie usó la caja por 10 minutos.")

                try await till.enterPIN(of: shop.bruno, "918273")
                try await browser.find("[data-screen=open]")
                let path = "/v1/businesses/\(shop.centro)/terminals/\(terminal["id"].string ?? "")"
                #expect(try await shop.administrator.send("DELETE", path, nil).status == 204)
                try await browser.find("[data-screen=login]")
                #expect(try await browser.run("return localStorage.length") == 0)
                #expect(try await browser.text("[role=alert] strong") == "Esta caja ya no está vinculada")
            }
        }

        /// Logs Bruno in with his password, as he has no PIN, and out again with one.
        private func brunoChoosesPIN(_ till: Till) async throws {
            let (browser, bruno) = (till.browser, till.shop.bruno)
            try await browser.click("[data-cashier='\(bruno.id)']")
            try await browser.find("[data-screen=login]")
            try await till.logIn(bruno)
            try await browser.click("#own-pin")
            for (field, text) in [("current_password", bruno.password), ("pin", "918273"), ("pin_again", "918270")] {
                try await browser.fill("#field-\(field)", text)
            }
            try await browser.click("button[type=submit]")
            #expect(try await browser.text("#field-pin_again-fault") == "Los dos PIN no son iguales.")
            try await till.speakEnglish()
            #expect(try await browser.text("#field-pin_again-fault") == "The two PINs differ.")
            try await browser.click("#language")
            try await browser.fill("#field-pin_again", "918273")
            try await till.submitSecret()
            try await browser.find("[data-screen=open]")
            #expect(try await browser.text("[role=status]").hasPrefix("Tu PIN quedó guardado."))
        }

        /// Makes the last input of the page older.
        private func pass(minutes: Int64, _ browser: Browser) async throws {
            try await browser.run(
                """
                var login = JSON.parse(sessionStorage.getItem('cashpilot.login'));
                login.at -= arguments[0] * 60000;
                sessionStorage.setItem('cashpilot.login', JSON.stringify(login));
                """, .integer(minutes))
        }

        @Test("A count below the float is asked about, and every allowed action has its button and form")
        func actions() async throws {
            try await withTill { till in
                let browser = till.browser
                try await till.anaIsAboutToOpen()
                try await till.openSession("150000")
                #expect(try await browser.text("[data-fact=initial_cash]") == "Gs 150.000")
                #expect(
                    try await buttons(browser) == [
                        "close", "paid-in", "paid-out", "drop", "no-sale", "end", "handover", "edit",
                    ])

                try await browser.click("#edit")
                #expect(try await browser.value(of: "#field-initial_cash") == "150.000")
                try await browser.fill("#field-notes", "con cambio")
                try await browser.click("button[type=submit]")
                #expect(try await browser.text("[data-fact=notes]") == "con cambio")
                let edits = try await till.sent("PATCH", ending: "")
                #expect(edits.map { $0["body"] } == [#"{"notes":"con cambio"}"#], "only what changed is sent")

                try await browser.click("#close")
                try await browser.fill("#field-final_cash", "34000")
                #expect(try await browser.value(of: "#field-final_cash") == "34.000")
                try await browser.click("button[type=submit]")
                #expect(
                    try await browser.text("#dialog-detail") == "Contaste Gs 34.000; el fondo era Gs 150.000. ¿Cerrar?")
                try await browser.click("[data-action=no]")
                #expect(try await till.sent("POST", ending: "/close").isEmpty)
                try await browser.click("#more")
                try await browser.fill("#field-declared_cash_sales", "0")
                try await browser.click("button[type=submit]")
                try await browser.click("[data-action=yes]")
                try await browser.find("[data-status=CLOSED]")
                #expect(
                    try await browser.text("[role=status]")
                        == "La sesión quedó cerrada. Faltante: Gs 116.000. Ya se puede abrir otra.")
                #expect(try await browser.text("[data-fact=over_short]") == "Gs 116.000")
                try await browser.run("window.print = function () { window.wasPrinted = true; };")
                try await browser.click("#print")
                #expect(try await browser.run("return window.wasPrinted") == true)

                try await browser.click("#edit")
                try await browser.fill("#field-final_cash", "134000")
                try await browser.click("button[type=submit]")
                #expect(try await browser.text("#field-reason-fault") == "Este campo es obligatorio.")
                try await browser.fill("#field-reason", "faltó un billete")
                try await browser.click("button[type=submit]")
                try await browser.find("[role=status] .notice")
                #expect(try await browser.text("[role=status]") == "Los cambios quedaron guardados.")
                #expect(try await browser.text("[data-fact=over_short]") == "Gs 16.000")
                try await handOver(till)
            }
        }

        /// Opens another session and hands it over to Bruno.
        private func handOver(_ till: Till) async throws {
            let (browser, shop) = (till.browser, till.shop)
            try await browser.click("#next")
            try await till.openSession("134000")
            try await browser.find("[data-status=OPEN]")
            try await browser.click("#handover")
            try await browser.find("#field-to_cashier_id")
            try await browser.run(
                """
                var box = document.querySelector('#field-to_cashier_id');
                box.value = arguments[0];
                box.dispatchEvent(new Event('change', { bubbles: true }));
                """, .string(shop.bruno.id))
            try await browser.fill("#field-final_cash", "200000")
            try await browser.click("button[type=submit]")
            try await browser.find("[data-status=CLOSED]")
            #expect(try await browser.text("[role=status]") == "Entregaste la caja, y tu sesión quedó cerrada.")
            let received = try await shop.bruno.get("/v1/businesses/\(shop.centro)/sessions/current").json
            #expect(received["initial_cash"] == 200_000)
        }

        /// The names of the actions on the screen.
        private func buttons(_ browser: Browser) async throws -> [String] {
            try await browser.run(
                """
                return [].map.call(document.querySelectorAll('[data-do]'), function (e) {
                  return e.getAttribute('data-do');
                });
                """
            ).items.compactMap(\.string)
        }

        @Test("An administrator has a button for every further action on a session")
        func administrator() async throws {
            try await withTill { till in
                let (browser, shop) = (till.browser, till.shop)
                try await till.logIn(shop.administrator)
                try await till.choose(shop.centro)
                try await till.openSession("1000")
                try await browser.find("[data-status=OPEN]")
                let shown = try await buttons(browser)
                #expect(shown.contains("force-close") && shown.contains("flag") && shown.contains("delete"), "\(shown)")
                for (action, then) in [
                    ("flag", "unflag"), ("unflag", "flag"), ("force-close", "reopen"), ("reopen", "end"),
                ] {
                    try await browser.click("#\(action)")
                    try await browser.find("[data-screen=action]")
                    if action != "unflag" { try await browser.fill("#field-reason", "una prueba") }
                    try await browser.click("button[type=submit]")
                    try await browser.find("#\(then)")
                }
                try await browser.click("#delete")
                try await browser.fill("#field-reason", "una prueba")
                try await browser.click("button[type=submit]")
                try await browser.find("[data-screen=open]")
                #expect(try await browser.text("[role=status]") == "La sesión se borró.")
            }
        }
    }
}
