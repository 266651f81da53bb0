/// What came of the experiments, as docs/reliability.md has it.
package struct Report: Sendable {
    package struct Row: Sendable {
        let experiment: Experiment
        let seen: [String]
        let complaints: [String]
        package var passed: Bool { complaints.isEmpty }
    }

    package private(set) var rows: [Row] = []

    package init() {}

    package var passed: Bool { rows.allSatisfy(\.passed) }

    package mutating func add(_ row: Row) { rows.append(row) }

    /// A table in Markdown.
    package var table: String {
        let head = ["| fault | done | seen | verdict |", "| --- | --- | --- | --- |"]
        let lines = rows.map { row in
            let seen = row.seen + row.complaints.map { "**\($0)**" }
            let cells = [row.experiment.fault, row.experiment.deed, seen.joined(separator: "; ")]
            // A bar or a line end would end the cell.
            let safe = cells.map { $0.replacing("|", with: "/").replacing("\n", with: " ") }
            return "| \(safe.joined(separator: " | ")) | \(row.passed ? "holds" : "FAILS") |"
        }
        return (head + lines).joined(separator: "\n")
    }
}
