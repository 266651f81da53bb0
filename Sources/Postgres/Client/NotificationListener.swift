import Glibc
import Synchronization
import Threads

/// Receives the notifications of one channel, on its own connection and thread.
///
/// A notification may arrive late, twice or never: a connection can be lost without an error. The callback must read
/// the current state itself. The owner of the listener must also read the state at intervals.
package final class NotificationListener: Sendable {
    private enum State { case idle, running, stopped }

    /// The pause between two attempts to connect, in seconds.
    private static let pause: UInt32 = 1
    /// The longest wait in milliseconds before the thread checks for ``stop()``.
    private static let waitMax: Int32 = 1_000

    private let configuration: DatabaseConfiguration
    private let channel: String
    private let onNotification: @Sendable () -> Void
    private let state = Mutex(State.idle)

    /// - Parameters:
    ///   - channel: a name that needs no quotes.
    ///   - onNotification: called on the listener's thread, once for all notifications that arrive together, and each
    ///     time it starts to listen.
    package init(
        _ configuration: DatabaseConfiguration, channel: String, onNotification: @escaping @Sendable () -> Void
    ) {
        self.configuration = configuration
        self.channel = channel
        self.onNotification = onNotification
    }

    /// Starts to listen. It does nothing if it was already started or stopped.
    ///
    /// - Throws: ``SystemError`` if the system cannot create a thread.
    package func start() throws(SystemError) {
        let isFirst = state.withLock { state in
            guard state == .idle else { return false }
            state = .running
            return true
        }
        if isFirst { try SystemThread.start("listener") { self.run() } }
    }

    /// Stops the listener. Its thread closes the connection within about 1 to 2 s.
    package func stop() { state.withLock { $0 = .stopped } }

    private var isRunning: Bool { state.withLock { $0 == .running } }

    private func run() {
        while isRunning {
            // No log entry here: the pool reports an unreachable database.
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
