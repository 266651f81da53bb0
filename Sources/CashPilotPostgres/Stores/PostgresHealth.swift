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
        do throws(DatabaseError) {
            guard var columns = try await database.write(SQL.readiness).first?.reader() else {
                throw DatabaseError(statement: SQL.readiness.name, reason: .decoding, message: "no row")
            }
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
        try await faulting { () throws(DatabaseError) in
            guard var columns = try await database.read(SQL.oneOpenIndexState).first?.reader() else {
                throw DatabaseError(statement: SQL.oneOpenIndexState.name, reason: .decoding, message: "no row")
            }
            return try columns.next()
        }
    }

    /// Counts the open sessions of all businesses.
    ///
    /// - Throws: ``StoreError`` if the database does not respond.
    package func sessionCounts() async throws -> SessionCounts {
        try await faulting { () throws(DatabaseError) in
            guard var columns = try await database.list(SQL.sessionCounts).first?.reader() else {
                throw DatabaseError(statement: SQL.sessionCounts.name, reason: .decoding, message: "no row")
            }
            return SessionCounts(open: Int(try columns.next(Int64.self)), stale: Int(try columns.next(Int64.self)))
        }
    }

    /// The number of the newest migration, for example `0002` for `0002_one_open_session.sql`.
    private static let newestVersion = String(Migrations.files.last?.name.prefix(while: \.isNumber) ?? "")
    private static let undefinedTable = "42P01"
    /// Reported if the migration that grants the service's role its rights is missing.
    private static let insufficientPrivilege = "42501"
}
