import TestSupport
import Testing

extension TillTests {
    @Suite("Keyboard")
    struct KeyboardTests {
        @Test("The till page works by keyboard alone: the dialog keeps the focus, and Escape returns it")
        func keyboard() async throws {
            try await withTill { till in
                let (browser, shop) = (till.browser, till.shop)
                #expect(try await browser.isFocused("#field-email"))
                try await browser.press(shop.ana.email + Key.tab + shop.ana.password + Key.enter)
                try await browser.find("[data-screen=businesses]")
                try await press(Key.tab, until: "[data-business='\(shop.centro)']", browser)
                try await browser.press(Key.enter)
                try await browser.find("[data-screen=open]")
                #expect(try await browser.isFocused("#field-initial_cash"))

                let existing = try await shop.ana.open(in: shop.centro).json
                try await browser.press("1000" + Key.enter)
                try await browser.find("[role=alertdialog]")
                try await keepsFocus(browser)
                try await browser.press(Key.escape)
                try await browser.untilGone("[role=alertdialog]")
                #expect(try await browser.isFocused("#field-initial_cash"))
                #expect(try await browser.run("return document.activeElement.value") == "1.000")

                try await browser.press(Key.enter)
                try await browser.find("[role=alertdialog]")
                try await press(Key.tab, until: "[data-action=close]", browser)
                try await browser.press(Key.enter)
                try await browser.find("[data-screen=action]")
                #expect(try await browser.isFocused("#field-final_cash"))
                try await browser.press("777")
                try await press(Key.tab, until: "#more", browser)
                try await browser.press(Key.enter)
                #expect(try await browser.attribute("aria-expanded", of: "#more") == "true")
                #expect(try await browser.isFocused("#more"))
                try await browser.press(Key.tab)
                #expect(try await browser.isFocused("#field-declared_cash_sales"))
                try await browser.press("5" + Key.enter)
                try await browser.find("[data-code=LOW_COUNT]")
                #expect(try await browser.isFocused("[data-action=no]"))
                try await press(Key.tab, until: "[data-action=yes]", browser)
                try await browser.press(Key.enter)
                try await browser.find("[data-status=OPEN]")
                let closed = try await shop.ana.get(Person.path(of: existing)).json
                #expect(closed["final_cash"] == 777)
                #expect(closed["declared_cash_sales"] == 5)
            }
        }

        /// Tabs through the dialog forwards and backwards, and expects that the focus stays inside.
        private func keepsFocus(_ browser: Browser) async throws {
            #expect(try await browser.isFocused("[data-action=view]"))
            let count = try await browser.texts("[role=alertdialog] button").count
            for key in [Key.tab, Key.shift + Key.tab] {
                var visited: [String] = []
                for _ in 0..<count {
                    try await browser.press(key)
                    let name = try await browser.run(
                        "var e = document.activeElement; return e.closest('[role=alertdialog]') && e.textContent")
                    visited.append(name.string ?? "outside")
                }
                #expect(Set(visited).count == count && !visited.contains("outside"), "\(visited)")
                #expect(try await browser.isFocused("[data-action=view]"), "once round")
            }
            // A click beside the buttons must not let the focus leave the dialog.
            try await browser.click("#dialog-detail")
            try await browser.press(Key.tab)
            #expect(try await browser.isFocused("[data-action=view]"))
            #expect(try await browser.run("return document.getElementById('page').inert") == true)
        }

        private func press(_ key: String, until selector: String, _ browser: Browser) async throws {
            for _ in 0..<12 where !(try await browser.isFocused(selector)) { try await browser.press(key) }
            #expect(try await browser.isFocused(selector))
        }

        @Test("An invalid field shows its error and gets the focus, and nothing is sent")
        func fieldFaults() async throws {
            try await withTill { till in
                let browser = till.browser
                try await browser.click("button[type=submit]")
                #expect(try await browser.text("#field-email-fault") == "Este campo es obligatorio.")
                #expect(try await browser.isFocused("#field-email"))
                try await till.anaIsAboutToOpen()
                for (typed, told) in [
                    ("", "Escribí un monto, por ejemplo 150.000"),
                    ("15.00", "No se entiende ese monto. Escribilo así: 150.000"),
                    ("1000000000000", "Ese monto es demasiado grande."),
                ] {
                    try await till.openSession(typed)
                    #expect(try await browser.text("#field-initial_cash-fault") == told)
                    #expect(try await browser.isFocused("#field-initial_cash"))
                    #expect(try await browser.attribute("aria-invalid", of: "#field-initial_cash") == "true")
                }
                try await browser.fill("#field-initial_cash", "5")
                #expect(!(try await browser.has("#field-initial_cash-fault")))
                #expect(try await till.sent("POST", ending: "/sessions").isEmpty)
            }
        }
    }
}
