import Foundation
import Postgres
import Synchronization

/// A PostgreSQL server of the tests' own: private directory, unix socket, no network, nothing else on the machine
/// touched.
///
/// A small shell process holds the server and reads a pipe whose other end this process holds. When this process ends,
/// however it ends, the pipe closes, and the shell stops the server and removes its directory.
package final class PostgresServer: Sendable {
    /// How a server is stopped.
    package enum Stop: String, Sendable {
        /// Sessions are ended, then a checkpoint.
        case fast = "INT"
        /// No goodbye and no checkpoint, as after a crash of the machine.
        case immediate = "QUIT"
        /// The main process vanishes; the others notice.
        case kill = "KILL"
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private struct Run: Sendable {
        let supervisor: Process
        /// Where signals are written to; closing it stops the server.
        let control: FileHandle
    }

    /// Holds the data, the socket and the log. Short, because a socket's path has at most 107 bytes.
    package let directory: String
    private let binaries: String
    private let arguments: [String]
    private let run = Mutex<Run?>(nil)

    /// One for the whole test process, started when first asked for.
    package static func shared() async throws -> PostgresServer { try await sharedStart.value }
    private static let sharedStart = Task { try await start() }

    /// Starts a server for one test. It is gone when the last reference is.
    ///
    /// - Parameter settings: for `postgresql.conf`.
    package static func start(settings: [String: String] = [:]) async throws -> PostgresServer {
        let binaries = try await Shell.output(PostgresServerScripts.find)
        guard !binaries.isEmpty else { throw Failure(description: "no PostgreSQL server is installed") }
        let directory = try await Shell.output(PostgresServerScripts.prepare, [binaries, cache(for: binaries)])
        let server = PostgresServer(directory: directory, binaries: binaries, settings: settings)
        try await server.start()
        return server
    }

    /// Starts a server that follows this one, and waits until it does.
    package func startStandby() async throws -> PostgresServer {
        let directory = try await Shell.output(PostgresServerScripts.copy, [binaries, self.directory])
        let standby = PostgresServer(directory: directory, binaries: binaries, settings: [:])
        try await standby.start()
        let connection = try connect()
        try await eventually("the standby follows") {
            try connection.query("select from pg_stat_replication where state = 'streaming'").isEmpty ? nil : true
        }
        return standby
    }

    private init(directory: String, binaries: String, settings: [String: String]) {
        self.directory = directory
        self.binaries = binaries
        let defaults = [
            "listen_addresses": "", "fsync": "off", "max_connections": "300", "shared_buffers": "32MB",
            "max_wal_size": "256MB", "autovacuum": "off",
        ]
        arguments = defaults.merging(settings) { _, given in given }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
    }

    deinit {
        if let run = run.withLock({ $0 }) {
            try? run.control.close()
        } else {
            try? FileManager.default.removeItem(atPath: directory)
        }
    }

    /// A fresh data directory, made once for a checkout and copied: `initdb` takes seconds.
    private static func cache(for binaries: String) -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let version = binaries.filter(\.isNumber)
        return root.appending(path: ".build/postgres-\(version)-\(getuid())").path
    }

    /// A connection string for the owner of everything.
    package func connectionString(database: String = "postgres") -> String {
        "host=\(directory) user=postgres dbname=\(database)"
    }

    /// Runs SQL as the owner of everything.
    package func execute(_ sql: String, database: String = "postgres") throws {
        try connect(database: database).execute(sql)
    }

    /// A connection for a test's own use.
    package func connect(database: String = "postgres") throws -> BlockingConnection {
        let string = connectionString(database: database)
        return try BlockingConnection(try ConnectionString(string), DatabaseConfiguration(connectionString: string))
    }

    /// Makes a database that nothing else uses.
    ///
    /// - Returns: its connection string.
    package func makeDatabase(template: String = "template1") async throws -> String {
        let name = "test_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
        try await withCheckedThrowingContinuation { continuation in
            // It takes long enough to starve tests that measure time, if it occupied one of Swift's threads.
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result { try self.execute("create database \(name) template \(template)") })
            }
        }
        return connectionString(database: name)
    }

    // MARK: Life and death

    /// Starts the server again on the same data.
    package func start() async throws {
        let supervisor = Process()
        let control = Pipe()
        supervisor.executableURL = URL(filePath: "/bin/sh")
        supervisor.arguments = ["-c", PostgresServerScripts.supervise, "sh", directory, binaries] + arguments
        supervisor.standardInput = control
        supervisor.standardOutput = FileHandle.nullDevice
        supervisor.standardError = FileHandle.nullDevice
        // A later child of this process must not hold the pipe open.
        _ = fcntl(control.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try supervisor.spawn()
        run.withLock { $0 = Run(supervisor: supervisor, control: control.fileHandleForWriting) }
        try await waitUntilReady(supervisor)
    }

    /// Whether it lets somebody in, also if it is a standby.
    private var isReady: Bool {
        let string = "\(connectionString()) target_session_attrs=any"
        guard let parsed = try? ConnectionString(string) else { return false }
        return (try? BlockingConnection(parsed, DatabaseConfiguration(connectionString: string))) != nil
    }

    private func waitUntilReady(_ supervisor: Process) async throws {
        let limit = ContinuousClock.now + .seconds(20)
        while !isReady {
            guard supervisor.isRunning, .now < limit else {
                let log = (try? String(contentsOfFile: "\(directory)/log", encoding: .utf8)) ?? ""
                throw Failure(description: "the server did not start:\n\(log.suffix(2_000))")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Stops the server and waits until it is gone. Its data stay for ``start()``.
    package func stop(_ how: Stop = .fast) async throws {
        guard let run = run.withLock({ $0.take() }) else { return }
        try run.control.write(contentsOf: Data("\(how.rawValue)\n".utf8))
        try run.control.close()
        while run.supervisor.isRunning { try await Task.sleep(for: .milliseconds(5)) }
    }
}
