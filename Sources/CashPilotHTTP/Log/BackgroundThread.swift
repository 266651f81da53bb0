import Glibc

/// Starts operating system threads for work that blocks or takes long.
///
/// Such work must block neither the reactor nor a thread of Swift's small pool. The database driver has its own type
/// for threads at normal priority (`SystemThread`), because no module lies below both.
enum BackgroundThread {
    private final class Work: Sendable {
        private let name: String
        private let niceness: Int32
        private let body: @Sendable () -> Void

        init(_ name: String, niceness: Int32, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.niceness = niceness
            self.body = body
        }

        func run() {
            // On Linux the niceness applies to the calling thread only, unlike in POSIX.
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
            // Swift's Glibc module lacks a call that names threads. Nothing depends on the name.
            let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            if file >= 0 {
                write(file, name, name.utf8.count)
                close(file)
            }
            body()
        }
    }

    /// Starts a thread that ends when `body` returns. The thread blocks all signals.
    ///
    /// - Parameters:
    ///   - name: shown by debuggers and `top -H`; at most 15 bytes.
    ///   - niceness: 0 to 19. A thread at 5 gets a third of the processor time of a thread at 0, and a thread at 10
    ///     gets a tenth.
    /// - Returns: 0, or an `errno` if the system cannot start a thread.
    static func start(_ name: String, niceness: Int32, _ body: @escaping @Sendable () -> Void) -> Int32 {
        let work = Unmanaged.passRetained(Work(name, niceness: niceness, body))
        var thread = pthread_t()
        let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
            // Blocks all signals, because SIGPIPE goes to the writing thread and would end the process.
            var signals = sigset_t()
            sigfillset(&signals)
            pthread_sigmask(SIG_BLOCK, &signals, nil)
            if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run() }
            return nil
        }
        let code = pthread_create(&thread, nil, main, work.toOpaque())
        guard code == 0 else {
            work.release()
            return code
        }
        pthread_detach(thread)
        return 0
    }
}
