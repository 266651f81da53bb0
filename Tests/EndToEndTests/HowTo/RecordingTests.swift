import TestSupport
import Testing

@Suite("docs/howto/record-cash.md")
struct RecordingTests {
    @Test("The how-to records a shift, counts it blind, reads the reconciliation, and sends a late movement twice")
    func follows() async throws {
        try await withShop { shop in
            let guide = try Guide("docs/howto/record-cash.md")
            let reader = try GuideReader([
                "CASHPILOT_URL": shop.services[0].address, "BUSINESS": shop.centro,
                "ADMIN_TOKEN": shop.administrator.token ?? "", "TOKEN": shop.ana.token ?? "",
            ])
            let output = try await reader.run(guide.code())
            let shown = try #require(guide.blocks.first { $0.language == "text" }?.text)
            #expect(output == shown)
        }
    }
}
