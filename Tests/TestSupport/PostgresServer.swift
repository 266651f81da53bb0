import Foundation
import Postgres

/// A private PostgreSQL server for tests: own directory, Unix socket, no network.
///
/// The directory is in memory if there is enough space: see ``PostgresServerScripts/prepare``. A supervising shell runs
/// the server and reads commands from a pipe. The pipe closes when this process ends, even after a crash. The shell
/// then stops the server and removes its directory.
package final class PostgresServer: Sendable {
    /// The signal that stops a server.
    package enum Stop: String, Sendable {
        /// Ends all connections and writes a checkpoint.
        case fast = "INT"
        /// Ends without a checkpoint, as after a crash of the machine.
        case immediate = "QUIT"
        /// Kills the main process; the others notice and exit.
        case kill = "KILL"
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Contains the data, the socket and the log. Its path is short, because a socket's path has at most 107 bytes.
    package let directory: String
    /// A connection of the superuser.
    let owner: CachedConnection
    private let binaries: String
    private let supervisor = Process()
    /// The supervisor's standard input.
    private let control: FileHandle

    /// The server of the whole test process, started at its first use.
    package static func shared() async throws -> PostgresServer { try await sharedStart.value }
    private static let sharedStart = Task { try await start() }

    /// Starts a server for one test. It stops when the last reference is released.
    ///
    /// - Parameter settings: for `postgresql.conf`.
    package static func start(settings: [String: String] = [:]) async throws -> PostgresServer {
        let binaries = try await Shell.output(PostgresServerScripts.find)
        guard !binaries.isEmpty else { throw Failure(description: "no PostgreSQL server is installed") }
        let directory = try await Shell.output(PostgresServerScripts.prepare, [binaries, cache(for: binaries)])
        let server = try PostgresServer(directory: directory, binaries: binaries, settings: settings)
        try await server.start()
        return server
    }

    /// Starts a standby of this server, and waits until it streams.
    package func startStandby() async throws -> PostgresServer {
        let directory = try await Shell.output(PostgresServerScripts.copy, [binaries, self.directory])
        let standby = try PostgresServer(directory: directory, binaries: binaries, settings: [:])
        try await standby.start()
        let connection = try connect()
        try await eventually("the standby streams") {
            try connection.query("select from pg_stat_replication where state = 'streaming'").isEmpty ? nil : true
        }
        return standby
    }

    private init(directory: String, binaries: String, settings: [String: String]) throws {
        self.directory = directory
        self.binaries = binaries
        owner = CachedConnection("host=\(directory) user=postgres dbname=postgres")
        let defaults = [
            "listen_addresses": "", "fsync": "off", "max_connections": "300", "shared_buffers": "32MB",
            "max_wal_size": "256MB", "autovacuum": "off",
        ]
        let arguments = defaults.merging(settings) { _, given in given }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
        let pipe = Pipe()
        control = pipe.fileHandleForWriting
        supervisor.executableURL = URL(filePath: "/bin/sh")
        supervisor.arguments = ["-c", PostgresServerScripts.supervise, "sh", directory, binaries] + arguments
        supervisor.standardInput = pipe
        supervisor.standardOutput = FileHandle.nullDevice
        supervisor.standardError = FileHandle.nullDevice
        // A later child of this process must not hold the pipe open.
        _ = fcntl(control.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try supervisor.spawn()
    }

    deinit { try? control.close() }

    /// An initialized data directory, which each server copies: `initdb` takes seconds.
    private static func cache(for binaries: String) -> String {
        let version = binaries.filter(\.isNumber)
        return Repository.root.appending(path: ".build/postgres-\(version)-\(getuid())").path
    }

    // MARK: Start and stop

    /// Whether the server's main process has ended since ``start()``. The supervisor creates the file then.
    private var hasEnded: Bool { FileManager.default.fileExists(atPath: "\(directory)/ended") }

    private func command(_ word: String) throws { try control.write(contentsOf: Data("\(word)\n".utf8)) }

    /// Starts the server, possibly again, and waits until it accepts connections.
    package func start() async throws {
        try? FileManager.default.removeItem(atPath: "\(directory)/ended")
        try command("start")
        let string = "\(connectionString()) target_session_attrs=any"
        try await eventually("PostgreSQL in \(directory) accepts connections") {
            guard !hasEnded else {
                let log = (try? String(contentsOfFile: "\(directory)/log", encoding: .utf8)) ?? ""
                throw Failure(description: "PostgreSQL in \(directory) did not start:\n\(log.suffix(2_000))")
            }
            return try? await offExecutor { _ = try BlockingConnection.patient(string) }
        }
    }

    /// Stops the server and waits until it has exited. ``start()`` reuses its data.
    package func stop(_ how: Stop = .fast) async throws {
        try command(how.rawValue)
        try await eventually("PostgreSQL in \(directory) stops") { hasEnded ? true : nil }
    }
}
