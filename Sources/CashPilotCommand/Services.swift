import CashPilot
import Logging
import Postgres
import ServiceLifecycle

/// Writes the refused opens that gather, and at shutdown those that are left.
struct ConflictService: Service {
    let recorder: ConflictRecorder

    func run() async throws {
        await cancelWhenGracefulShutdown { await recorder.run() }
    }
}

/// Looks after the guard.
struct GuardService: Service {
    let watch: GuardWatch

    func run() async throws {
        await cancelWhenGracefulShutdown { await watch.run() }
    }
}

/// Counts open sessions.
struct SessionCountService: Service {
    let watch: SessionCountWatch

    func run() async throws {
        await cancelWhenGracefulShutdown { await watch.run() }
    }
}

extension Logger {
    /// Says that the guard is lost, or back.
    func log(_ event: GuardWatch.Event) {
        switch event {
        case .lost(let state):
            error(
                "The guard index does not stand: opens lock their slot instead. Run `cashpilot doctor`.",
                metadata: ["guard": "\(state.rawValue)"])
        case .back: notice("The guard index stands again")
        }
    }
}

/// Forgets what is too old to be of use, a few at a time: answers that were kept for seven days, failed logins.
struct ForgettingService: Service {
    static let interval: Duration = .seconds(600)
    /// After a failure: what is too old waits, and nothing else does.
    static let retryInterval: Duration = .seconds(15)

    /// Each forgets a few, and answers how many.
    let kinds: [@Sendable () async throws -> Int]
    let onFault: @Sendable (any Error) -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                var pause = Self.interval
                for forget in kinds {
                    do {
                        while try await forget() > 0, !Task.isCancelled {}
                    } catch {
                        onFault(error)
                        pause = Self.retryInterval
                    }
                }
                try? await Task.sleep(for: pause)
            }
        }
    }
}

/// Seals audit events. What is not sealed at shutdown waits for the next process.
struct AuditSealService: Service {
    let sealer: AuditSealer

    func run() async throws {
        await cancelWhenGracefulShutdown { await sealer.run() }
    }
}

/// Keeps the database until nobody uses it any more.
struct DatabaseService: Service {
    let database: Database

    func run() async throws {
        try? await gracefulShutdown()
        await database.close(within: .seconds(4))
    }
}
