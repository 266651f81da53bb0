/// Brings a database to the schema that this program knows, and back.
///
/// Any number of runners may start at once: one works, the others wait and find nothing left to do. Each method runs on
/// a thread of its own.
package struct Migrator: Sendable {
    /// What is known of one version.
    package struct Status: Sendable, Hashable {
        package enum State: Sendable, Hashable {
            case applied
            case pending
            /// Its file is not what was applied.
            case changed
            /// It was applied by a program that knows more, or other, migrations than this one.
            case unknown
        }

        package let version: String
        package let name: String
        package let state: State
        /// Nil if it was not applied.
        package let appliedAt: Timestamp?
    }

    private let migrations: [Migration]
    private let string: ConnectionString
    private let configuration: DatabaseConfiguration
    private let lockWait: Duration

    /// - Parameters:
    ///   - files: names and texts, in any order.
    ///   - lockWait: how long to wait for another runner.
    /// - Throws: ``MigrationError`` if a file is malformed or two have one version; ``ConnectionString/Fault``.
    package init(
        _ configuration: DatabaseConfiguration, files: [(name: String, text: String)],
        lockWait: Duration = .seconds(300)
    ) throws {
        self.configuration = configuration
        self.lockWait = lockWait
        string = try ConnectionString(configuration.connectionString)
        migrations = try files.map { try Migration(file: $0.name, text: $0.text) }.sorted { $0.version < $1.version }
        for (one, next) in zip(migrations, migrations.dropFirst()) {
            guard one.version.count == next.version.count else {
                throw MigrationError(file: next.file, "its version is not as long as that of \(one.file)")
            }
            guard one.version != next.version else {
                throw MigrationError(file: next.file, "\(one.file) has the same version")
            }
        }
    }

    /// The version this program wants; nil if it has no migrations.
    package var latestVersion: String? { migrations.last?.version }

    /// Applies what is pending, in order.
    ///
    /// - Parameter last: the version to stop after; nil for all.
    /// - Returns: the versions that were applied.
    /// - Throws: ``MigrationError``. What came before the failing migration stays; a failing migration in a transaction
    ///   leaves nothing behind.
    @discardableResult
    package func up(to last: String? = nil) async throws -> [String] {
        if let last, !migrations.contains(where: { $0.version == last }) {
            throw MigrationError("there is no version \(last)")
        }
        return try await locked { ledger in
            let applied = try ledger.verified(migrations).count
            let pending = migrations.dropFirst(applied).prefix { last == nil || $0.version <= last ?? "" }
            for migration in pending {
                try ledger.run(migration.up, of: migration, recording: .applied)
            }
            return pending.map(\.version)
        }
    }

    /// Runs a migration that is applied once more: for one that is written so that it mends what it made.
    ///
    /// - Throws: ``MigrationError``, also if it is not applied.
    package func again(_ version: String) async throws {
        try await locked { ledger in
            guard let migration = try ledger.verified(migrations).first(where: { $0.version == version }) else {
                throw MigrationError("\(version) is not applied; bring the schema up first")
            }
            try ledger.run(migration.up, of: migration, recording: nil)
        }
    }

    /// Runs the statements that a query answers, each by itself and under the lock of those who migrate: for what is built
    /// in steps that depend on what is there.
    ///
    /// - Returns: how many there were.
    package func run(answeredBy query: Statement) async throws -> Int {
        try await SystemThread.run {
            let connection = try BlockingConnection(string, configuration)
            let ledger = MigrationLedger(connection, configuration)
            try ledger.lock(within: lockWait)
            try ledger.becomeOwner()
            let rows = try connection.query(query.text)
            for row in rows {
                var columns = row.reader()
                try connection.execute(try columns.next(String.self))
            }
            return rows.count
        }
    }

    /// Takes back the newest migrations, newest first.
    ///
    /// - Returns: the versions that were taken back.
    /// - Throws: ``MigrationError``, also if one of them has no way down.
    @discardableResult
    package func down(steps: Int = 1) async throws -> [String] {
        try await locked { ledger in
            let applied = try ledger.verified(migrations)
            let leaving = applied.suffix(max(0, steps)).reversed()
            for migration in leaving {
                guard let down = migration.down else {
                    throw MigrationError(file: migration.file, "there is no -- migrate:down")
                }
                try ledger.run(down, of: migration, recording: .takenBack)
            }
            return leaving.map(\.version)
        }
    }

    /// Compares the database with this program, version by version. Changes nothing and waits for nobody.
    package func status() async throws -> [Status] {
        try await SystemThread.run {
            let ledger = MigrationLedger(try BlockingConnection(string, configuration), configuration)
            return try ledger.compare(with: migrations)
        }
    }

    private func locked<Result: Sendable>(
        _ body: @escaping @Sendable (MigrationLedger) throws -> Result
    ) async throws -> Result {
        try await SystemThread.run {
            let ledger = MigrationLedger(try BlockingConnection(string, configuration), configuration)
            try ledger.lock(within: lockWait)  // Given back when the connection closes.
            try ledger.create()
            return try body(ledger)
        }
    }
}
