import Glibc
import ServiceLifecycle
import Synchronization
import Threads

/// Handles SIGINT and SIGTERM: the first signal starts a clean shutdown, later ones change nothing.
///
/// Ctrl-C reaches both the program and its parent process, which often forwards the signal. The second signal must
/// not abort the clean shutdown, so the handler is installed first and never removed.
final class ShutdownSignal: Service {
    /// Counts the signals. A semaphore, because `sem_post` is one of the few calls allowed in a signal handler.
    nonisolated(unsafe) private static let signals: UnsafeMutablePointer<sem_t> = {
        let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
        return semaphore
    }()

    private let delay: Duration
    private let flag = Atomic(false)
    private let untilSignal: AsyncStream<Never>

    /// Installs the handler. From now on a signal only ends ``run()``.
    ///
    /// - Parameter delay: the time from the signal to the end of ``run()``. Clients and load balancers learn of the
    ///   shutdown from readiness, after the signal. Closing immediately would break requests sent in between.
    /// - Throws: `SystemError` if the system has no thread to wait for signals.
    init(delay: Duration) throws {
        self.delay = delay
        _ = Self.signals  // Created here, because a signal handler must not allocate.
        let (untilSignal, signalled) = AsyncStream.makeStream(of: Never.self)
        self.untilSignal = untilSignal
        try SystemThread.start("signals") {
            while sem_wait(Self.signals) != 0 {}  // EINTR: wait again.
            signalled.finish()
        }
        for number in [SIGINT, SIGTERM] { signal(number) { _ in sem_post(ShutdownSignal.signals) } }
    }

    /// Whether the shutdown has begun. Readiness fails first, before anything else changes.
    var isSet: Bool { flag.load(ordering: .relaxed) }

    /// Returns the delay after the first signal, or when the process ends for another reason.
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
