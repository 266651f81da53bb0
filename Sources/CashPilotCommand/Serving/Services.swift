import CashPilot
import CashPilotPostgres
import Logging
import Postgres
import ServiceLifecycle

/// Runs a loop, cancels it when the shutdown begins, and waits for its end. The loop may end before.
struct UntilShutdown: Service {
    let loop: @Sendable () async -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown { await loop() }
        try? await gracefulShutdown()
    }
}

/// Stops a component when all later services have stopped.
struct AtShutdown: Service {
    let stop: @Sendable () async -> Void

    func run() async throws {
        try? await gracefulShutdown()
        await stop()
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

/// Warns at the start if the database's login or accounts are not safe in production.
struct DeploymentCheck {
    /// The pause after a failure, usually because the database is unreachable.
    static let retryInterval: Duration = .seconds(5)

    let facts: @Sendable () async throws -> DeploymentFacts
    let logger: Logger

    func run() async {
        while !Task.isCancelled {
            if let facts = try? await facts() { return logger.warn(facts) }
            try? await Task.sleep(for: Self.retryInterval)
        }
    }
}

extension Logger {
    fileprivate func warn(_ facts: DeploymentFacts) {
        if facts.mayBecomeSuperuser {
            warning(
                "The database login can become superuser; use a login that is only a member of cashpilot_app",
                metadata: ["login": "\(facts.login)"])
        }
        if facts.demoAccounts > 0 {
            warning(
                "Demo accounts are active; their password is public", metadata: ["accounts": "\(facts.demoAccounts)"])
        }
    }
}

/// Deletes expired rows in small batches: stored responses after seven days, failed logins, and what the operator has
/// set a time for.
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
                for deleteBatch in kinds {
                    do {
                        while try await deleteBatch() > 0, !Task.isCancelled {}
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

struct EventLog: Sendable {
    let subscribers: EventSubscribers
    let watch: EventLogWatch
    /// Notifies this process immediately of events from other processes.
    let listener: NotificationListener

    /// - Parameter subscribersMax: the maximum number of streams.
    init(
        _ store: any EventLogStore, _ configuration: DatabaseConfiguration, subscribersMax: Int,
        onFailure: @escaping @Sendable (any Error) -> Void
    ) {
        subscribers = EventSubscribers(max: subscribersMax)
        let watch = EventLogWatch(store: store, subscribers: subscribers, onFailure: onFailure)
        self.watch = watch
        listener = NotificationListener(configuration, channel: PostgresEventLogStore.channel) { watch.wake() }
    }
}

/// Wakes the subscribers of the event log. The first subscriber starts the listener.
struct EventLogWatchService: Service {
    let eventLog: EventLog

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // If the system has no thread for the listener, periodic checks still find new events.
            await eventLog.watch.run { try? eventLog.listener.start() }
        }
        eventLog.listener.stop()
    }
}
