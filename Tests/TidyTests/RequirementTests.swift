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

    @Test("Links between documents lead somewhere")
    func links() throws {
        for file in try Project.files(in: "docs", ending: ".md") + [try Project.file("README.md")] {
            let folder = URL(filePath: file.path, relativeTo: Project.root).deletingLastPathComponent()
            for match in file.text.matches(of: #/\]\(([^)#:]+)\)/#) {
                let target = folder.appending(path: String(match.1))
                #expect(FileManager.default.fileExists(atPath: target.path), "\(file.path): \(match.1)")
            }
        }
    }
}
