import Foundation
import TestSupport

/// Linux namespaces for one experiment, with file systems or networks that no other process sees.
///
/// A child process of this program runs the experiment inside. Its mounts and processes end with it in any case.
enum Enclosure {
    /// With separate mounts and processes.
    static let disks = ["/usr/bin/unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    /// Beside a PostgreSQL cluster of three hosts.
    static var cluster: [String] { [Repository.root.appending(path: "deploy/patroni/rehearse").path] }

    private static let marker = "FAULTS_ENCLOSED"

    /// Runs `body` if this process is already inside, else runs the experiment inside and takes over its results.
    ///
    /// - Parameters:
    ///   - enclosure: the command that runs this program inside.
    ///   - name: of the experiment.
    static func run(
        in enclosure: [String], _ name: String, _ trial: Trial, _ body: () async throws -> Void
    ) async throws {
        guard ProcessInfo.processInfo.environment[marker] == nil else { return try await body() }
        guard getuid() == 0 else { throw Trial.Failure(description: "NOT RUN: needs root, for namespaces") }
        let program = try trial.require(Bundle.main.executableURL?.path, "this program has no path")
        let scale = trial.scaled(short: ["--short"], full: [], long: ["--long"])
        let seed = "\(trial.random(in: 1...999_999))"
        let words = enclosure + [program, "--only", name, "--seed", seed] + scale
        let process = try CashPilotProcess(
            Array(words.dropFirst()), environment: [marker: "yes", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"],
            executable: URL(filePath: words[0]))
        let status = try await process.wait(for: .seconds(600))
        // The table has one row: fault, action, result, verdict.
        let row = process.output.split(separator: "\n").last { $0.hasPrefix("| ") && !$0.hasPrefix("| --- ") }
        let cells = row?.components(separatedBy: " | ") ?? []
        if cells.count == 4, status == 0 {
            trial.report("\(cells[2]) (its seed \(seed))")
        } else {
            trial.fail("seed \(seed): \(cells.count == 4 ? cells[2] : process.output + process.errors.suffix(500))")
        }
    }
}
