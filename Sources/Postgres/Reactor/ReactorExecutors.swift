/// Runs tasks on the reactor's thread. Pass it to `withTaskExecutorPreference`.
package final class ReactorTaskExecutor: TaskExecutor {
    private let inbox: ReactorInbox

    init(inbox: ReactorInbox) { self.inbox = inbox }

    package func enqueue(_ job: consuming ExecutorJob) { inbox.post(.task(UnownedJob(job))) }
}

/// Runs actors on the reactor's thread. Code on that thread can access their state safely.
package final class ReactorSerialExecutor: SerialExecutor {
    private let inbox: ReactorInbox

    init(inbox: ReactorInbox) { self.inbox = inbox }

    package func enqueue(_ job: consuming ExecutorJob) { inbox.post(.actor(UnownedJob(job))) }

    package func checkIsolated() { precondition(inbox.isCurrent, "not on the reactor's thread") }

    package func isIsolatingCurrentContext() -> Bool? { inbox.isCurrent }
}
