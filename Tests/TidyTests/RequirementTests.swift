import Foundation
import Testing

@Suite("docs/product/REQUIREMENTS.md")
struct RequirementTests {
    @Test("Each requirement names tests that exist")
    func namedTestsExist() throws {
        var titles: Set<String> = []
        for file in try Project.files(in: "Tests", ending: ".swift") {
            for match in file.text.matches(of: #/@Test\(\s*"((?:[^"\\]|\\.)*)"/#) {
                titles.insert(String(match.1).replacing("\\\"", with: "\""))
            }
        }
        let document = try Project.file("docs/product/REQUIREMENTS.md").text
        let named = document.matches(of: #/«([^»]+)»/#).map { String($0.1) }
        #expect(named.count >= 17)
        for title in named { #expect(titles.contains(title), "no test is named: \(title)") }
    }
}
