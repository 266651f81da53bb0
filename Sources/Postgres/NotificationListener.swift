import Glibc
import Synchronization

/// Hears what the database notifies on a channel, by a connection and a thread of its own.
///
/// A notification may come late, twice or never: the connection may be lost without anybody knowing. Whoever is told
/// looks for themselves, and looks now and then without being told.
package final class NotificationListener: Sendable {
    private enum State { case idle, running, stopped }

    /// Between two attempts to connect.
    private static let pause: UInt32 = 1
    /// How long a wait takes at the most, in milliseconds; then it looks whether it should stop.
    private static let waitMax: Int32 = 1_000

    private let configuration: DatabaseConfiguration
    private let channel: String
    private let onNotification: @Sendable () -> Void
    private let state = Mutex(State.idle)

    /// - Parameters:
    ///   - channel: a name that needs no quotes.
    ///   - onNotification: called on the listener's thread, once for all that came together, and when it begins to listen.
    package init(
        _ configuration: DatabaseConfiguration, channel: String, onNotification: @escaping @Sendable () -> Void
    ) {
        self.configuration = configuration
        self.channel = channel
        self.onNotification = onNotification
    }

    /// Begins to listen, unless it does already.
    ///
    /// - Throws: ``SystemFault`` if the system has no thread to give.
    package func start() throws(SystemFault) {
        let isFirst = state.withLock { state in
            guard state == .idle else { return false }
            state = .running
            return true
        }
        if isFirst { try SystemThread.start { self.run() } }
    }

    /// Ends the connection within a second or two.
    package func stop() { state.withLock { $0 = .stopped } }

    private var isRunning: Bool { state.withLock { $0 == .running } }

    private func run() {
        while isRunning {
            // What went wrong is said elsewhere: nobody can work without the database.
            try? listen()
            if isRunning { sleep(Self.pause) }
        }
    }

    private func listen() throws {
        let connection = try BlockingConnection(ConnectionString(configuration.connectionString), configuration)
        try connection.execute("listen \(channel)")
        onNotification()
        while isRunning {
            if try connection.hasNotification(within: Self.waitMax) { onNotification() }
        }
    }
}
