import Synchronization

/// A few threads for work that is slow by design, and a bounded queue before them.
///
/// A thread starts when there is work and ends when there is none. The wait has no timer of its own: it is bounded
/// by what may wait, times what one hash takes.
final class HashQueue: Sendable {
    /// Each holds 32 MiB, and more than there are processors would only slow each other down.
    static let runningMax = 2
    /// More than these would wait for longer than 3 s, and a client for longer than it is willing to.
    static let waitingMax = 64

    /// Called once: to work, or with an `errno` if there is no thread to work on.
    private typealias Job = @Sendable (_ fault: Int32) -> Void

    private struct State {
        var running = 0
        var waiting: [Job] = []
    }

    private enum Admission {
        case run, wait, refuse
    }

    private let state = Mutex(State())

    /// How many run or wait.
    var count: Int { state.withLock { $0.running + $0.waiting.count } }

    /// Runs `body` on a thread of the queue's.
    ///
    /// - Throws: ``TooManyLogins`` at once if the queue is full; ``ScryptFault/noThread(_:)``; what `body` throws.
    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let job: Job = { fault in
                guard fault == 0 else { return continuation.resume(throwing: ScryptFault.noThread(fault)) }
                continuation.resume(with: .init(catching: body))
            }
            switch admit(job) {
            case .run: start(job)
            case .wait: break
            case .refuse: continuation.resume(throwing: TooManyLogins())
            }
        }
    }

    private func admit(_ job: @escaping Job) -> Admission {
        state.withLock { state in
            if state.running < Self.runningMax {
                state.running += 1
                return .run
            }
            guard state.waiting.count < Self.waitingMax else { return .refuse }
            state.waiting.append(job)
            return .wait
        }
    }

    private func start(_ job: @escaping Job) {
        let fault = BackgroundThread.start("password") {
            job(0)
            while let next = self.next() { next(0) }
        }
        guard fault != 0 else { return }
        // Nobody may be left waiting for a thread that never started.
        let stranded = state.withLock { state in
            state.running -= 1
            guard state.running == 0 else { return [Job]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for job in [job] + stranded { job(fault) }
    }

    /// The job that has waited longest; `nil` ends the thread.
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
