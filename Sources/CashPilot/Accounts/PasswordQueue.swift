import Synchronization

/// Limits how many passwords of one account and from one address are hashed at once.
///
/// A hash costs 0.1 s of CPU, so no client may fill the queue of the hasher. Each kind of request has places of its own
/// there. A flood of one kind therefore does not delay the others by more than the hashes that run.
///
/// Its memory is bounded: at most 7 requests run and 192 wait.
final class PasswordQueue: Sendable {
    /// The kinds of requests, in the order in which they get the place of an account.
    enum Kind: Int, CaseIterable, Sendable {
        /// A login from an address that logged in to the account in the last 30 days.
        case knownLogin
        case login
        /// A request of an authenticated user: a new account or another password.
        case change

        /// Maximum number of running requests.
        var runningMax: Int { self == .change ? 1 : 3 }
    }

    /// The account and the address that a request counts for.
    struct Place: Sendable {
        let kind: Kind
        /// The account whose password is hashed, or the user who sets one.
        let account: String
        /// `nil` if it is unknown or does not matter.
        let address: String?
    }

    /// Maximum number of running requests of an account. So each guess is counted before the next one.
    static let ofAccountMax = 1
    /// Maximum number of running requests from an address.
    static let ofAddressMax = 2
    /// Maximum numbers of waiting requests of one kind: in all, from an address, of an account.
    static let waitingMax = 64
    static let waitingOfAddressMax = 32
    static let waitingOfAccountMax = 16
    /// Maximum wait. Clients time out after 8 s.
    static let waitMax = Duration.seconds(8)

    private struct Waiter: Sendable {
        let place: Place
        let since: ContinuousClock.Instant
        let continuation: CheckedContinuation<Bool, any Error>
    }

    private struct State: Sendable {
        var running: [Place] = []
        /// In the order of their kinds, then of their arrival.
        var waiting: [Waiter] = []

        func hasRoom(for place: Place) -> Bool {
            running.count { $0.kind == place.kind } < place.kind.runningMax
                && running.count { $0.account == place.account } < PasswordQueue.ofAccountMax
                && (place.address == nil
                    || running.count { $0.address == place.address } < PasswordQueue.ofAddressMax)
        }

        func mayWait(for place: Place) -> Bool {
            let others = waiting.map(\.place).filter { $0.kind == place.kind }
            return others.count < PasswordQueue.waitingMax
                && others.count { $0.account == place.account } < PasswordQueue.waitingOfAccountMax
                && (place.address == nil
                    || others.count { $0.address == place.address } < PasswordQueue.waitingOfAddressMax)
        }

        mutating func wait(_ waiter: Waiter) {
            let end = waiting.firstIndex { $0.place.kind.rawValue > waiter.place.kind.rawValue }
            waiting.insert(waiter, at: end ?? waiting.endIndex)
        }

        /// Frees a place. Removes the waiters that now have room, and those that waited too long.
        mutating func leave(_ place: Place, waitMax: Duration) -> (admitted: [Waiter], late: [Waiter]) {
            if let index = running.firstIndex(where: { $0.kind == place.kind && $0.account == place.account }) {
                running.remove(at: index)
            }
            let oldest = ContinuousClock.now - waitMax
            var (admitted, late, others): ([Waiter], [Waiter], [Waiter]) = ([], [], [])
            for waiter in waiting {
                if waiter.since < oldest {
                    late.append(waiter)
                } else if hasRoom(for: waiter.place) {
                    running.append(waiter.place)
                    admitted.append(waiter)
                } else {
                    others.append(waiter)
                }
            }
            waiting = others
            return (admitted, late)
        }
    }

    private enum Admission: Sendable {
        case run, wait, refuse
    }

    private let waitMax: Duration
    private let state = Mutex(State())

    init(waitMax: Duration = PasswordQueue.waitMax) { self.waitMax = waitMax }

    /// The number of requests that wait.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Runs `body` when its account and its address have room.
    ///
    /// - Parameter body: its parameter is true if it waited, so that what was read before may have changed.
    /// - Throws: ``TooManyLogins`` at once if too many wait, or after a wait longer than ``waitMax``; any error of
    ///   `body`.
    func run<Result>(_ place: Place, _ body: (_ hasWaited: Bool) async throws -> Result) async throws -> Result {
        let hasWaited = try await enter(place)
        defer { leave(place) }
        return try await body(hasWaited)
    }

    private func enter(_ place: Place) async throws -> Bool {
        try await withCheckedThrowingContinuation { continuation in
            let admission: Admission = state.withLock { state in
                if state.hasRoom(for: place) {
                    state.running.append(place)
                    return .run
                }
                guard state.mayWait(for: place) else { return .refuse }
                state.wait(Waiter(place: place, since: .now, continuation: continuation))
                return .wait
            }
            switch admission {
            case .run: continuation.resume(returning: false)
            case .wait: break
            case .refuse: continuation.resume(throwing: TooManyLogins())
            }
        }
    }

    private func leave(_ place: Place) {
        let (admitted, late) = state.withLock { $0.leave(place, waitMax: waitMax) }
        for waiter in late { waiter.continuation.resume(throwing: TooManyLogins()) }
        for waiter in admitted { waiter.continuation.resume(returning: true) }
    }
}

/// Too many passwords wait for their hash, or one waited too long. The server did not check this password.
package struct TooManyLogins: Error {
    package init() {}
}
