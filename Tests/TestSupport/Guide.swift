/// A page of the documents whose code a test runs, as it stands there.
package struct Guide: Sendable {
    /// A fenced block of code.
    package struct Block: Sendable {
        /// The nearest heading above it, of any level.
        package let heading: String
        /// The first word behind the fence: `sh`, `python`.
        package let language: String
        /// Whether a test runs it. One that none can run has `not-run` behind its language.
        package let isRun: Bool
        package let text: String
    }

    package let blocks: [Block]

    /// - Parameter path: from the project's root.
    /// - Throws: if there is no such page.
    package init(_ path: String) throws {
        blocks = Self.blocks(of: try Repository.text(path))
    }

    /// The blocks that a test runs, one behind the other.
    ///
    /// - Parameter heading: only those right below it; all if none is given.
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
