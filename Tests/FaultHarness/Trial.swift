import Synchronization

/// One run of an experiment: the chances it takes, how far it goes, and what was seen.
package final class Trial: Sendable {
    /// How far experiments go.
    package enum Scale: Sendable {
        /// A few seconds each.
        case short
        /// `make faults`.
        case full
        /// As long as docs/reliability.md wants it once.
        case long
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private struct State {
        var random: SeededGenerator
        var seen: [String] = []
        var complaints: [String] = []
    }

    package let scale: Scale
    private let state: Mutex<State>
    /// So many complaints are kept: the first say most.
    private static let complaintsMax = 5

    package init(seed: UInt64, scale: Scale = .short) {
        self.scale = scale
        state = Mutex(State(random: SeededGenerator(seed: seed)))
    }

    /// One of three values, by scale.
    package func scaled<Value>(short: Value, full: Value, long: Value? = nil) -> Value {
        switch scale {
        case .short: short
        case .full: full
        case .long: long ?? full
        }
    }

    // MARK: Chance

    package func chance(in range: ClosedRange<Int>) -> Int {
        state.withLock { Int.random(in: range, using: &$0.random) }
    }

    /// A generator of its own, for something that runs beside others: their order must not change its choices.
    package func generator() -> SeededGenerator { state.withLock { SeededGenerator(seed: $0.random.next()) } }

    // MARK: What was seen

    /// Notes a figure or an answer for the table.
    package func saw(_ what: String) { state.withLock { $0.seen.append(what) } }

    /// Notes a failure if something is not so, and goes on.
    package func expect(_ isSo: Bool, _ complaint: @autoclosure () -> String) {
        if !isSo { complain(complaint()) }
    }

    package func complain(_ complaint: String) {
        state.withLock { if $0.complaints.count < Self.complaintsMax { $0.complaints.append(complaint) } }
    }

    /// For what nothing can go on without.
    ///
    /// - Throws: ``Failure`` with `complaint` if there is no value.
    package func require<Value>(_ value: Value?, _ complaint: @autoclosure () -> String) throws -> Value {
        guard let value else { throw Failure(description: complaint()) }
        return value
    }

    package var seen: [String] { state.withLock { $0.seen } }
    package var complaints: [String] { state.withLock { $0.complaints } }
}
