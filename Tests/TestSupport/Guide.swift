/// A page of the documents whose code blocks a test runs unchanged.
package struct Guide: Sendable {
    /// A fenced block of code.
    package struct Block: Sendable {
        /// The nearest heading above it, of any level.
        package let heading: String
        /// The first word after the fence: `sh`, `python`.
        package let language: String
        /// Whether a test runs it. False for `not-run` after the language.
        package let isRun: Bool
        package let text: String
    }

    package let blocks: [Block]

    /// - Parameter path: from the project's root.
    /// - Throws: if the page does not exist.
    package init(_ path: String) throws {
        blocks = Self.blocks(of: try Repository.text(path))
    }

    /// The joined blocks that a test runs.
    ///
    /// - Parameter heading: of the blocks; `nil` for all.
    package func code(_ language: String = "sh", under heading: String? = nil) -> String {
        blocks.filter { $0.isRun && $0.language == language && (heading == nil || $0.heading == heading) }
            .map(\.text).joined(separator: "\n")
    }

    private static func blocks(of page: String) -> [Block] {
        var blocks: [Block] = []
        var heading = ""
        var open: (fence: Substring, indent: Int, words: [Substring], lines: [Substring])?
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            let bare = line.drop { $0 == " " }
            if let block = open {
                guard bare == block.fence else {
                    open?.lines.append(line.dropFirst(min(block.indent, line.count - bare.count)))
                    continue
                }
                blocks.append(
                    Block(
                        heading: heading, language: block.words.first.map(String.init) ?? "",
                        isRun: !block.words.dropFirst().contains("not-run"),
                        text: block.lines.map { $0 + "\n" }.joined()))
                open = nil
            } else if bare.hasPrefix("```") {
                let fence = bare.prefix { $0 == "`" }
                open = (fence, line.count - bare.count, bare.dropFirst(fence.count).split(separator: " "), [])
            } else if line.hasPrefix("#") {
                heading = String(line.drop { $0 == "#" }.drop { $0 == " " })
            }
        }
        return blocks
    }
}
