import FoundationEssentials

/// An include that cannot be expanded. The description has the form in which compilers report errors.
struct IncludeError: Error, CustomStringConvertible {
    let path: String
    let line: Int
    let reason: String

    var description: String { "\(path):\(line): error: \(reason)" }
}

/// The SQL of a file of `sql/queries`, with its includes expanded.
///
/// A line `-- include NAME` becomes the SQL of `sql/fragments/NAME.sql`, without that file's comments and indented like
/// the line. A fragment may include other fragments.
func expandedSQL(_ path: String) throws -> String {
    try expandedLines(of: path, includedBy: []).joined(separator: "\n")
}

private func expandedLines(of path: String, includedBy files: [String]) throws -> [String] {
    var expanded: [String] = []
    for (index, line) in try text(path).split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        guard line.contains("-- include ") else {
            expanded.append(String(line))
            continue
        }
        func failure(_ reason: String) -> IncludeError { IncludeError(path: path, line: index + 1, reason: reason) }
        let words = line.split(separator: " ")
        guard words.count == 3, words[0] == "--" else {
            throw failure("write `-- include NAME` on a line of its own, with one name")
        }
        let folder = URL(filePath: path).deletingLastPathComponent().deletingLastPathComponent()
        let fragment = folder.appending(path: "fragments/\(words[2]).sql").path
        guard FileManager.default.fileExists(atPath: fragment) else { throw failure("\(fragment) does not exist") }
        guard !files.contains(fragment), fragment != path else { throw failure("\(words[2]) includes itself") }
        let indentation = line.prefix { $0 == " " }
        for included in try expandedLines(of: fragment, includedBy: files + [path]) where isCode(included) {
            expanded.append(indentation + included)
        }
    }
    return expanded
}

private func isCode(_ line: String) -> Bool {
    let text = line.drop { $0 == " " }
    return !text.isEmpty && !text.hasPrefix("--")
}
