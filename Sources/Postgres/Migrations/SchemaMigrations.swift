import Glibc

/// The table `schema_migrations`, and the runs of migrations that it records.
struct SchemaMigrations {
    enum Entry {
        case applied, takenBack
    }

    private struct Record {
        let version: String
        let name: String
        let checksum: String
        let appliedAt: Timestamp
    }

    private let connection: BlockingConnection
    private let configuration: DatabaseConfiguration
    private let onReport: (String) -> Void

    /// The key of the advisory lock for migrations: "cashmigr" in ASCII.
    private static let lockKey: Int64 = 0x6361_7368_6D69_6772
    private static let lockPoll: UInt32 = 50_000  // microseconds

    init(
        _ connection: BlockingConnection, _ configuration: DatabaseConfiguration,
        onReport: @escaping (String) -> Void = { _ in }
    ) {
        self.connection = connection
        self.configuration = configuration
        self.onReport = onReport
    }

    /// Polls for the migration lock every 50 ms, until no other runner has it.
    ///
    /// A wait inside `pg_advisory_lock` would keep a snapshot. `create index concurrently` of the runner with the lock
    /// would wait for that snapshot, and so the two would deadlock.
    ///
    /// - Throws: ``MigrationError`` after `limit`.
    func lock(within limit: Duration) throws {
        let end = ContinuousClock.now + limit
        while true {
            let rows = try connection.query(SchemaMigrationsSQL.lock, [.int64(Self.lockKey)])
            var reader = rows[0].reader()
            if try reader.next(Bool.self) { return }
            guard .now < end else {
                throw MigrationError("another migration has been running for \(limit); try again when it is done")
            }
            usleep(Self.lockPoll)
        }
    }

    func create() throws(DatabaseError) {
        try connection.execute(SchemaMigrationsSQL.create)
    }

    /// Returns the applied migrations, which must be unchanged and the first ones of `migrations`.
    ///
    /// - Throws: ``MigrationError`` with the first migration that is changed, unknown or out of order.
    func verified(_ migrations: [Migration]) throws -> ArraySlice<Migration> {
        let statuses = try compare(with: migrations)
        for status in statuses {
            let title = "\(status.version)_\(status.name)"
            switch status.state {
            case .applied, .pending: break
            case .changed: throw MigrationError("\(title) is applied, but its file has changed since")
            case .unknown:
                throw MigrationError("\(title) is applied, but this program does not know it; use a newer one")
            }
        }
        let firstPending = statuses.firstIndex { $0.state == .pending } ?? statuses.endIndex
        if let later = statuses[firstPending...].first(where: { $0.state == .applied }) {
            let gap = statuses[firstPending]
            throw MigrationError(
                "\(gap.version)_\(gap.name) is not applied, but the later \(later.version)_\(later.name) is")
        }
        return migrations[..<firstPending]
    }

    /// Returns the state of all versions in the database or in `migrations`, in order.
    func compare(with migrations: [Migration]) throws -> [Migrator.Status] {
        var records = Dictionary(uniqueKeysWithValues: try records().map { ($0.version, $0) })
        let checksums = try checksums(of: migrations)
        var statuses = zip(migrations, checksums).map { migration, checksum in
            let record = records.removeValue(forKey: migration.version)
            let state: Migrator.Status.State =
                record.map { $0.checksum == checksum ? .applied : .changed } ?? .pending
            return Migrator.Status(
                version: migration.version, name: migration.name, state: state, appliedAt: record?.appliedAt)
        }
        statuses += records.values.map {
            Migrator.Status(version: $0.version, name: $0.name, state: .unknown, appliedAt: $0.appliedAt)
        }
        return statuses.sorted { $0.version < $1.version }
    }

    private func records() throws(DatabaseError) -> [Record] {
        var exists = try connection.query(SchemaMigrationsSQL.exists)[0].reader()
        guard try exists.next(Bool.self) else { return [] }
        var records: [Record] = []
        for row in try connection.query(SchemaMigrationsSQL.list) {
            var reader = row.reader()
            records.append(
                Record(
                    version: try reader.next(), name: try reader.next(), checksum: try reader.next(),
                    appliedAt: try reader.next()))
        }
        return records
    }

    /// The SHA-256 of each migration's text, computed by the server.
    private func checksums(of migrations: [Migration]) throws(DatabaseError) -> [String] {
        let rows = try connection.query(
            SchemaMigrationsSQL.checksums, [.array(of: .text, migrations.map { .text($0.text) })])
        var checksums: [String] = []
        for row in rows {
            var reader = row.reader()
            checksums.append(try reader.next())
        }
        return checksums
    }

    // MARK: Running

    /// Switches the connection to the role that owns `schema_migrations`.
    func becomeOwner() throws(DatabaseError) { _ = try connection.query(SchemaMigrationsSQL.becomeOwner) }

    /// Runs one half of a migration as the table's owner and records it.
    ///
    /// A transactional half runs in one transaction with its record. Otherwise the statements run one at a time, and
    /// the record follows. A repeated run has a record already, so `entry` is nil.
    func run(_ half: Migration.Half, of migration: Migration, recording entry: Entry?) throws {
        try becomeOwner()
        guard half.isTransactional else {
            try run(half.script, of: migration)
            return try record(entry, migration)
        }
        try connection.execute("begin")
        // Other requests queue behind a migration's lock wait, so the wait is short.
        try connection.execute("set local lock_timeout = \(configuration.lockTimeout.wholeMilliseconds)")
        do {
            try run(half.script, of: migration)
            guard connection.isInTransaction else {
                throw MigrationError(file: migration.file, "it ended the transaction that it was run in")
            }
            try record(entry, migration)
            try connection.execute("commit")
        } catch {
            try? connection.execute("rollback")
            throw error
        }
    }

    private func run(_ script: SQLScript, of migration: Migration) throws(MigrationError) {
        let (file, report) = (migration.file, onReport)
        connection.onRaise = { report("\(file): \($0)") }
        defer { connection.onRaise = nil }
        for statement in script.statements {
            do {
                try connection.execute(statement.text)
            } catch {
                let before = statement.text.prefix(max(0, (error.position ?? 1) - 1))
                let line = statement.line + before.count { $0.isNewline }
                throw MigrationError(file: migration.file, line: line, "\(error.sqlState) \(error.message)")
            }
        }
    }

    private func record(_ entry: Entry?, _ migration: Migration) throws(DatabaseError) {
        try becomeOwner()  // The migration may have changed the table's owner or the role.
        switch entry {
        case .applied:
            _ = try connection.query(
                SchemaMigrationsSQL.record, [.text(migration.version), .text(migration.name), .text(migration.text)])
        case .takenBack:
            _ = try connection.query(SchemaMigrationsSQL.forget, [.text(migration.version)])
        case nil: break
        }
    }
}
