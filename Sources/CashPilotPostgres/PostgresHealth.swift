import CashPilot
import Postgres

/// What the database says of itself.
package struct PostgresHealth: Sendable {
    private let database: Database

    package init(database: Database) { self.database = database }

    /// Asks whether the database is writable, whether it has this program's migrations, and whether the guard stands.
    /// It asks over a connection for writes: those are what readiness is about.
    ///
    /// - Throws: ``StoreFault`` if it does not answer.
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
                guardStands: try columns.next())
        } catch  where error.sqlState == Self.undefinedTable || error.sqlState == Self.insufficientPrivilege {
            return Readiness(isWritable: true, isSchemaCurrent: false, guardStands: false)
        } catch {
            throw StoreFault(error)
        }
    }

    /// Asks what became of the guard.
    ///
    /// - Throws: ``StoreFault`` if the database does not answer.
    package func guardState() async throws -> GuardState {
        try await faulting { () throws(DatabaseError) in
            guard var columns = try await database.read(SQL.guardState).first?.reader() else {
                throw DatabaseError(statement: SQL.guardState.name, reason: .decoding, message: "no row")
            }
            return try columns.next()
        }
    }

    /// Counts the open sessions of all businesses.
    ///
    /// - Throws: ``StoreFault`` if the database does not answer.
    package func sessionCounts() async throws -> SessionCounts {
        try await faulting { () throws(DatabaseError) in
            guard var columns = try await database.list(SQL.sessionCounts).first?.reader() else {
                throw DatabaseError(statement: SQL.sessionCounts.name, reason: .decoding, message: "no row")
            }
            return SessionCounts(open: Int(try columns.next(Int64.self)), stale: Int(try columns.next(Int64.self)))
        }
    }

    /// The number of the last migration: `0002` of `0002_one_open_session.sql`.
    private static let newestVersion = String(Migrations.files.last?.name.prefix(while: \.isNumber) ?? "")
    private static let undefinedTable = "42P01"
    /// The migration that gives the service's role its rights is missing.
    private static let insufficientPrivilege = "42501"
}
