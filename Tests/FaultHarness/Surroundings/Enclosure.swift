import Foundation
import TestSupport

/// A place of an experiment's own, with file systems or networks that nothing else on the machine sees.
///
/// The experiment is run by another process of this program inside it, and ends with it: whatever it has mounted or
/// started is gone then, however it ended.
enum Enclosure {
    /// With file systems and processes of its own.
    static let disks = ["/usr/bin/unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    /// Beside a PostgreSQL cluster of three hosts.
    static var cluster: [String] { [Repository.root.appending(path: "deploy/patroni/rehearse").path] }

    private static let marker = "FAULTS_ENCLOSED"

    /// Runs `body` here if this process was put inside for it, else has it run inside, and takes over what was seen.
    ///
    /// - Parameters:
    ///   - enclosure: the words before this program's own.
    ///   - name: of the experiment that asks.
    static func run(
        in enclosure: [String], _ name: String, _ trial: Trial, _ body: () async throws -> Void
    ) async throws {
        guard ProcessInfo.processInfo.environment[marker] == nil else { return try await body() }
        guard getuid() == 0 else { throw Trial.Failure(description: "NOT RUN: needs root, for namespaces") }
        let program = try trial.require(Bundle.main.executableURL?.path, "this program has no path")
        let scale = trial.scaled(short: ["--short"], full: [], long: ["--long"])
        let seed = "\(trial.chance(in: 1...999_999))"
        let words = enclosure + [program, "--only", name, "--seed", seed] + scale
        let process = try CashPilotProcess(
            Array(words.dropFirst()), environment: [marker: "yes", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"],
            executable: URL(filePath: words[0]))
        let status = try await process.wait(for: .seconds(600))
        // Its table has one row: fault, deed, seen, verdict.
        let row = process.output.split(separator: "\n").last { $0.hasPrefix("| ") && !$0.hasPrefix("| --- ") }
        let cells = row?.components(separatedBy: " | ") ?? []
        if cells.count == 4, status == 0 {
            trial.saw("\(cells[2]) (its seed \(seed))")
        } else {
            trial.complain("seed \(seed): \(cells.count == 4 ? cells[2] : process.output + process.errors.suffix(500))")
        }
    }
}
