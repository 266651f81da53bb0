import Foundation
import Synchronization

/// Collects the operations of all clients.
package final class Recorder: Sendable {
    private struct State {
        var operations: [Operation] = []
        var count: Int64 = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// Nanoseconds of the monotonic clock.
    package static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// A unique number, for the id and the amounts of an operation.
    package func nextNumber() -> Int64 {
        state.withLock { state in
            state.count += 1
            return state.count
        }
    }

    package func record(_ operation: Operation) { state.withLock { $0.operations.append(operation) } }

    package var history: [Operation] { state.withLock { $0.operations } }
}
