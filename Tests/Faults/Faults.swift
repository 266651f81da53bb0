import ArgumentParser
import FaultHarness
import Foundation
import Synchronization

/// `make faults`: runs the experiments of docs/reliability.md and prints their results.
@main
struct Faults: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faults",
        abstract: "Inject faults into a running service and check its guarantees.",
        discussion: "Prints a table. Exit status 0 if every experiment passes, else 1.")

    @Option(help: "Seed of all random choices; printed. A seed always makes the same choices.")
    var seed = UInt64.random(in: 1...999_999)

    @Option(help: "Run only the experiment of this name; may be repeated.")
    var only: [String] = []

    @Flag(help: "Print the names and exit.")
    var list = false

    @Flag(help: "Run each experiment for a few seconds.")
    var short = false

    @Flag(help: "Run the full number of rounds of docs/reliability.md.")
    var long = false

    @Option(help: "Exit with 1 after this number of minutes.")
    var minutes = 12

    func validate() throws {
        guard !(short && long) else { throw ValidationError("--short or --long, not both") }
        guard (1...240).contains(minutes) else { throw ValidationError("--minutes: 1…240") }
        for name in only where !Experiment.all.contains(where: { $0.name == name }) {
            throw ValidationError("no experiment is named \(name); see --list")
        }
    }

    func run() async throws {
        guard !list else { return Experiment.all.forEach { print("\($0.name): \($0.fault)") } }
        let deadline = Deadline()
        deadline.start(minutes: minutes, seed: seed)
        let runner = ExperimentRunner(seed: seed, scale: short ? .short : long ? .long : .full, log: Self.log)
        Self.log("seed \(seed)")
        let chosen = Experiment.all.filter { only.isEmpty || only.contains($0.name) }
        let report = await runner.run(chosen) { soFar in deadline.report.withLock { $0 = soFar } }
        print("\n\(report.table)\n\nseed \(seed)")
        if !report.passed { throw ExitCode.failure }
    }

    /// Writes to standard error, because standard output has the table.
    @Sendable private static func log(_ line: String) {
        FileHandle.standardError.write(Data("faults: \(line)\n".utf8))
    }
}

/// Prints the results so far and ends the process, with its children, at the time limit.
private final class Deadline: Sendable {
    let report = Mutex(Report())

    func start(minutes: Int, seed: UInt64) {
        Thread.detachNewThread {
            sleep(UInt32(minutes) * 60)
            print("\n\(self.report.withLock { $0.table })\n\nseed \(seed): not complete after \(minutes) min")
            exit(1)
        }
    }
}
