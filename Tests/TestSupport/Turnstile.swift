import Foundation
import Synchronization
import Testing

/// A semaphore that limits how many shops exist at once: all tests run concurrently, and each shop starts processes.
package final class Turnstile: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    package init(places: Int) { state = Mutex(State(free: places)) }

    static let shops = Turnstile(places: 4)

    /// Runs `body` in a place, and prints for scripts/slowest-tests how long the current test occupied it.
    ///
    /// The duration that Swift Testing prints includes the wait for a place.
    package func withPlace<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        await enter()
        let start = ContinuousClock.now
        defer {
            leave()
            if let test = Test.current {
                let name = test.displayName.map { "\"\($0)\"" } ?? test.name
                let seconds = start.duration(to: .now) / .seconds(1)
                try? FileHandle.standardError.write(
                    contentsOf: Data("Place held for \(seconds) seconds by \(name)\n".utf8))
            }
        }
        return try await body()
    }

    private func enter() async {
        await withCheckedContinuation { continuation in
            let isIn = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isIn { continuation.resume() }
        }
    }

    private func leave() {
        let next = state.withLock { state in
            if state.waiting.isEmpty {
                state.free += 1
                return nil as CheckedContinuation<Void, Never>?
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
