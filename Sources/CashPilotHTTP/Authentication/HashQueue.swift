import Synchronization

/// A few threads for work that is slow by design, and a bounded queue before them.
///
/// A thread starts when there is work and ends when there is none. Work that has waited too long for one is not done:
/// whoever asked has been given up on by then, or soon will be.
final class HashQueue: Sendable {
    /// Each holds 32 MiB, and more than there are processors would only slow each other down.
    static let runningMax = 2
    /// At a tenth of a second for a hash, the last of these waits 3 s.
    static let waitingMax = 64
    /// How long work may wait for a thread where a hash takes longer than that: as long as a client waits for its answer.
    static let waitMax = Duration.seconds(8)

    /// What becomes of a job; it is told once.
    private enum Verdict {
        case work
        case tooLate
        /// An `errno`: there is no thread to work on.
        case noThread(Int32)
    }

    private typealias Job = @Sendable (Verdict) -> Void

    private struct State {
        var running = 0
        var waiting: [(job: Job, since: ContinuousClock.Instant)] = []
    }

    private enum Admission {
        case run, wait, refuse
    }

    private let waitMax: Duration
    private let state = Mutex(State())

    init(waitMax: Duration = HashQueue.waitMax) { self.waitMax = waitMax }

    /// How many run or wait.
    var count: Int { state.withLock { $0.running + $0.waiting.count } }

    /// Runs `body` on a thread of the queue's.
    ///
    /// - Throws: ``TooManyLogins``, at once if the queue is full, else if it has waited for ``waitMax``;
    ///   ``ScryptFault/noThread(_:)``; what `body` throws.
    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let job: Job = { verdict in
                switch verdict {
                case .work: continuation.resume(with: .init(catching: body))
                case .tooLate: continuation.resume(throwing: TooManyLogins())
                case .noThread(let fault): continuation.resume(throwing: ScryptFault.noThread(fault))
                }
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
            state.waiting.append((job, .now))
            return .wait
        }
    }

    private func start(_ job: @escaping Job) {
        // Behind the requests of those who are logged in already, but not so far that nobody can log in where a
        // machine is busy for long.
        let fault = BackgroundThread.start("password", niceness: 5) {
            job(.work)
            while let next = self.next() { next.job(next.since + self.waitMax < .now ? .tooLate : .work) }
        }
        guard fault != 0 else { return }
        // Nobody may be left waiting for a thread that never started.
        let stranded = state.withLock { state in
            state.running -= 1
            guard state.running == 0 else { return [Job]() }
            defer { state.waiting = [] }
            return state.waiting.map(\.job)
        }
        for job in [job] + stranded { job(.noThread(fault)) }
    }

    /// The job that has waited longest; `nil` ends the thread.
    private func next() -> (job: Job, since: ContinuousClock.Instant)? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }
}
