import Glibc

/// A thread of the operating system, for work that blocks or takes long: it must occupy neither the reactor nor one
/// of Swift's few own threads.
///
/// The driver has threads of its own, which are not to be slowed down (`SystemThread`); no module is beneath both.
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
            // On Linux it is the calling thread's alone, whatever POSIX says.
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
            // Swift's view of the C library has no call for the name. Nothing depends on it.
            let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            if file >= 0 {
                write(file, name, name.utf8.count)
                close(file)
            }
            body()
        }
    }

    /// Starts a thread that ends when `body` returns. It leaves signals to the rest of the process.
    ///
    /// - Parameters:
    ///   - name: shown by debuggers and `top -H`; at most 15 bytes.
    ///   - niceness: 0 to 19; how much it yields to other threads that want a processor. At 5 it gets a third of
    ///     what a thread at 0 gets, at 10 a tenth.
    /// - Returns: 0, or an `errno`: the system has no thread to give.
    static func start(_ name: String, niceness: Int32, _ body: @escaping @Sendable () -> Void) -> Int32 {
        let work = Unmanaged.passRetained(Work(name, niceness: niceness, body))
        var thread = pthread_t()
        let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
            // Without this a reader that goes away would end the process: SIGPIPE goes to the thread that writes.
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
