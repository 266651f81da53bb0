import Foundation

/// Runs experiments one after the other, so that they do not compete for the machine.
package struct ExperimentRunner: Sendable {
    private let seed: UInt64
    private let scale: Trial.Scale
    /// Prints one line of progress.
    private let log: @Sendable (String) -> Void

    package init(seed: UInt64, scale: Trial.Scale, log: @escaping @Sendable (String) -> Void) {
        self.seed = seed
        self.scale = scale
        self.log = log
    }

    /// - Parameter rowDone: gets the report after each experiment, in case the next one hangs.
    package func run(_ experiments: [Experiment], rowDone: @Sendable (Report) -> Void = { _ in }) async -> Report {
        var report = Report()
        for experiment in experiments {
            log("\(experiment.name): \(experiment.action)")
            let begin = ContinuousClock.now
            let row = await run(experiment)
            let seconds = (ContinuousClock.now - begin).components.seconds
            log("\(experiment.name): \(row.passed ? "passed" : "FAILED") after \(seconds) s")
            for failure in row.failures { log("    \(failure)") }
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
            trial.fail("\(error)")
        }
        return Report.Row(experiment: experiment, results: trial.results, failures: trial.failures)
    }
}

/// Runs `work` and cancels it after `limit`.
///
/// - Throws: ``Trial/Failure`` after `limit`, else the error of `work`.
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
            throw Trial.Failure(description: "did not end within \(limit)")
        }
        return outcome
    }
}
