import ArgumentParser
import FaultHarness
import Foundation
import Synchronization

/// `make faults`: every fault of docs/reliability.md, and what came of it.
@main
struct Faults: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faults",
        abstract: "Break things around a running service, and look whether its promises hold.",
        discussion: "Prints a table. Exit status 0 if everything holds, 1 if not.")

    @Option(help: "Where all chance comes from; printed. The same seed makes the same choices.")
    var seed = UInt64.random(in: 1...999_999)

    @Option(help: "Only the experiment of this name; may be repeated.")
    var only: [String] = []

    @Flag(help: "Print the names, and do nothing.")
    var list = false

    @Flag(help: "A few seconds each.")
    var short = false

    @Flag(help: "As long as docs/reliability.md wants it once.")
    var long = false

    @Option(help: "After so many minutes it is over, whatever goes on.")
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
        let laboratory = Laboratory(seed: seed, scale: short ? .short : long ? .long : .full, tell: Self.tell)
        Self.tell("seed \(seed)")
        let chosen = Experiment.all.filter { only.isEmpty || only.contains($0.name) }
        let report = await laboratory.run(chosen) { soFar in deadline.report.withLock { $0 = soFar } }
        print("\n\(report.table)\n\nseed \(seed)")
        if !report.passed { throw ExitCode.failure }
    }

    /// Goes on standard error, because standard output is the table's.
    @Sendable private static func tell(_ line: String) {
        FileHandle.standardError.write(Data("faults: \(line)\n".utf8))
    }
}

/// Ends the process when its time is over, with what is known by then. What it started ends with it.
private final class Deadline: Sendable {
    let report = Mutex(Report())

    func start(minutes: Int, seed: UInt64) {
        Thread.detachNewThread {
            sleep(UInt32(minutes) * 60)
            print("\n\(self.report.withLock { $0.table })\n\nseed \(seed): not over after \(minutes) min")
            exit(1)
        }
    }
}
