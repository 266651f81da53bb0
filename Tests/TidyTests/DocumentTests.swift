import Foundation
import Testing

@Suite("Documents")
struct DocumentTests {
    private static let pages = Result {
        try ["docs", "deploy", "sql", "bench"].flatMap { try Project.files(in: $0, ending: ".md") }
            + FileManager.default.contentsOfDirectory(atPath: Project.root.path).filter { $0.hasSuffix(".md") }.sorted()
            .map(Project.file)
    }

    @Test("Every link between documents leads to an existing file and an existing heading")
    func links() throws {
        var count = 0
        for page in try Self.pages.get() {
            for match in page.prose.matches(of: #/\]\(([^)\s]+)\)/#) where !match.1.contains(":") {
                let parts = match.1.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                let target = parts[0].isEmpty ? page.path : page.path(to: String(parts[0]))
                let url = Project.root.appending(path: target)
                #expect(FileManager.default.fileExists(atPath: url.path), "\(page.path): \(match.1)")
                if parts.count == 2 {
                    #expect(try Project.file(target).anchors.contains(String(parts[1])), "\(page.path): \(match.1)")
                }
                count += 1
            }
        }
        #expect(count > 50)
    }

    @Test("Every quoted heading of a page exists, also if a source or a script names it")
    func quotedHeadings() throws {
        let others = ["Sources", "Tests", "sql", "deploy", "bench", "scripts"].flatMap { folder in
            let names = FileManager.default.enumerator(atPath: Project.root.appending(path: folder).path)
            // What is no text is no page's business.
            return (names?.compactMap { $0 as? String } ?? []).compactMap { try? Project.file("\(folder)/\($0)") }
        }
        var count = 0
        for file in try Self.pages.get() + others {
            for match in file.text.matches(of: #/([A-Za-z0-9_./-]+\.md)\)?, "([^"\\]+)"/#) {
                let name = String(match.1)
                let candidates = [name, "docs/\(name)", file.path(to: name)]
                let page = candidates.lazy.compactMap { try? Project.file($0) }.first
                let titles = page?.headings.map { $0.replacing("`", with: "") } ?? []
                #expect(titles.contains(String(match.2)), "\(file.path): \(match.0)")
                count += 1
            }
        }
        #expect(count > 5)
    }

    @Test("Every how-to is run by a test, and explains each block that no test runs")
    func followed() throws {
        let tests = try Project.files(in: "Tests", ending: ".swift").map(\.text)
        let others = ["docs/WALKTHROUGH.md", "docs/OPERATING.md"]
        for page in try Self.pages.get() where page.path.hasPrefix("docs/howto/") || others.contains(page.path) {
            #expect(tests.contains { $0.contains("Guide(\"\(page.path)\")") }, "\(page.path)")
            for block in page.text.matches(of: #/(?ms)^ *```sh not-run\n.*?^ *```\n\n? *([^\n]*)/#) {
                #expect(block.1.hasPrefix("No test"), "\(page.path): \(block.0)")
            }
        }
    }

    @Test("No text for the shop calls a request a pedido, has a word of the API, or shows PYG before an amount")
    func shopWords() throws {
        let wrong = #/(?i)\bpedidos?\b|\bPYG \d|queda libre|se registra una sola vez|is recorded once\b/#
        let sources = try Project.files(in: "Sources/CashPilotHTTP", ending: ".swift")
        let features = try Project.file("docs/product/FEATURE_DOCS.md")
        for file in try sources + Project.files(in: "till", ending: ".js") + [features] {
            let text = file.text.replacing(#/(?m)^ *\/\/.*$/#, with: "")
            #expect(text.firstMatch(of: wrong) == nil, "\(file.path)")
        }
        let technical = #/(?i)\b(stale|force-close|handover`|end`)|`[a-z_-]+`/#
        #expect(features.text.matches(of: technical).map { String($0.0) } == [])
    }
}

extension Project.File {
    /// Without blocks of code.
    fileprivate var prose: String { text.replacing(#/(?ms)^ *```.*?^ *```$/#, with: "") }

    fileprivate var headings: [String] {
        prose.matches(of: #/(?m)^#+ +(.+?) *$/#).map { String($0.1) }
    }

    /// The names by which links reach the headings, as forges make them.
    fileprivate var anchors: Set<String> {
        var anchors: Set<String> = []
        for heading in headings {
            let kept = heading.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
            let name = kept.replacing(" ", with: "-")
            let names = [name] + (1...9).map { "\(name)-\($0)" }
            if let free = names.first(where: { !anchors.contains($0) }) { anchors.insert(free) }
        }
        return anchors
    }

    /// From the project's root, what this file calls `relative`.
    fileprivate func path(to relative: String) -> String {
        var parts = path.split(separator: "/").dropLast().map(String.init)
        for part in relative.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }
}
