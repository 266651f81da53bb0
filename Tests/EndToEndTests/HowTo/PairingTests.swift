import TestSupport
import Testing

@Suite("docs/howto/pair-a-till.md")
struct PairingTests {
    @Test("The how-to pairs a till, opens a session by PIN, gets a 409 that names the till, and ends the terminal")
    func follows() async throws {
        try await withShop { shop in
            let guide = try Guide("docs/howto/pair-a-till.md")
            let reader = try GuideReader([
                "CASHPILOT_URL": shop.services[0].address, "BUSINESS": shop.centro,
                "ADMIN_TOKEN": shop.administrator.token ?? "", "EMAIL": shop.ana.email,
                "PASSWORD": shop.ana.password,
            ])
            let output = try await reader.run(guide.code())
            let shown = try #require(guide.blocks.first { $0.language == "text" }?.text)
            #expect(output == shown + "UNAUTHENTICATED\nUNAUTHENTICATED\n")
        }
    }
}
