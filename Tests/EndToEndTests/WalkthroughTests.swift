import TestSupport
import Testing

@Suite("docs/WALKTHROUGH.md")
struct WalkthroughTests {
    @Test("The walkthrough's curl commands return the responses that the page describes")
    func commands() async throws {
        let guide = try Guide("docs/WALKTHROUGH.md")
        try await withShop { shop in
            let printed = try await GuideReader(["URL": shop.services[0].address]).run(guide.code())
            let statuses = printed.matches(of: #/HTTP\/1\.1 (\d{3})/#).map { String($0.1) }
            #expect(statuses == ["201", "201", "409", "200", "200", "201", "200", "200"])
            #expect(printed.contains("Idempotent-Replayed: true"))
            #expect(printed.contains("You have an open session from"))
            #expect(printed.contains(#""over_short":-10000"#))
            #expect(printed.contains(#""status":"ENDED""#))
        }
    }

    @Test("No document has a fixed Idempotency-Key, which would replay yesterday's response")
    func freshKeys() throws {
        for path in ["README.md", "docs/WALKTHROUGH.md", "docs/OPERATING.md", "docs/howto/integrate-a-till.md"] {
            for header in try Repository.text(path).matches(of: #/Idempotency-Key: *([^'"\s]+)/#) {
                #expect(header.1.hasPrefix("$"), "\(path) has the key \(header.1)")
            }
        }
    }
}
