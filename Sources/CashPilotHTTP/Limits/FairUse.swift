import CashPilot
import HTTPTypes
import Synchronization
import Telemetry

/// Limits what one user or one client address may use at the same time.
///
/// A user has a maximum of requests in flight and a budget of writes. An address has a maximum of requests in flight
/// without a verified identity. The state is in memory, so each replica has its own limits.
package final class FairUse: Sendable {
    package struct Limits: Sendable {
        /// Maximum number of requests in flight per user.
        package var userRequestsMax = 16
        /// Maximum number of anonymous requests in flight per address.
        package var addressRequestsMax = 32
        /// Sustained writes per second and user; 0 turns the budget off.
        package var writesPerSecond = 20
        /// Maximum number of writes at once after a pause.
        package var writeBurst = 100

        package init() {}
    }

    /// A user with requests in flight, or with a budget that is not full.
    private struct Use {
        var inFlight = 0
        /// The time at which the budget is full again; `nil` if the user has written nothing.
        var fullAt: ContinuousClock.Instant?
    }

    private struct State {
        var users: [UserID: Use] = [:]
        /// The requests in flight by address. Its size is limited by the number of connections.
        var addresses: [String: Int] = [:]
        /// The number of users at which those without use are removed.
        var usersMax = FairUse.usersMin
    }

    private enum Excess {
        case inFlight, budget(after: Duration)
    }

    /// The number of users below which none is removed.
    static let usersMin = 4096

    let limits: Limits
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())
    private let users = FairUse.counter("user")
    private let addresses = FairUse.counter("address")
    private let writes = FairUse.counter("writes")

    /// - Parameter now: the clock that refills the budgets.
    package init(_ limits: Limits = Limits(), now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.limits = limits
        self.now = now
    }

    /// The number of users whose use is stored.
    var userCount: Int { state.withLock { $0.users.count } }

    /// The refused requests by limit.
    package var gauges: [Gauge] { [users.gauge, addresses.gauge, writes.gauge] }

    // MARK: Users

    /// Counts a request of a user until ``end(_:)``.
    ///
    /// - Throws: a ``Problem``, 429. The request is then not counted.
    func begin(_ user: UserID, isWrite: Bool) throws(Problem) {
        let pays = isWrite && limits.writesPerSecond > 0
        let now = pays ? now() : nil
        let refusal = state.withLock { state in
            if state.users.count >= state.usersMax { removeUnused(from: &state) }
            return admit(&state.users[user, default: Use()], at: now)
        }
        switch refusal {
        case nil: return
        case .inFlight:
            users.increment()
            throw .tooManyInFlight
        case .budget(let wait):
            writes.increment()
            throw overBudget(for: wait)
        }
    }

    /// Records the end of a request that ``begin(_:isWrite:)`` counted.
    func end(_ user: UserID) {
        state.withLock { state in
            guard let place = state.users.index(forKey: user) else { return }
            state.users.values[place].inFlight -= 1
            if state.users.values[place].inFlight == 0, state.users.values[place].fullAt == nil {
                state.users.remove(at: place)
            }
        }
    }

    /// - Parameter now: `nil` if the request uses no budget.
    private func admit(_ use: inout Use, at now: ContinuousClock.Instant?) -> Excess? {
        guard use.inFlight < limits.userRequestsMax else { return .inFlight }
        if let now {
            let cost = Duration.seconds(1) / limits.writesPerSecond
            let fullAt = max(use.fullAt ?? now, now) + cost
            let excess = now.duration(to: fullAt) - cost * limits.writeBurst
            guard excess <= .zero else { return .budget(after: excess) }
            use.fullAt = fullAt
        }
        use.inFlight += 1
        return nil
    }

    /// Removes users without requests whose budget is full. The next limit is double the rest, so a removal costs O(1)
    /// per new user on average.
    private func removeUnused(from state: inout State) {
        let now = now()
        state.users = state.users.filter { $1.inFlight > 0 || $1.fullAt ?? now > now }
        state.usersMax = max(Self.usersMin, state.users.count * 2)
    }

    private func overBudget(for wait: Duration) -> Problem {
        let (seconds, rest) = wait.components
        let delay = max(1, Int(seconds) + (rest > 0 ? 1 : 0))
        var problem = Problem.tooMany(
            es: "Hiciste demasiados cambios en poco tiempo.", en: "You made too many changes in a short time.",
            retryAfter: delay)
        // draft-ietf-httpapi-ratelimit-headers-10: q is the quota, w its window, r the rest, t the time until more.
        let window = max(1, (limits.writeBurst + limits.writesPerSecond - 1) / limits.writesPerSecond)
        problem.headers[.rateLimitPolicy] = #""writes";q=\#(limits.writeBurst);w=\#(window)"#
        problem.headers[.rateLimit] = #""writes";r=0;t=\#(delay)"#
        return problem
    }

    // MARK: Addresses

    /// Runs `body` for a client without a verified identity.
    ///
    /// - Parameter address: the client's address; `nil` is not limited.
    /// - Throws: a ``Problem``, 429, if too many such requests of the address are in flight; any error of `body`.
    func anonymously<Result>(at address: String?, _ body: () async throws -> Result) async throws -> Result {
        guard let address else { return try await body() }
        let isAdmitted = state.withLock { state in
            let count = state.addresses[address] ?? 0
            guard count < limits.addressRequestsMax else { return false }
            state.addresses[address] = count + 1
            return true
        }
        guard isAdmitted else {
            addresses.increment()
            throw Problem.tooManyInFlight
        }
        defer {
            state.withLock { state in
                let count = state.addresses[address] ?? 1
                state.addresses[address] = count > 1 ? count - 1 : nil
            }
        }
        return try await body()
    }

    private static func counter(_ limit: String) -> Counter {
        Counter(
            "cashpilot_requests_refused_total", help: "Requests refused with 429 by a limit of fair use.",
            labels: [("limit", limit)])
    }
}
