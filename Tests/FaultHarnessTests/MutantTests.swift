import FaultHarness
import Testing

/// The whole way once, short: program, database, recorded clients, books, checker. `make faults` goes further.
@Suite("The harness, on services that are wrong on purpose and on one that is not", .serialized)
struct MutantTests {
    @Test("It finds what must be found, and nothing else", arguments: Experiment.ofTheChecker)
    func mutants(experiment: Experiment) async throws {
        let trial = Trial(seed: .random(in: 1...999_999))
        try await experiment.run(trial)
        #expect(trial.complaints == [], "\(trial.seen)")
    }

    @Test("A report is a table, and one failure fails it")
    func report() async {
        let experiments = [
            Experiment("good", fault: "none", deed: "nothing") { $0.saw("a | b") },
            Experiment("bad", fault: "one", deed: "complains") { $0.expect(false, "that") },
            Experiment("late", fault: "slowness", deed: "sleeps", limit: .milliseconds(1)) { _ in
                try await Task.sleep(for: .seconds(60))
            },
        ]
        let report = await Laboratory(seed: 1, scale: .short) { _ in }.run(experiments)
        #expect(!report.passed)
        #expect(
            report.table == """
                | fault | done | seen | verdict |
                | --- | --- | --- | --- |
                | none | nothing | a / b | holds |
                | one | complains | **that** | FAILS |
                | slowness | sleeps | **was not over after 0.001 seconds** | FAILS |
                """)
    }

    @Test("The same seed makes the same choices, whatever else runs")
    func seeds() async {
        let choices = Choices()
        let experiment = Experiment("one", fault: "", deed: "") { trial in
            await choices.add((0..<5).map { _ in trial.chance(in: 0...1_000_000) })
        }
        let other = Experiment("other", fault: "", deed: "") { _ = $0.chance(in: 0...1) }
        let laboratory = Laboratory(seed: 42, scale: .short) { _ in }
        _ = await laboratory.run([experiment])
        _ = await laboratory.run([other, experiment])
        _ = await Laboratory(seed: 43, scale: .short) { _ in }.run([experiment])
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
    /// How test reports name it.
    public var testDescription: String { name }
}
