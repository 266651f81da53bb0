import Threads

/// Applies and reverts the program's schema migrations.
///
/// Several runners may start at once. One applies the migrations, and the others wait and then find nothing pending.
/// Each method runs on a thread of its own.
package struct Migrator: Sendable {
    /// The state of one version.
    package struct Status: Sendable, Hashable {
        package enum State: Sendable, Hashable {
            case applied
            case pending
            /// It was applied, but its file has changed since.
            case changed
            /// It was applied, but this program has no such migration.
            case unknown
        }

        package let version: String
        package let name: String
        package let state: State
        /// The time of application; nil if it was not applied.
        package let appliedAt: Timestamp?
    }

    /// An applied migration that would be reverted.
    package struct Reversal: Sendable, Hashable {
        package let version: String
        package let name: String
        /// The tables and columns that it drops: `table api_keys`, `column businesses.books_closed_until`.
        package let losses: [String]
    }

    private let migrations: [Migration]
    private let string: ConnectionString
    private let configuration: DatabaseConfiguration
    private let lockWait: Duration
    private let onReport: @Sendable (String) -> Void

    /// - Parameters:
    ///   - files: names and texts, in any order.
    ///   - lockWait: the longest wait for another runner.
    ///   - onReport: receives what a migration reports with `raise notice`, after the name of its file.
    /// - Throws: ``MigrationError`` if a file is malformed, or two versions are equal or differ in length;
    ///   ``ConnectionString/Fault`` if the connection string is invalid.
    package init(
        _ configuration: DatabaseConfiguration, files: [(name: String, text: String)],
        lockWait: Duration = .seconds(300), onReport: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        self.configuration = configuration
        self.lockWait = lockWait
        self.onReport = onReport
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

    /// The newest version of this program; nil if it has no migrations.
    package var latestVersion: String? { migrations.last?.version }

    /// Applies the pending migrations, in order.
    ///
    /// - Parameter last: the version to stop after; nil for all.
    /// - Returns: the applied versions.
    /// - Throws: ``MigrationError``, or ``DatabaseError`` from the connection. Earlier migrations stay applied. A
    ///   failed migration in a transaction leaves no changes.
    @discardableResult
    package func up(to last: String? = nil) async throws -> [String] {
        if let last, !migrations.contains(where: { $0.version == last }) {
            throw MigrationError("there is no version \(last)")
        }
        return try await locked { schemaMigrations in
            let applied = try schemaMigrations.verified(migrations).count
            let pending = migrations.dropFirst(applied).prefix { last == nil || $0.version <= last ?? "" }
            for migration in pending {
                try schemaMigrations.run(migration.up, of: migration, recording: .applied)
            }
            return pending.map(\.version)
        }
    }

    /// Runs an applied migration again, to repair the objects that it creates. The migration must be idempotent.
    ///
    /// - Throws: ``MigrationError``, also if the migration is not applied.
    package func again(_ version: String) async throws {
        try await locked { schemaMigrations in
            guard let migration = try schemaMigrations.verified(migrations).first(where: { $0.version == version })
            else {
                throw MigrationError("\(version) is not applied; bring the schema up first")
            }
            try schemaMigrations.run(migration.up, of: migration, recording: nil)
        }
    }

    /// Runs the statements that a query returns, one at a time, under the migration lock.
    ///
    /// Use it to build objects in steps that depend on the database's state.
    ///
    /// - Returns: the number of statements.
    package func run(answeredBy query: Statement) async throws -> Int {
        try await SystemThread.run("migration") {
            let connection = try BlockingConnection(string, configuration)
            let schemaMigrations = SchemaMigrations(connection, configuration)
            try schemaMigrations.lock(within: lockWait)
            try schemaMigrations.becomeOwner()
            let rows = try connection.query(query.text)
            for row in rows {
                var columns = row.reader()
                try connection.execute(try columns.next(String.self))
            }
            return rows.count
        }
    }

    /// Reverts the newest migrations, newest first.
    ///
    /// - Returns: the reverted versions.
    /// - Throws: ``MigrationError``, also if one of them has no `-- migrate:down`.
    @discardableResult
    package func down(steps: Int = 1) async throws -> [String] {
        try await locked { schemaMigrations in
            let applied = try schemaMigrations.verified(migrations)
            let leaving = applied.suffix(max(0, steps)).reversed()
            for migration in leaving {
                guard let down = migration.down else {
                    throw MigrationError(file: migration.file, "there is no -- migrate:down")
                }
                try schemaMigrations.run(down, of: migration, recording: .takenBack)
            }
            return leaving.map(\.version)
        }
    }

    /// Returns the migrations that ``down(steps:)`` would revert, newest first.
    ///
    /// It changes nothing and takes no migration lock.
    package func reversals(steps: Int = 1) async throws -> [Reversal] {
        let applied = Set(try await status().filter { $0.state != .pending }.map(\.version))
        return migrations.filter { applied.contains($0.version) }.suffix(max(0, steps)).reversed()
            .map { Reversal(version: $0.version, name: $0.name, losses: $0.losses) }
    }

    /// Compares the database with this program, version by version. It changes nothing and takes no migration lock.
    package func status() async throws -> [Status] {
        try await SystemThread.run("migration") {
            let schemaMigrations = SchemaMigrations(try BlockingConnection(string, configuration), configuration)
            return try schemaMigrations.compare(with: migrations)
        }
    }

    private func locked<Result: Sendable>(
        _ body: @escaping @Sendable (SchemaMigrations) throws -> Result
    ) async throws -> Result {
        try await SystemThread.run("migration") {
            let schemaMigrations = SchemaMigrations(
                try BlockingConnection(string, configuration), configuration, onReport: onReport)
            try schemaMigrations.lock(within: lockWait)  // Closing the connection releases it.
            try schemaMigrations.create()
            return try body(schemaMigrations)
        }
    }
}
