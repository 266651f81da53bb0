import Synchronization

/// One run of an experiment: its random choices, its scale and its results.
package final class Trial: Sendable {
    /// The length of an experiment.
    package enum Scale: Sendable {
        /// A few seconds each.
        case short
        /// `make faults`.
        case full
        /// The full number of rounds of docs/reliability.md.
        case long
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private struct State {
        var random: SeededGenerator
        var results: [String] = []
        var failures: [String] = []
    }

    package let scale: Scale
    private let state: Mutex<State>
    /// Later failures are mostly consequences of the first.
    private static let failuresMax = 5

    package init(seed: UInt64, scale: Scale = .short) {
        self.scale = scale
        state = Mutex(State(random: SeededGenerator(seed: seed)))
    }

    /// The value for this trial's scale.
    package func scaled<Value>(short: Value, full: Value, long: Value? = nil) -> Value {
        switch scale {
        case .short: short
        case .full: full
        case .long: long ?? full
        }
    }

    // MARK: Random choices

    package func random(in range: ClosedRange<Int>) -> Int {
        state.withLock { Int.random(in: range, using: &$0.random) }
    }

    /// A separate generator for a concurrent task, whose choices must not depend on the order of tasks.
    package func generator() -> SeededGenerator { state.withLock { SeededGenerator(seed: $0.random.next()) } }

    // MARK: Results

    /// Adds a result to the row of the report.
    package func report(_ result: String) { state.withLock { $0.results.append(result) } }

    /// Records a failure if a condition is false, and continues.
    package func expect(_ isTrue: Bool, _ failure: @autoclosure () -> String) {
        if !isTrue { fail(failure()) }
    }

    package func fail(_ failure: String) {
        state.withLock { if $0.failures.count < Self.failuresMax { $0.failures.append(failure) } }
    }

    /// Unwraps a value that the experiment cannot continue without.
    ///
    /// - Throws: ``Failure`` with `failure` if there is no value.
    package func require<Value>(_ value: Value?, _ failure: @autoclosure () -> String) throws -> Value {
        guard let value else { throw Failure(description: failure()) }
        return value
    }

    package var results: [String] { state.withLock { $0.results } }
    package var failures: [String] { state.withLock { $0.failures } }
}
