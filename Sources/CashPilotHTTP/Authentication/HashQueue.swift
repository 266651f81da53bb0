import CashPilot
import Synchronization
import Threads

/// Runs slow password hashes on up to two threads, behind a bounded queue.
///
/// `PasswordQueue` limits each account and address, which this queue does not know. It admits far fewer hashes than fit
/// here.
///
/// A thread starts when there is a job and ends when the queue is empty. A job that waited longer than ``waitMax``
/// fails without running, because clients time out after 8 s.
final class HashQueue: Sendable {
    /// Maximum number of threads. Two threads use 64 MiB, and at most two processors during many logins.
    static let runningMax = 2
    /// Maximum number of waiting jobs. At 0.1 s a hash, the last one waits about 3 s.
    static let waitingMax = 64
    /// Maximum wait for a thread. A full queue reaches it if a hash takes more than 0.25 s. Clients time out after 8 s
    /// too.
    static let waitMax = Duration.seconds(8)

    /// The outcome of a job. Each job gets exactly one.
    private enum Verdict {
        case work
        case tooLate
        /// The system could not start a thread, for this `errno`.
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

    /// The number of jobs that run or wait.
    var count: Int { state.withLock { $0.running + $0.waiting.count } }

    /// Runs `body` on one of the queue's threads.
    ///
    /// - Throws: ``TooManyLogins`` immediately if the queue is full, or after a wait longer than ``waitMax``;
    ///   ``ScryptError/noThread(_:)``; any error of `body`.
    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let job: Job = { verdict in
                switch verdict {
                case .work: continuation.resume(with: .init(catching: body))
                case .tooLate: continuation.resume(throwing: TooManyLogins())
                case .noThread(let code): continuation.resume(throwing: ScryptError.noThread(code))
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
        // Niceness 5 gives priority to the requests of authenticated users. A higher niceness would prevent logins on a
        // machine that stays busy.
        do {
            try SystemThread.start("password", niceness: 5) {
                job(.work)
                while let next = self.next() { next.job(next.since + self.waitMax < .now ? .tooLate : .work) }
            }
        } catch {
            // Fails the waiting jobs too if no other thread would run them.
            let stranded = state.withLock { state in
                state.running -= 1
                guard state.running == 0 else { return [Job]() }
                defer { state.waiting = [] }
                return state.waiting.map(\.job)
            }
            for job in [job] + stranded { job(.noThread(error.code)) }
        }
    }

    /// The job that has waited the longest; `nil` ends the thread.
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
