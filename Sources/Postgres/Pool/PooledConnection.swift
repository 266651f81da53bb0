import DequeModule

/// The state of one connection in ``PoolScheduler``.
struct PooledConnection {
    enum State {
        case waiting(until: PoolTime)
        case connecting(until: PoolTime)
        case ready
    }

    /// The pause between two attempts. The stagger keeps connections from retrying at the same time.
    private static let (backoffMin, backoffMax) = (Duration.milliseconds(50), Duration.milliseconds(250))
    private static let stagger = Duration.milliseconds(3)

    let role: ConnectionString.Role
    private(set) var state: State
    /// The index of the host of the current or last attempt, from 0.
    private(set) var host = 0
    /// The groups whose Sync is not complete.
    private(set) var groups = Deque<RequestGroup>()
    /// The number of requests in ``groups``.
    private(set) var inFlight = 0
    /// Whether a transaction owns it, even with no request in flight.
    var isLeased = false
    /// Whether the server was in a transaction after the last results.
    var isInTransaction = false
    private let index: Int
    /// Failed attempts since the last successful connection.
    private var failures = 0

    init(_ role: ConnectionString.Role, index: Int, now: PoolTime) {
        self.role = role
        self.index = index
        state = .waiting(until: now)
    }

    var isReady: Bool {
        if case .ready = state { true } else { false }
    }

    /// Whether it has a group in flight or a transaction.
    var isBusy: Bool { !groups.isEmpty || isLeased }

    /// Whether it is ready and has no group in flight.
    var isIdle: Bool { isReady && groups.isEmpty }

    /// Whether several callers' requests can be in flight on it.
    var isShared: Bool { role != .write }

    /// Starts an attempt to connect, first to the primary host.
    ///
    /// After a failure each attempt tries another host. Different connections try different hosts.
    mutating func connect(primaryHost: Int, hostCount: Int, until deadline: PoolTime) {
        host = (primaryHost + (failures == 0 ? 0 : failures + index)) % hostCount
        state = .connecting(until: deadline)
    }

    mutating func didConnect() {
        state = .ready
        failures = 0
    }

    mutating func append(_ group: RequestGroup) {
        groups.append(group)
        inFlight += group.count
    }

    /// Removes the first group, whose Sync is complete.
    mutating func removeFirstGroup() -> RequestGroup {
        let group = groups.removeFirst()
        inFlight -= group.count
        return group
    }

    /// Closes the connection and schedules a new attempt.
    ///
    /// The attempt is immediate if the connection was established or `atOnce` is true. Otherwise it waits 50 to 250 ms,
    /// twice as long after each failure, plus 3 ms per connection index.
    ///
    /// - Returns: the groups that were in flight.
    mutating func close(at now: PoolTime, atOnce: Bool = false) -> Deque<RequestGroup> {
        var pause = Duration.zero
        if atOnce {
            failures = 0
        } else if !isReady {
            pause = min(Self.backoffMin * (1 << min(failures, 8)), Self.backoffMax) + Self.stagger * index
            failures += 1
        }
        state = .waiting(until: now + pause)
        isLeased = false
        isInTransaction = false
        inFlight = 0
        defer { groups.removeAll() }
        return groups
    }
}

/// A time on the pool's clock, which starts when the process first uses the driver.
///
/// Unlike a `ContinuousClock.Instant`, it has a fixed layout. Swift copies values that contain an `Instant` by runtime
/// calls, which would cost a tenth of a small request.
typealias PoolTime = Duration

extension PoolTime {
    private static let start = ContinuousClock.now

    init(_ instant: ContinuousClock.Instant) { self = Self.start.duration(to: instant) }

    var instant: ContinuousClock.Instant { Self.start + self }
}
