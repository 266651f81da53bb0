import Logging
import Postgres
import Synchronization
import TestSupport
import Testing

/// Everything that needs a server. One after the other: many of these tests are about time, and all are about load.
@Suite("The driver and a real server", .serialized)
struct ServerTests {}

/// Runs a test with a database of its own on the shared server, through the driver.
func withDatabase<Result: Sendable>(
    setup: String = "", _ adjust: (inout DatabaseConfiguration) -> Void = { _ in },
    _ body: @Sendable (Database) async throws -> Result
) async throws -> Result {
    let server = try await PostgresServer.shared()
    let string = try await server.makeDatabase()
    if !setup.isEmpty { try connect(string).execute(setup) }
    return try await withDriver(string, adjust, body)
}

/// Runs a test with the driver pointed at `connectionString`, on a reactor of its own, and closes both.
func withDriver<Result: Sendable>(
    _ connectionString: String, _ adjust: (inout DatabaseConfiguration) -> Void = { _ in },
    _ body: @Sendable (Database) async throws -> Result
) async throws -> Result {
    var configuration = DatabaseConfiguration(connectionString: connectionString)
    configuration.writeConnections = 4
    adjust(&configuration)
    let reactor = try Reactor()
    defer { reactor.stop() }
    let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let database = try Database(configuration, reactor: reactor, logger: silent)
    do {
        let result = try await body(database)
        await database.close(within: .seconds(5))
        return result
    } catch {
        await database.close(within: .zero)
        throw error
    }
}

/// A connection that is nobody's but the test's.
func connect(_ string: String) throws -> BlockingConnection {
    try BlockingConnection(try ConnectionString(string), DatabaseConfiguration(connectionString: string))
}

/// The connection string of the database that the driver is connected to.
func connectionString(of database: Database) async throws -> String {
    var reader = try await database.read(SQL.whereami)[0].reader()
    let (directory, name) = (try reader.next(String.self), try reader.next(String.self))
    return "host=\(directory) user=postgres dbname=\(name)"
}

/// The error of a statement that must fail.
func failure<Result>(of work: () async throws -> Result) async -> DatabaseError? {
    do {
        _ = try await work()
        return nil
    } catch {
        return error as? DatabaseError
    }
}

/// Waits until something is so.
func eventually(
    within limit: Duration = .seconds(5), _ isSo: () async throws -> Bool
) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while .now < end {
        if try await isSo() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return try await isSo()
}

extension Database {
    /// The first column of the first row.
    func first<Column: ColumnValue>(
        _: Column.Type, _ statement: Statement, _ parameters: [Value] = []
    ) async throws -> Column {
        var reader = try await read(statement, parameters)[0].reader()
        return try reader.next()
    }

    /// The number of rows in `items`.
    func count() async throws -> Int64 { try await first(Int64.self, SQL.count) }

    /// Whether all its connections work.
    var isConnected: Bool {
        let gauges = gauges
        return gauges.connectionsTotal > 0 && gauges.connectionsReady == gauges.connectionsTotal
    }

    func waitUntilWhole(within limit: Duration = .seconds(5)) async throws -> Bool {
        try await eventually(within: limit) {
            isConnected && gauges.inFlight == 0
        }
    }
}

/// Statements that several tests use, on a table like ``SQL/items``.
enum SQL {
    static let items = """
        create table items (
            id bigint constraint items_pkey primary key,
            label text not null constraint items_label_short check (length(label) < 100),
            constraint uq_items_label unique (label));
        """
    static let insert = statement("insert into items values ($1::bigint, $2::text) returning id")
    static let count = statement("select count(*) from items")
    static let echo = statement("select $1::bigint")
    static let divide = statement("select 100 / $1::bigint")
    static let pause = statement("select true from pg_sleep($1::bigint / 1000.0)")
    static let pausingInsert = statement(
        "insert into items select $1::bigint, $2::text from pg_sleep($3::bigint / 1000.0) returning id")
    static let lock = statement("select id from items where id = $1::bigint for update")
    static let whereami = statement(
        "select split_part(current_setting('unix_socket_directories'), ',', 1), current_database()::text")

    /// Names each text once.
    static func statement(_ text: String) -> Statement {
        names.withLock { names in
            let number = names[text] ?? names.count
            names[text] = number
            return Statement(name: "test_\(number)", text: text)
        }
    }

    private static let names = Mutex<[String: Int]>([:])
}
