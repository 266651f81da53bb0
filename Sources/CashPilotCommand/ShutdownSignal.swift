import Glibc
import Postgres
import ServiceLifecycle
import Synchronization

/// SIGINT and SIGTERM: the first one ends the process cleanly, more of them change nothing.
///
/// Ctrl-C reaches the program and whoever started it, who passes it on: a second signal must never end at once what
/// the first one has begun to end well. So the handler is there before anything else starts, and stays.
final class ShutdownSignal: Service {
    /// Counts the signals. A semaphore, because a signal handler may do little else than raise one.
    nonisolated(unsafe) private static let signals: UnsafeMutablePointer<sem_t> = {
        let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
        return semaphore
    }()

    private let delay: Duration
    private let flag = Atomic(false)
    private let untilSignal: AsyncStream<Never>

    /// From now on a signal ends ``run()`` and nothing else.
    ///
    /// - Parameter delay: from the signal to the end of ``run()``. Whoever sends requests learns of the end from
    ///   readiness, and only later than the signal: closing at once would cut what they sent meanwhile.
    /// - Throws: `SystemFault` if the system has no thread to wait for signals.
    init(delay: Duration) throws {
        self.delay = delay
        _ = Self.signals  // Made here, because the handler must not.
        let (untilSignal, signalled) = AsyncStream.makeStream(of: Never.self)
        self.untilSignal = untilSignal
        try SystemThread.start {
            while sem_wait(Self.signals) != 0 {}  // Interrupted: not yet.
            signalled.finish()
        }
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in sem_post(ShutdownSignal.signals) }
        }
    }

    /// Whether the shutdown has begun. Readiness fails from then on, before anything else changes.
    var isSet: Bool { flag.load(ordering: .relaxed) }

    /// Returns some time after the first signal, or when the process ends for another reason.
    func run() async {
        await cancelWhenGracefulShutdown {
            for await _ in self.untilSignal {}
            self.flag.store(true, ordering: .relaxed)
            ServiceManager.tell(.stopping)
            try? await Task.sleep(for: self.delay)
        }
        flag.store(true, ordering: .relaxed)
    }
}
