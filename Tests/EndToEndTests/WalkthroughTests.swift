import Foundation
import TestSupport
import Testing

@Suite("docs/WALKTHROUGH.md")
struct WalkthroughTests {
    @Test("Its curl commands answer what it says")
    func commands() async throws {
        let document = try Repository.text("docs/WALKTHROUGH.md")
        let blocks = document.split(separator: "```sh\n").dropFirst().compactMap { $0.split(separator: "```").first }
        try await withShop { shop in
            let printed = try await Shell.output(
                "URL=$1\n" + blocks.joined(separator: "\n"), [shop.services[0].address])
            let statuses = printed.matches(of: #/HTTP/1\.1 (\d{3})/#).map { String($0.1) }
            #expect(statuses == ["201", "201", "409", "200", "200", "201"])
            #expect(printed.contains("Idempotent-Replayed: true"))
            #expect(printed.contains("You have an open session from"))
            #expect(printed.contains(#""over_short":-10000"#))
        }
    }
}
