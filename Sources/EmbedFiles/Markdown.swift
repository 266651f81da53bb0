/// The little of Markdown that the contract's descriptions use: paragraphs, headings, lists, code and emphasis.
enum Markdown {
    /// A description as HTML. `level` is that of its first headings.
    static func html(_ text: String, level: Int) -> String {
        var blocks: [Block] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let (kind, rest) = kind(of: line)
            switch (kind, blocks.last?.kind) {
            case (.blank, _): blocks.append(Block(kind: .blank))
            case (.paragraph, let last?) where last != .blank && last != .heading:
                blocks[blocks.count - 1].text += " " + rest
            default: blocks.append(Block(kind: kind, text: rest))
            }
        }
        var html = ""
        var list: Kind?
        for block in blocks where block.kind != .blank {
            if list != block.kind {
                html += list?.end ?? ""
                html += block.kind.start
                list = block.kind
            }
            switch block.kind {
            case .heading: html += "<h\(level)>\(inline(block.text))</h\(level)>\n"
            case .item, .step: html += "<li>\(inline(block.text))</li>\n"
            case .paragraph, .blank: html += "<p>\(inline(block.text))</p>\n"
            }
        }
        return html + (list?.end ?? "")
    }

    /// A line's words: code in backquotes, `**` around what is strong, `*` around what is stressed.
    static func inline(_ text: String) -> String {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { index, part in
            index % 2 == 1 ? "<code>\(escape(part))</code>" : emphasis(escape(part))
        }.joined()
    }

    static func escape(_ text: some StringProtocol) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
    }

    private static func emphasis(_ text: String) -> String {
        text.replacing(#/\*\*([^*]+)\*\*/#) { "<strong>\($0.1)</strong>" }
            .replacing(#/\*([^*\s][^*]*)\*/#) { "<em>\($0.1)</em>" }
    }

    private struct Block {
        let kind: Kind
        var text = ""
    }

    private enum Kind {
        case blank, paragraph, heading, item, step

        var start: String {
            switch self {
            case .item: "<ul>\n"
            case .step: "<ol>\n"
            case .blank, .paragraph, .heading: ""
            }
        }

        var end: String {
            switch self {
            case .item: "</ul>\n"
            case .step: "</ol>\n"
            case .blank, .paragraph, .heading: ""
            }
        }
    }

    private static func kind(of line: Substring) -> (Kind, String) {
        let line = line.drop { $0 == " " }
        if line.isEmpty { return (.blank, "") }
        if let match = line.prefixMatch(of: #/#+ /#) { return (.heading, String(line[match.range.upperBound...])) }
        if let match = line.prefixMatch(of: #/\* +/#) { return (.item, String(line[match.range.upperBound...])) }
        if let match = line.prefixMatch(of: #/\d+\. +/#) { return (.step, String(line[match.range.upperBound...])) }
        return (.paragraph, String(line))
    }
}
