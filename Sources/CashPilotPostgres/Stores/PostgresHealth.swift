import CashPilot
import Postgres

/// Reads the database's health: readiness, the one-open index and the number of open sessions.
package struct PostgresHealth: Sendable {
    private let database: Database

    package init(database: Database) { self.database = database }

    /// Checks that the database is writable, has this program's migrations and has a valid one-open index.
    ///
    /// It uses a write connection, because readiness is about writes.
    ///
    /// - Throws: ``StoreError`` if the database does not respond.
    package func readiness() async throws -> Readiness {
        do {
            var columns = try await database.write(SQL.readiness).one()
            let isWritable = try columns.next(Bool.self)
            let migrations = try columns.next(Int64.self)
            let newest = try columns.nextOptional(String.self)
            return Readiness(
                isWritable: isWritable,
                isSchemaCurrent: migrations >= Migrations.files.count && (newest ?? "") >= Self.newestVersion,
                isIndexValid: try columns.next())
        } catch  where error.sqlState == Self.undefinedTable || error.sqlState == Self.insufficientPrivilege {
            return Readiness(isWritable: true, isSchemaCurrent: false, isIndexValid: false)
        } catch {
            throw StoreError(error)
        }
    }

    /// Reads the state of the one-open index.
    ///
    /// - Throws: ``StoreError`` if the database does not respond.
    package func oneOpenIndexState() async throws -> OneOpenIndexState {
        try await withStoreErrors {
            var columns = try await database.read(SQL.oneOpenIndexState).one()
            return try columns.next()
        }
    }

    /// Counts the open sessions of all businesses, and reads the size of the database.
    ///
    /// - Throws: ``StoreError`` if the database does not respond.
    package func sessionCounts() async throws -> SessionCounts {
        try await withStoreErrors {
            var columns = try await database.list(SQL.sessionCounts).one()
            return SessionCounts(
                open: Int(try columns.next(Int64.self)), stale: Int(try columns.next(Int64.self)),
                uncounted: Int(try columns.next(Int64.self)), overdue: Int(try columns.next(Int64.self)),
                databaseBytes: Int(try columns.next(Int64.self)))
        }
    }

    /// Reads the facts that show whether the login and the accounts are safe in production.
    ///
    /// - Throws: ``StoreError`` if the database does not respond.
    package func deploymentFacts() async throws -> DeploymentFacts {
        try await withStoreErrors {
            var columns = try await database.list(SQL.deploymentFacts).one()
            return try DeploymentFacts(reading: &columns)
        }
    }

    /// The number of the newest migration, for example `0002` for `0002_one_open_session.sql`.
    private static let newestVersion = String(Migrations.files.last?.name.prefix(while: \.isNumber) ?? "")
    private static let undefinedTable = "42P01"
    /// Reported if the migration that grants the service's role its rights is missing.
    private static let insufficientPrivilege = "42501"
}

/// Runs the database queries of `cashpilot doctor` over a separate blocking connection.
package struct PostgresHealthChecks {
    private let connection: BlockingConnection

    /// - Parameter toAnyHost: also accept a read-only host.
    /// - Throws: ``DatabaseError`` with libpq's message; ``ConnectionString/Fault``.
    package init(_ configuration: DatabaseConfiguration, toAnyHost: Bool) throws {
        connection = try BlockingConnection(
            try ConnectionString(configuration.connectionString), configuration, toAnyHost: toAnyHost)
    }

    package var isEncrypted: Bool { connection.isEncrypted }

    package func facts() throws(DatabaseError) -> ServerFacts {
        var columns = try connection.query(SQL.serverFacts.text).one()
        return ServerFacts(
            version: try columns.next(), versionNumber: Int(try columns.next(Int32.self)), address: try columns.next(),
            database: try columns.next(), user: try columns.next(), isWritable: try columns.next(),
            mayServe: try columns.nextOptional(), mayMigrate: try columns.next(),
            connectionsMax: Int(try columns.next(Int32.self)), connections: Int(try columns.next(Int64.self)),
            clock: try columns.next())
    }

    package func deploymentFacts() throws(DatabaseError) -> DeploymentFacts {
        var columns = try connection.query(SQL.deploymentFacts.text).one()
        return try DeploymentFacts(reading: &columns)
    }

    package func oneOpenIndexState() throws(DatabaseError) -> OneOpenIndexState {
        var columns = try connection.query(SQL.oneOpenIndexState.text).one()
        return try columns.next()
    }

    /// Counts the cashiers with several open sessions in a business, up to `limit`.
    package func duplicates(limit: Int) throws(DatabaseError) -> Int {
        let rows = try connection.query(SQL.openDuplicates.text, [.int32(Int32(clamping: limit)), .int32(1)])
        return try DuplicateOpenSessions.all(in: rows).count
    }

    /// The currency codes of the businesses, each with the number of businesses.
    package func currencies() throws(DatabaseError) -> [(code: String, businesses: Int64)] {
        try connection.query(SQL.currencyList.text).items { columns throws(DatabaseError) in
            (code: try columns.next(String.self), businesses: try columns.next(Int64.self))
        }
    }
}

/// Facts that distinguish a production database from a demo, and a safe login from an unsafe one.
package struct DeploymentFacts: Sendable {
    package let database: String
    package let login: String
    /// Whether the login is a superuser or a member of one, directly or indirectly.
    package let mayBecomeSuperuser: Bool
    /// The active accounts of the demo data. Their password is public.
    package let demoAccounts: Int
    /// The accounts that are not of the demo data, active or not.
    package let realAccounts: Int

    fileprivate init(reading columns: inout ColumnReader) throws(DatabaseError) {
        database = try columns.next()
        login = try columns.next()
        mayBecomeSuperuser = try columns.next()
        demoAccounts = Int(try columns.next(Int64.self))
        realAccounts = Int(try columns.next(Int64.self))
    }
}

/// A server's own version, settings and state.
package struct ServerFacts: Sendable {
    package let version: String
    /// For example, 150018 is version 15.18.
    package let versionNumber: Int
    package let address: String
    package let database: String
    package let user: String
    package let isWritable: Bool
    /// True if the user may use the role `cashpilot_app`; `nil` if the role does not exist.
    package let mayServe: Bool?
    /// Whether the user has the rights of `cashpilot_owner`, which migrations need.
    package let mayMigrate: Bool
    /// `max_connections` without the connections reserved for superusers.
    package let connectionsMax: Int
    package let connections: Int
    /// Milliseconds since 1970.
    package let clock: Int64
}
