import CLibPQ
import Glibc
import Synchronization

/// What other threads hand to the reactor's thread, and how they wake it.
final class ReactorInbox: Sendable {
    enum Item: Sendable {
        /// A job of a task that prefers the reactor.
        case task(UnownedJob)
        /// A job of an actor that lives on the reactor.
        case actor(UnownedJob)
        case call(@Sendable () -> Void)
    }

    private struct State {
        var items: [Item] = []
        var clients: [any ReactorClient] = []
        var isAsleep = false
        var isStopping = false
    }

    /// Becomes readable when a sleeping reactor is wanted.
    let wakeUp: Int32
    private let state = Mutex(State())
    /// The `pthread_t` that runs the loop; 0 before and after.
    private let thread = Atomic<pthread_t>(0)

    init() throws(SystemFault) {
        wakeUp = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard wakeUp >= 0 else { throw SystemFault(call: "eventfd", code: errno) }
    }

    deinit { Glibc.close(wakeUp) }

    /// Whether this is the reactor's thread.
    var isCurrent: Bool { thread.load(ordering: .relaxed) == pthread_self() }

    func post(_ item: Item) { wake { $0.items.append(item) } }

    /// The item makes a reactor that is about to sleep look once more: it may have looked for clients just before.
    func attach(_ client: any ReactorClient) {
        wake { state in
            state.clients.append(client)
            state.items.append(.call {})
        }
    }

    func detach(_ client: any ReactorClient) { wake { $0.clients.removeAll { $0 === client } } }

    func stop() { wake { $0.isStopping = true } }

    /// Changes the state, and wakes the reactor if it sleeps: one system call for each sleep, not for each item.
    private func wake(_ change: (inout State) -> Void) {
        let wasAsleep = state.withLock { state in
            change(&state)
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if wasAsleep { eventfd_write(wakeUp, 1) }
    }

    // MARK: For the reactor's thread

    /// Makes the calling thread the reactor's for as long as `body` runs.
    func occupy(_ body: () -> Void) {
        thread.store(pthread_self(), ordering: .relaxed)
        body()
        thread.store(0, ordering: .relaxed)
    }

    /// Exchanges an empty `items` for those that came in.
    func take(_ items: inout [Item]) { state.withLock { swap(&$0.items, &items) } }

    var clients: [any ReactorClient] { state.withLock { $0.clients } }

    /// Whether the reactor may sleep. If so, the next to come must wake it.
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

    /// Whether it was asked to stop and nothing is left to do.
    var isDone: Bool { state.withLock { $0.isStopping && $0.items.isEmpty } }
}
