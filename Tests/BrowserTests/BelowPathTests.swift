import TestSupport
import Testing

extension TillTests {
    @Suite("The till below a path")
    struct BelowPathTests {
        @Test("The page opens a session and closes it from the dialog below a path")
        func shift() async throws {
            try await withShop(settings: ["PUBLIC_BASE_PATH": "/cashpilot"]) { shop in
                let till = try await Till.open(shop, at: shop.services[0].address + "/cashpilot")
                try await till.anaIsAboutToOpen()
                try await till.openConflictDialog()
                try await till.browser.click("[data-action=view]")
                try await till.browser.find("[data-status=OPEN]")
                let streams = try await till.sent("GET", ending: "/v1/events")
                #expect(streams.first?["what"] == "GET /cashpilot/v1/events")
            }
        }
    }
}
