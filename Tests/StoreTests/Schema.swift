import CashPilotPostgres
import Logging
import Postgres
import Synchronization
import TestSupport
import Testing

/// Databases with the schema of `sql/migrations`, and nothing in them. They are dropped when the test ends, in a suite
/// with the trait ``DroppedDatabases``.
enum Schema {
    /// A connection to a new database that has been migrated.
    static func migrated() async throws -> BlockingConnection {
        try connect(try await migratedDatabase())
    }

    /// The connection string of a new, empty database.
    static func empty() async throws -> String { try await make(on: try await PostgresServer.shared()) }

    /// The connection string of a new database that has been migrated.
    static func migratedDatabase() async throws -> String { try await make(template, on: try await start.value) }

    /// The connection string of a new database that has been migrated, and no more, whatever the tests run on.
    static func unpartitionedDatabase() async throws -> String {
        guard Partitions.areOn else { return try await migratedDatabase() }
        let database = try await empty()
        try await migrator(database).up()
        return database
    }

    /// - Parameter later: migrations that the program does not have.
    static func migrator(_ database: String, and later: [(name: String, text: String)] = []) throws -> Migrator {
        try Migrator(DatabaseConfiguration(connectionString: database), files: Migrations.files + later)
    }

    static func connect(_ database: String) throws -> BlockingConnection {
        try .patient(database.unaudited)
    }

    /// Runs `body` with the service's way to a database.
    static func withDatabase<Result>(
        _ string: String, _ configure: (inout DatabaseConfiguration) -> Void = { _ in },
        _ body: (Database) async throws -> Result
    ) async throws -> Result {
        let reactor = try Reactor()
        defer { reactor.stop() }
        var configuration = DatabaseConfiguration.patient(string)
        configure(&configuration)
        let database = try Database(configuration, reactor: reactor, logger: Logger(label: "test"))
        let result = try await body(database)
        await database.close(within: .seconds(1))
        return result
    }

    /// `0001` and so on, in order.
    static let versions = Migrations.files.map { String($0.name.prefix(4)) }

    private static let template = "migrated"
    private static let start = Task {
        let server = try await PostgresServer.shared()
        try server.execute("create database \(template)")
        try await migrator(server.connectionString(database: template)).up()
        if Partitions.areOn { try await Partitions.make(in: server.connectionString(database: template)) }
        return server
    }

    private static func make(_ template: String = "template1", on server: PostgresServer) async throws -> String {
        let database = try await server.makeDatabase(template: template)
        DroppedDatabases.made?.databases.withLock { $0.append(database) }
        return database
    }
}

/// Drops the databases that ``Schema`` has made for a test when the test ends.
struct DroppedDatabases: SuiteTrait, TestTrait, TestScoping {
    final class List: Sendable {
        let databases = Mutex<[String]>([])
    }

    @TaskLocal static var made: List?

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        let server = try await PostgresServer.shared()
        let made = List()
        defer { for database in made.databases.withLock({ $0 }) { server.dropDatabase(database) } }
        try await Self.$made.withValue(made) { try await function() }
    }
}

extension Trait where Self == DroppedDatabases {
    static var droppedDatabases: Self { Self() }
}

extension BlockingConnection {
    /// What a query answers in its first row and column.
    func text(_ query: String) throws -> String? {
        guard var reader = try self.query(query).first?.reader() else { return nil }
        return try reader.nextOptional(String.self)
    }

    /// The name of the constraint that a statement violates, of the whole table's if a partition's is; `nil` if it
    /// violates none.
    func violation(_ statement: String) throws -> String? {
        do {
            try execute(statement)
            return nil
        } catch {
            guard let constraint = error.constraint else { throw error }
            return constraint.replacing(#/_p\d+$/#, with: "")
        }
    }
}
