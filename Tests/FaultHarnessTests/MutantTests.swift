import FaultHarness
import Testing

/// Short runs of the whole harness: program, database, recorded clients and checker.
@Suite("The fault harness on mutant services and on the real one", .serialized)
struct MutantTests {
    @Test(
        "The fault harness reports the faults of mutant services, and none of the real one",
        arguments: Experiment.ofTheChecker)
    func mutants(experiment: Experiment) async throws {
        let trial = Trial(seed: .random(in: 1...999_999))
        try await experiment.run(trial)
        #expect(trial.failures == [], "\(trial.results)")
    }

    @Test("A report is a Markdown table, and fails with one failed experiment")
    func report() async {
        let experiments = [
            Experiment("good", fault: "none", action: "nothing") { $0.report("a | b") },
            Experiment("bad", fault: "one", action: "fails") { $0.expect(false, "that") },
            Experiment("late", fault: "slowness", action: "sleeps", limit: .milliseconds(1)) { _ in
                try await Task.sleep(for: .seconds(60))
            },
        ]
        let report = await ExperimentRunner(seed: 1, scale: .short) { _ in }.run(experiments)
        #expect(!report.passed)
        #expect(
            report.table == """
                | fault | action | result | verdict |
                | --- | --- | --- | --- |
                | none | nothing | a / b | passed |
                | one | fails | **that** | FAILED |
                | slowness | sleeps | **did not end within 0.001 seconds** | FAILED |
                """)
    }

    @Test("A seed makes the same choices, whatever other experiments run")
    func seeds() async {
        let choices = Choices()
        let experiment = Experiment("one", fault: "", action: "") { trial in
            await choices.add((0..<5).map { _ in trial.random(in: 0...1_000_000) })
        }
        let other = Experiment("other", fault: "", action: "") { _ = $0.random(in: 0...1) }
        let runner = ExperimentRunner(seed: 42, scale: .short) { _ in }
        _ = await runner.run([experiment])
        _ = await runner.run([other, experiment])
        _ = await ExperimentRunner(seed: 43, scale: .short) { _ in }.run([experiment])
        let made = await choices.made
        #expect(made[0] == made[1])
        #expect(made[0] != made[2])
    }

    private actor Choices {
        private(set) var made: [[Int]] = []
        func add(_ choices: [Int]) { made.append(choices) }
    }
}

extension Experiment: CustomTestStringConvertible {
    /// The name in test reports.
    public var testDescription: String { name }
}
