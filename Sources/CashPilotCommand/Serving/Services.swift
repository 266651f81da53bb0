import CashPilot
import Logging
import Postgres
import ServiceLifecycle

/// Writes recorded conflicts periodically, and the remaining ones at shutdown.
struct ConflictService: Service {
    let recorder: ConflictRecorder

    func run() async throws {
        await cancelWhenGracefulShutdown { await recorder.run() }
    }
}

/// Watches the one-open index.
struct OneOpenIndexService: Service {
    let watch: OneOpenIndexWatch

    func run() async throws {
        await cancelWhenGracefulShutdown { await watch.run() }
    }
}

/// Counts open sessions periodically.
struct SessionCountService: Service {
    let watch: SessionCountWatch

    func run() async throws {
        await cancelWhenGracefulShutdown { await watch.run() }
    }
}

extension Logger {
    /// Logs that the one-open index became invalid, or is valid again.
    func log(_ event: OneOpenIndexWatch.Event) {
        switch event {
        case .lost(let state):
            error(
                "The one-open index is not valid; opens lock their open-session key. Run `cashpilot doctor --mend`.",
                metadata: ["guard": "\(state.rawValue)"])
        case .back: notice("The one-open index is valid again")
        }
    }
}

/// Deletes expired rows in small batches: stored responses after seven days, and failed logins.
struct CleanupService: Service {
    static let interval: Duration = .seconds(600)
    /// The pause after a failure. Only the cleanup is delayed.
    static let retryInterval: Duration = .seconds(15)

    /// Each closure deletes one batch and returns the number of deleted rows.
    let kinds: [@Sendable () async throws -> Int]
    let onFailure: @Sendable (any Error) -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                var pause = Self.interval
                for forget in kinds {
                    do {
                        while try await forget() > 0, !Task.isCancelled {}
                    } catch {
                        onFailure(error)
                        pause = Self.retryInterval
                    }
                }
                try? await Task.sleep(for: pause)
            }
        }
    }
}

/// Seals audit events. The next process seals the events that are unsealed at shutdown.
struct AuditSealService: Service {
    let sealer: AuditSealer

    func run() async throws {
        await cancelWhenGracefulShutdown { await sealer.run() }
    }
}

/// Closes the database after all other services have stopped.
struct DatabaseService: Service {
    let database: Database

    func run() async throws {
        try? await gracefulShutdown()
        await database.close(within: .seconds(4))
    }
}
