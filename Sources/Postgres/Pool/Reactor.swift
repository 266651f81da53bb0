import Glibc
import Threads

/// A component with sockets on a ``Reactor``. The reactor calls its methods on the reactor's thread only.
protocol ReactorClient: AnyObject, Sendable {
    /// Sends the requests of this tick and appends the sockets to poll.
    ///
    /// - Returns: the time of the next call even if no socket is ready; nil for none.
    func prepare(_ sockets: inout [pollfd], at now: ContinuousClock.Instant) -> ContinuousClock.Instant?

    /// Receives its sockets with their poll results, in the order of `prepare`.
    func handle(_ sockets: ArraySlice<pollfd>, at now: ContinuousClock.Instant)
}

/// One thread that polls the database's sockets and runs the tasks that use it.
///
/// Code that prefers ``taskExecutor`` runs on this thread. Its results arrive here too, so a statement needs no thread
/// switch. The pool sends the requests of all tasks in a tick together. Code on this thread must not block.
///
/// A tick has four steps: run the queued jobs, call `prepare`, poll the sockets, deliver the poll results.
package final class Reactor: Sendable {
    /// The executor for `withTaskExecutorPreference`. It must outlive the tasks that prefer it.
    package let taskExecutor: ReactorTaskExecutor
    /// The executor for actors on the reactor.
    package let serialExecutor: ReactorSerialExecutor
    private let inbox: ReactorInbox

    /// Starts the thread.
    ///
    /// - Throws: ``SystemError`` if the system cannot create a thread or a file descriptor.
    package init() throws(SystemError) {
        let inbox = try ReactorInbox()
        self.inbox = inbox
        taskExecutor = ReactorTaskExecutor(inbox: inbox)
        serialExecutor = ReactorSerialExecutor(inbox: inbox)
        try SystemThread.start("reactor") { [taskExecutor, serialExecutor] in
            var loop = ReactorLoop(
                inbox: inbox, tasks: taskExecutor.asUnownedTaskExecutor(),
                actors: serialExecutor.asUnownedSerialExecutor())
            inbox.occupy { loop.run() }
        }
    }

    /// Ends the thread after it has run all queued jobs.
    ///
    /// Close its databases and end its tasks first. The reactor never runs jobs that arrive later.
    package func stop() { inbox.stop() }

    var isCurrent: Bool { inbox.isCurrent }

    func post(_ call: @escaping @Sendable () -> Void) { inbox.post(.call(call)) }
    func attach(_ client: any ReactorClient) { inbox.attach(client) }
    func detach(_ client: any ReactorClient) { inbox.detach(client) }
}

/// The state of the reactor's thread. Only that thread accesses it.
private struct ReactorLoop {
    let inbox: ReactorInbox
    let tasks: UnownedTaskExecutor
    let actors: UnownedSerialExecutor
    var items: [ReactorInbox.Item] = []
    var sockets: [pollfd] = []
    var ends: [Int] = []

    /// Rounds of queued jobs per tick. The limit keeps jobs that create jobs from starving the sockets.
    private static let roundsMax = 64

    mutating func run() {
        var now = ContinuousClock.now
        while !inbox.isDone {
            runItems()
            let clients = inbox.clients
            let deadline = gather(from: clients, at: now)
            now = wait(until: deadline, now: now)
            var start = 1
            for (client, end) in zip(clients, ends) {
                client.handle(sockets[start..<end], at: now)
                start = end
            }
        }
    }

    private mutating func runItems() {
        for _ in 0..<Self.roundsMax {
            inbox.take(&items)
            if items.isEmpty { return }
            for item in items {
                switch item {
                case .task(let job): job.runSynchronously(on: tasks)
                case .actor(let job): job.runSynchronously(on: actors)
                case .call(let call): call()
                }
            }
            items.removeAll(keepingCapacity: true)
        }
    }

    /// Collects the sockets anew on each tick. libpq may replace a socket while it connects, so a permanent
    /// registration would become invalid.
    private mutating func gather(
        from clients: [any ReactorClient], at now: ContinuousClock.Instant
    ) -> ContinuousClock.Instant? {
        sockets.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        sockets.append(pollfd(fd: inbox.wakeUp, events: Int16(POLLIN), revents: 0))
        var deadline: ContinuousClock.Instant?
        for client in clients {
            if let next = client.prepare(&sockets, at: now) { deadline = min(deadline ?? next, next) }
            ends.append(sockets.count)
        }
        return deadline
    }

    /// - Returns: the time after the wait, the only clock reading in a tick.
    private mutating func wait(
        until deadline: ContinuousClock.Instant?, now: ContinuousClock.Instant
    ) -> ContinuousClock.Instant {
        let isIdle = inbox.fallAsleep()
        let forever: Int32 = -1
        let limit = deadline.map { Int32(clamping: max(0, now.duration(to: $0).wholeMilliseconds)) } ?? forever
        _ = poll(&sockets, nfds_t(sockets.count), isIdle ? limit : 0)
        if isIdle { inbox.wakeUp(signalled: sockets[0].revents != 0) }
        return .now
    }
}

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
