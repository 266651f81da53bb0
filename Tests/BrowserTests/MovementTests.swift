import TestSupport
import Testing

extension TillTests {
    @Suite("Movements at the till")
    struct MovementTests {
        private func choose(_ category: String, _ browser: Browser) async throws {
            try await browser.find("#field-category")
            try await browser.run(
                """
                var box = document.querySelector('#field-category');
                box.value = arguments[0];
                box.dispatchEvent(new Event('change', { bubbles: true }));
                """, .string(category))
        }

        @Test("Cash paid out, a drop and an opened drawer are recorded, and a refused form says what is missing")
        func records() async throws {
            try await withTill { till in
                let (browser, shop) = (till.browser, till.shop)
                try await till.anaIsAboutToOpen()
                try await till.openSession("500000")
                try await browser.find("[data-status=OPEN]")
                let session = try await shop.ana.get("/v1/businesses/\(shop.centro)/sessions/current").json

                try await browser.click("#paid-out")
                try await choose("OTHER", browser)
                try await browser.fill("#field-amount", "15000")
                try await browser.click("button[type=submit]")
                try await browser.find("#field-reason-fault")
                try await browser.fill("#field-reason", "Papel")
                try await browser.click("button[type=submit]")
                try await browser.find("[data-status=OPEN]")
                #expect(try await browser.text("[role=status]") == "El movimiento quedó registrado.")

                try await browser.click("#drop")
                try await browser.fill("#field-amount", "300000")
                try await browser.fill("#field-reference", "SOBRE-12")
                try await browser.click("button[type=submit]")
                try await browser.find("[data-status=OPEN]")

                try await browser.click("#no-sale")
                try await browser.fill("#field-reason", "Cambio de billetes")
                try await browser.click("button[type=submit]")
                try await browser.find("[data-status=OPEN]")

                let found = try await shop.ana.get("\(Person.path(of: session))/movements").json["items"].items
                #expect(found.map { $0["type"] } == ["NO_SALE", "DROP", "PAID_OUT"])
                #expect(found.map { $0["effect"] } == [0, -300_000, -15_000])
                #expect(found[1]["reference"] == "SOBRE-12" && found[2]["reason"] == "Papel")
            }
        }
    }
}
