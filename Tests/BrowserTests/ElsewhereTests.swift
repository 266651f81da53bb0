import TestSupport
import Testing

extension TillTests {
    @Suite("Changes made elsewhere")
    struct ElsewhereTests {
        @Test("The page shows by itself that an administrator has closed the session")
        func closed() async throws {
            try await withTill { till in
                try await till.anaIsAboutToOpen()
                try await till.openSession("150.000")
                try await till.browser.find("[data-status=OPEN]")
                let session = try await till.shop.ana.get("/v1/businesses/\(till.shop.centro)/sessions/current").json
                let reply = try await till.shop.administrator.change("force-close", session, #"{"reason": "left"}"#)
                #expect(reply.status == 200)
                try await till.browser.find("[data-status=CLOSED]")
                #expect(try await till.browser.text("[role=alert]") == "Esta sesión se cambió en otro lugar.")
                #expect(try await till.sent("GET", ending: "/v1/events").count == 1, "one stream, and no polling")
            }
        }

        @Test("The page returns to its first form if the session is deleted during the count")
        func deleted() async throws {
            try await withTill { till in
                try await till.anaIsAboutToOpen()
                try await till.openSession("150.000")
                try await till.browser.click("#close")
                try await till.browser.find("#field-final_cash")
                let session = try await till.shop.ana.get("/v1/businesses/\(till.shop.centro)/sessions/current").json
                #expect(try await till.shop.administrator.delete(session).status == 204)
                try await till.browser.find("[data-screen=open]")
                #expect(try await till.browser.text("[role=alert]") == "Esta sesión se cambió en otro lugar.")
            }
        }

        @Test("The page reconnects a cut event stream by itself, and shows the changes made meanwhile")
        func cut() async throws {
            try await withShop { shop in
                let line = try ServiceLine(to: shop.services[0].address)
                let till = try await Till.open(shop, at: line.address)
                try await till.anaIsAboutToOpen()
                try await till.openSession("150.000")
                try await till.browser.find("[data-status=OPEN]")
                let session = try await shop.ana.get("/v1/businesses/\(shop.centro)/sessions/current").json
                line.become(.losesAnswers)
                #expect(try await shop.administrator.change("end", session).status == 200)
                try await eventually("the stream is cut at the next event") {
                    try await shop.services[0].metric("cashpilot_event_streams") == "0" ? true : nil
                }
                line.become(.whole)
                try await till.browser.find("[data-status=ENDED]")
            }
        }
    }
}
