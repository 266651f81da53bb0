import CashPilot
import Postgres

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
        var columns = try row(of: SQL.serverFacts)
        return ServerFacts(
            version: try columns.next(), versionNumber: Int(try columns.next(Int32.self)), address: try columns.next(),
            database: try columns.next(), user: try columns.next(), isWritable: try columns.next(),
            mayServe: try columns.nextOptional(), mayMigrate: try columns.next(),
            connectionsMax: Int(try columns.next(Int32.self)), connections: Int(try columns.next(Int64.self)),
            clock: try columns.next())
    }

    package func oneOpenIndexState() throws(DatabaseError) -> OneOpenIndexState {
        var columns = try row(of: SQL.oneOpenIndexState)
        return try columns.next()
    }

    /// Counts the cashiers with several open sessions in a business, up to `limit`.
    package func duplicates(limit: Int) throws(DatabaseError) -> Int {
        let rows = try connection.query(
            SQL.openDuplicates.text, [.null, .int32(Int32(clamping: limit)), .int32(1)])
        return try DuplicateOpenSessions.all(in: rows)?.value.count ?? 0
    }

    private func row(of statement: Statement) throws(DatabaseError) -> ColumnReader {
        guard let columns = try connection.query(statement.text).first?.reader() else {
            throw DatabaseError(statement: statement.name, reason: .decoding, message: "no row")
        }
        return columns
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
