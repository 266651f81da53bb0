import CashPilot
import CashPilotPostgres
import Logging
import Postgres
import ServiceLifecycle

/// What the feed of events needs in a process, put together.
struct Feed: Sendable {
    let store: PostgresFeedStore
    let followers: FeedFollowers
    let watch: FeedWatch
    /// Told at once of what other processes placed.
    let listener: NotificationListener

    /// - Parameter followersMax: how many streams there may be.
    init(database: Database, _ configuration: DatabaseConfiguration, followersMax: Int, logger: Logger) {
        store = PostgresFeedStore(database: database)
        followers = FeedFollowers(max: followersMax)
        let watch = FeedWatch(store: store, followers: followers) {
            logger.warning("The feed is not looked at", metadata: ["error": "\($0)"])
        }
        self.watch = watch
        listener = NotificationListener(configuration, channel: PostgresFeedStore.channel) { watch.nudge() }
    }
}

/// Wakes those who follow the feed. The first of them makes the process listen.
struct FeedWatchService: Service {
    let feed: Feed

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // Without a thread for it there are the looks that nobody asks for.
            await feed.watch.run { try? feed.listener.start() }
        }
        feed.listener.stop()
    }
}

/// Ends the streams of events before the server waits for its answers to end.
struct FeedEndService: Service {
    let followers: FeedFollowers

    func run() async throws {
        try? await gracefulShutdown()
        followers.end()
    }
}
