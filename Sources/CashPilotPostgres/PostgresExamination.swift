import CashPilot
import Postgres

/// A look at a database from outside the service, over a connection of its own: for a doctor, who must be told more
/// than that it does not work. Its calls wait.
package struct PostgresExamination {
    private let connection: BlockingConnection

    /// - Parameter toAnyHost: take a host that only reads too.
    /// - Throws: ``DatabaseError`` with what libpq says; ``ConnectionString/Fault``.
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

    package func guardState() throws(DatabaseError) -> GuardState {
        var columns = try row(of: SQL.guardState)
        return try columns.next()
    }

    /// How many cashiers have more than one open session in a business, up to a limit.
    package func duplicates(limit: Int) throws(DatabaseError) -> Int {
        let rows = try connection.query(
            SQL.openDuplicates.text, [.null, .int32(Int32(clamping: limit)), .int32(1)])
        return try DuplicateSlot.all(in: rows)?.value.count ?? 0
    }

    private func row(of statement: Statement) throws(DatabaseError) -> ColumnReader {
        guard let columns = try connection.query(statement.text).first?.reader() else {
            throw DatabaseError(statement: statement.name, reason: .decoding, message: "no row")
        }
        return columns
    }
}

/// What a server says of itself.
package struct ServerFacts: Sendable {
    package let version: String
    /// 150018 is 15.18.
    package let versionNumber: Int
    package let address: String
    package let database: String
    package let user: String
    package let isWritable: Bool
    /// Whether the user may work as `cashpilot_app`, as the service does; `nil` if there is no such role.
    package let mayServe: Bool?
    /// Whether the user has the rights of `cashpilot_owner`, as who migrates does.
    package let mayMigrate: Bool
    /// Without those that are kept for superusers.
    package let connectionsMax: Int
    package let connections: Int
    /// Milliseconds since 1970.
    package let clock: Int64
}
