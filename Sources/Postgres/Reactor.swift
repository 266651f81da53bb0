import CLibPQ
import Glibc

/// Something with sockets, served by a ``Reactor``. Its methods are called on the reactor's thread only.
protocol ReactorClient: AnyObject, Sendable {
    /// Sends what gathered during the turn and appends the sockets to wait for.
    ///
    /// - Returns: when it wants to be served again even if no socket is ready.
    func prepare(_ sockets: inout [pollfd], at now: ContinuousClock.Instant) -> ContinuousClock.Instant?

    /// Takes back the sockets it appended, in that order, with what happened on them.
    func handle(_ sockets: ArraySlice<pollfd>, at now: ContinuousClock.Instant)
}

/// One thread that waits for the database and runs the tasks that use it.
///
/// Code that prefers ``taskExecutor`` runs where its results arrive, so a statement costs it no change of thread; and
/// what many tasks ask for in one turn goes out together. Nothing on this thread may block.
///
/// A turn: run jobs until none is left, let the clients send, wait, let the clients receive.
package final class Reactor: Sendable {
    /// For `withTaskExecutorPreference`. It must outlive the tasks that prefer it.
    package let taskExecutor: ReactorTaskExecutor
    /// For actors that live on the reactor.
    package let serialExecutor: ReactorSerialExecutor
    private let inbox: ReactorInbox

    /// Starts the thread.
    ///
    /// - Throws: ``SystemFault`` if the system has no thread or descriptor to give.
    package init() throws(SystemFault) {
        let inbox = try ReactorInbox()
        self.inbox = inbox
        taskExecutor = ReactorTaskExecutor(inbox: inbox)
        serialExecutor = ReactorSerialExecutor(inbox: inbox)
        try SystemThread.start { [taskExecutor, serialExecutor] in
            var loop = ReactorLoop(
                inbox: inbox,
                tasks: taskExecutor.asUnownedTaskExecutor(),
                actors: serialExecutor.asUnownedSerialExecutor())
            clibpq_name_thread("reactor")
            inbox.occupy { loop.run() }
        }
    }

    /// Ends the thread once what it was handed is done. Close its databases and end its tasks first: what is handed
    /// over later is never run.
    package func stop() { inbox.stop() }

    /// Whether the caller runs on the reactor's thread.
    var isCurrent: Bool { inbox.isCurrent }

    func post(_ call: @escaping @Sendable () -> Void) { inbox.post(.call(call)) }
    func attach(_ client: any ReactorClient) { inbox.attach(client) }
    func detach(_ client: any ReactorClient) { inbox.detach(client) }
}

/// The state of the reactor's thread, touched by nobody else.
private struct ReactorLoop {
    let inbox: ReactorInbox
    let tasks: UnownedTaskExecutor
    let actors: UnownedSerialExecutor
    private var items: [ReactorInbox.Item] = []
    private var sockets: [pollfd] = []
    private var ends: [Int] = []

    /// How often a turn looks for new jobs before it serves the sockets again: jobs that keep making jobs must not
    /// starve them.
    private static let roundsMax = 64

    init(inbox: ReactorInbox, tasks: UnownedTaskExecutor, actors: UnownedSerialExecutor) {
        self.inbox = inbox
        self.tasks = tasks
        self.actors = actors
    }

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

    /// The sockets are gathered anew each turn: libpq may change one at any time while it connects, so a registration
    /// that lasts would go stale.
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

    /// - Returns: the time after the wait: the one look at the clock in a turn.
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
