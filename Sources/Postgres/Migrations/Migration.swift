/// One migration: a file in dbmate's format, such as `0001_businesses.sql`.
///
/// ```sql
/// -- migrate:up
/// create table businesses (…);
/// -- migrate:down
/// drop table businesses;
/// ```
///
/// After `up` or `down`, `transaction:false` runs each statement in a transaction of its own. Statements such as
/// `create index concurrently` need it.
package struct Migration: Sendable {
    struct Half: Sendable {
        let script: SQLScript
        let isTransactional: Bool
    }

    /// The digits before the first underscore. Versions are compared as text, so all have the same length.
    package let version: String
    /// The rest of the file name, without the underscore and `.sql`.
    package let name: String
    let file: String
    let text: String
    let up: Half
    let down: Half?

    /// Parses a file.
    ///
    /// - Throws: ``MigrationError`` with the invalid line, or with the file if its name is invalid or `-- migrate:up`
    ///   is missing.
    package init(file: String, text: String) throws(MigrationError) {
        let version = file.prefix { $0.isASCII && $0.isNumber }
        let rest = file.dropFirst(version.count)
        guard !version.isEmpty, rest.hasPrefix("_"), rest.hasSuffix(".sql"), rest.count > "_.sql".count else {
            throw MigrationError(file: file, "the name must be like 0001_what_it_does.sql")
        }
        let halves = try Self.halves(of: text, in: file)
        guard let up = halves["up"] else { throw MigrationError(file: file, "there is no -- migrate:up") }
        self.version = String(version)
        self.name = String(rest.dropFirst().dropLast(".sql".count))
        self.file = file
        self.text = text
        self.up = up
        self.down = halves["down"]
    }

    /// The tables and columns that the down half drops, as in ``Migrator/Reversal/losses``.
    var losses: [String] {
        (down?.script.statements ?? []).flatMap { statement -> [String] in
            let words = statement.text.lowercased().split { $0.isWhitespace || $0 == "," }.filter {
                !["if", "exists", "only"].contains($0)
            }
            guard words.count >= 3, words[1] == "table" else { return [] }
            if words[0] == "drop" { return ["table \(words[2])"] }
            return words.indices.dropLast(2).filter { words[$0] == "drop" && words[$0 + 1] == "column" }
                .map { "column \(words[2]).\(words[$0 + 2])" }
        }
    }

    private static let directive = "-- migrate:"

    private static func halves(of text: String, in file: String) throws(MigrationError) -> [Substring: Half] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let starts = lines.indices.filter { lines[$0].hasPrefix(directive) }
        let preamble = lines[..<(starts.first ?? lines.endIndex)].joined(separator: "\n")
        if let stray = SQLScript(preamble, firstLine: 1).statements.first {
            throw MigrationError(file: file, line: stray.line, "there is SQL before -- migrate:up")
        }
        var halves: [Substring: Half] = [:]
        for (index, start) in starts.enumerated() {
            let words = lines[start].dropFirst(directive.count).split { $0.isWhitespace }
            let direction = words.first ?? ""
            let options = words.dropFirst()
            guard ["up", "down"].contains(direction), halves[direction] == nil,
                options.isEmpty || options == ["transaction:false"] || options == ["transaction:true"]
            else { throw MigrationError(file: file, line: start + 1, "this directive is unknown or repeated") }
            let end = index + 1 < starts.count ? starts[index + 1] : lines.endIndex
            let body = lines[(start + 1)..<end].joined(separator: "\n")
            halves[direction] = Half(
                script: SQLScript(body, firstLine: start + 2), isTransactional: options != ["transaction:false"])
        }
        return halves
    }
}

/// A migration error, with its file and line if known.
package struct MigrationError: Error, Sendable, CustomStringConvertible {
    package let file: String?
    /// The line in the file, from 1.
    package let line: Int?
    package let message: String

    init(file: String? = nil, line: Int? = nil, _ message: String) {
        self.file = file
        self.line = line
        self.message = message
    }

    package var description: String {
        guard let file else { return message }
        return line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }
}
