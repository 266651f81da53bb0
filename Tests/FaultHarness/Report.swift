/// The results of experiments, in the format of docs/reliability.md.
package struct Report: Sendable {
    package struct Row: Sendable {
        let experiment: Experiment
        let results: [String]
        let failures: [String]
        package var passed: Bool { failures.isEmpty }
    }

    package private(set) var rows: [Row] = []

    package init() {}

    package var passed: Bool { rows.allSatisfy(\.passed) }

    package mutating func add(_ row: Row) { rows.append(row) }

    /// A table in Markdown.
    package var table: String {
        let head = ["| fault | action | result | verdict |", "| --- | --- | --- | --- |"]
        let lines = rows.map { row in
            let results = row.results + row.failures.map { "**\($0)**" }
            let cells = [row.experiment.fault, row.experiment.action, results.joined(separator: "; ")]
            // A bar or a line end would end the cell.
            let safe = cells.map { $0.replacing("|", with: "/").replacing("\n", with: " ") }
            return "| \(safe.joined(separator: " | ")) | \(row.passed ? "passed" : "FAILED") |"
        }
        return (head + lines).joined(separator: "\n")
    }
}
