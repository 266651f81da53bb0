import CashPilot
import CashPilotPostgres
import Postgres
import ServiceLifecycle

/// The parts of a process that serve the event log.
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

/// Ends the event streams before the server waits for its responses to end.
struct EventLogEndService: Service {
    let subscribers: EventSubscribers

    func run() async throws {
        try? await gracefulShutdown()
        subscribers.end()
    }
}
