import Foundation

/// Runs experiments one after the other: each has the machine for itself.
package struct Laboratory: Sendable {
    private let seed: UInt64
    private let scale: Trial.Scale
    /// Told what goes on, a line at a time.
    private let tell: @Sendable (String) -> Void

    package init(seed: UInt64, scale: Trial.Scale, tell: @escaping @Sendable (String) -> Void) {
        self.seed = seed
        self.scale = scale
        self.tell = tell
    }

    /// - Parameter rowDone: gets the report after each experiment, so that nothing is lost if the next one hangs.
    package func run(_ experiments: [Experiment], rowDone: @Sendable (Report) -> Void = { _ in }) async -> Report {
        var report = Report()
        for experiment in experiments {
            tell("\(experiment.name): \(experiment.deed)")
            let begin = ContinuousClock.now
            let row = await run(experiment)
            let seconds = (ContinuousClock.now - begin).components.seconds
            tell("\(experiment.name): \(row.passed ? "holds" : "FAILS") after \(seconds) s")
            for complaint in row.complaints { tell("    \(complaint)") }
            report.add(row)
            rowDone(report)
        }
        return report
    }

    private func run(_ experiment: Experiment) async -> Report.Row {
        var generator = SeededGenerator(seed: seed, name: experiment.name)
        let trial = Trial(seed: generator.next(), scale: scale)
        do {
            try await within(experiment.limit) { try await experiment.run(trial) }
        } catch {
            trial.complain("\(error)")
        }
        return Report.Row(experiment: experiment, seen: trial.seen, complaints: trial.complaints)
    }
}

/// Does something, and cancels it after a while.
///
/// - Throws: ``Trial/Failure`` if it took too long, else what `work` throws.
package func within<Outcome: Sendable>(
    _ limit: Duration, _ work: @escaping @Sendable () async throws -> Outcome
) async throws -> Outcome {
    try await withThrowingTaskGroup(of: Outcome?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let outcome = try await group.next() ?? nil else {
            throw Trial.Failure(description: "was not over after \(limit)")
        }
        return outcome
    }
}
