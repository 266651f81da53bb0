import Synchronization
import Threads

/// Runs slow password hashes on up to two threads.
///
/// It has no limit of waiting hashes: `PasswordQueue` admits at most 7, and a command makes one. A thread starts when
/// there is a job and ends when none waits.
final class HashQueue: Sendable {
    /// Maximum number of threads. Two threads use 64 MiB, and at most two processors during many logins.
    static let runningMax = 2

    /// Makes a hash, or fails because the system could not start a thread, for this `errno`. Each job runs once.
    private typealias Job = @Sendable (_ failure: Int32?) -> Void

    private struct State {
        var running = 0
        var waiting: [Job] = []
    }

    private let state = Mutex(State())

    /// The number of jobs that run or wait.
    var count: Int { state.withLock { $0.running + $0.waiting.count } }

    /// Runs `body` on one of the queue's threads.
    ///
    /// - Throws: ``ScryptError/noThread(_:)``; any error of `body`.
    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let job: Job = { failure in
                if let failure {
                    continuation.resume(throwing: ScryptError.noThread(failure))
                } else {
                    continuation.resume(with: .init(catching: body))
                }
            }
            let needsThread = state.withLock { state in
                guard state.running < Self.runningMax else {
                    state.waiting.append(job)
                    return false
                }
                state.running += 1
                return true
            }
            if needsThread { start(job) }
        }
    }

    private func start(_ job: @escaping Job) {
        // Niceness 5 gives priority to the requests of authenticated users. A higher niceness would prevent logins on a
        // machine that stays busy.
        do {
            try SystemThread.start("password", niceness: 5) {
                job(nil)
                while let next = self.next() { next(nil) }
            }
        } catch {
            // Fails the waiting jobs too if no other thread would run them.
            let stranded = state.withLock { state in
                state.running -= 1
                guard state.running == 0 else { return [Job]() }
                defer { state.waiting = [] }
                return state.waiting
            }
            for job in [job] + stranded { job(error.code) }
        }
    }

    /// The job that has waited the longest; `nil` ends the thread.
    private func next() -> Job? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }
}
