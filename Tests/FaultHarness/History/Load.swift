import Synchronization
import TestSupport

/// A load: each till opens, closes and reads its current session in a loop until ``stop()``.
package final class Load: Sendable {
    package let recorder: Recorder
    private let isOver = Atomic(false)
    private let tills: [RecordedTill]

    /// - Parameter tills: each is a client of its own; several may share an open-session key.
    package init(_ tills: [RecordedTill], recorder: Recorder) {
        self.tills = tills
        self.recorder = recorder
    }

    package func stop() { isOver.store(true, ordering: .relaxed) }

    /// Runs the load while `body` injects its faults, and stops it afterwards.
    package func during<Outcome: Sendable>(
        _ trial: Trial, _ body: @Sendable () async throws -> Outcome
    ) async throws -> Outcome {
        let generators = tills.map { _ in trial.generator() }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for (till, generator) in zip(tills, generators) {
                group.addTask { await self.work(till, generator) }
            }
            defer { stop() }
            let outcome = try await body()
            stop()
            try await group.waitForAll()
            return outcome
        }
    }

    private func work(_ till: RecordedTill, _ generator: SeededGenerator) async {
        var generator = generator
        var known: String?
        while !isOver.load(ordering: .relaxed), !Task.isCancelled {
            let choice = Int.random(in: 0..<10, using: &generator)
            let operation: Operation
            switch (choice, known) {
            case (0..<4, let session?): operation = await till.close(session)
            case (0..<7, _): operation = await till.open()
            default: operation = await till.current()
            }
            switch operation.outcome {
            case .succeeded(let session):
                if case .open = operation.call { known = session } else { known = nil }
            case .found(let session): known = session
            case .noneOpen, .alreadyClosed: known = nil
            // A client waits before its next request after an error.
            case .notApplied, .unknown, .unexpected: try? await Task.sleep(for: .milliseconds(20))
            }
        }
    }
}
