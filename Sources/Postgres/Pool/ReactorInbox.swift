import CLibPQ
import Glibc
import Synchronization
import Threads

/// The queue of jobs for the reactor's thread, and its wake-up.
final class ReactorInbox: Sendable {
    enum Item: Sendable {
        /// A job of a task that prefers the reactor's executor.
        case task(UnownedJob)
        /// A job of an actor on the reactor.
        case actor(UnownedJob)
        case call(@Sendable () -> Void)
    }

    private struct State {
        var items: [Item] = []
        var clients: [any ReactorClient] = []
        var isAsleep = false
        var isStopping = false
    }

    /// An eventfd that becomes readable to wake a sleeping reactor.
    let wakeUp: Int32
    private let state = Mutex(State())
    /// The `pthread_t` of the loop; 0 before and after it runs.
    private let thread = Atomic<pthread_t>(0)

    init() throws(SystemError) {
        wakeUp = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard wakeUp >= 0 else { throw SystemError(call: "eventfd", code: errno) }
    }

    deinit { Glibc.close(wakeUp) }

    /// Whether the calling thread is the reactor's thread.
    var isCurrent: Bool { thread.load(ordering: .relaxed) == pthread_self() }

    func post(_ item: Item) { wake { $0.items.append(item) } }

    /// Adds a client and an empty job. The job prevents sleep if the reactor has already read the client list in this
    /// tick.
    func attach(_ client: any ReactorClient) {
        wake { state in
            state.clients.append(client)
            state.items.append(.call {})
        }
    }

    func detach(_ client: any ReactorClient) { wake { $0.clients.removeAll { $0 === client } } }

    func stop() { wake { $0.isStopping = true } }

    /// Changes the state and wakes the reactor if it sleeps. This costs one system call per sleep, not per item.
    private func wake(_ change: (inout State) -> Void) {
        let wasAsleep = state.withLock { state in
            change(&state)
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if wasAsleep { eventfd_write(wakeUp, 1) }
    }

    // MARK: For the reactor's thread

    /// Makes the calling thread the reactor's thread while `body` runs.
    func occupy(_ body: () -> Void) {
        thread.store(pthread_self(), ordering: .relaxed)
        body()
        thread.store(0, ordering: .relaxed)
    }

    /// Swaps the empty `items` with the queued items.
    func take(_ items: inout [Item]) { state.withLock { swap(&$0.items, &items) } }

    var clients: [any ReactorClient] { state.withLock { $0.clients } }

    /// Whether the reactor may sleep. If so, the next change must wake it.
    func fallAsleep() -> Bool {
        state.withLock { state in
            state.isAsleep = state.items.isEmpty && !state.isStopping
            return state.isAsleep
        }
    }

    func wakeUp(signalled: Bool) {
        state.withLock { $0.isAsleep = false }
        var count: eventfd_t = 0
        if signalled { eventfd_read(wakeUp, &count) }
    }

    /// Whether ``stop()`` was called and no item is left.
    var isDone: Bool { state.withLock { $0.isStopping && $0.items.isEmpty } }
}
