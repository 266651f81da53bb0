import Foundation
import Testing

@Suite("docs/product/REQUIREMENTS.md")
struct RequirementTests {
    @Test("Every test that REQUIREMENTS.md names exists")
    func namedTestsExist() throws {
        var titles: Set<String> = []
        for file in try Project.files(in: "Tests", ending: ".swift") {
            for match in file.text.matches(of: #/@Test\(\s*"((?:[^"\\]|\\.)*)"/#) {
                titles.insert(String(match.1).replacing("\\\"", with: "\""))
            }
        }
        let document = try Project.file("docs/product/REQUIREMENTS.md").text
        let named = document.matches(of: #/«([^»]+)»/#).map { String($0.1) }
        for title in named { #expect(titles.contains(title), "no test is named: \(title)") }
    }

    @Test("Every requirement names a test, except the one without code")
    func everyRowNamesATest() throws {
        var (isRequirement, count, unnamed): (Bool, Int, [String]) = (false, 0, [])
        for line in try Project.file("docs/product/REQUIREMENTS.md").lines {
            if line == "| requirement | shown by |" { isRequirement = true }
            if !line.hasPrefix("|") { isRequirement = false }
            guard isRequirement, line != "| requirement | shown by |", line != "| --- | --- |" else { continue }
            count += 1
            if !line.contains(#/\| .*«[^»]+».* \|$/#) { unnamed.append(String(line)) }
        }
        #expect(count > 0)
        #expect(unnamed.map { $0.hasPrefix("| nothing closes a session by itself |") } == [true], "\(unnamed)")
    }
}
