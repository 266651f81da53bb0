import Logging
import Postgres
import Synchronization
import TestSupport
import Testing

/// Everything that needs a server. Tests that disturb a server start one of their own; the others share one.
@Suite("The driver and a real server", .fewAtATime)
struct ServerTests {}

/// Runs at most four tests of a suite at a time, because each opens a dozen connections or starts a server.
struct FewAtATime: SuiteTrait, TestTrait, TestScoping {
    private static let turnstile = Turnstile(places: 4)

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await Self.turnstile.withPlace(function)
    }
}

extension Trait where Self == FewAtATime {
    static var fewAtATime: Self { Self() }
}

/// Runs a test with a database of its own on the shared server, through the driver. The database is dropped afterwards.
func withDatabase<Result: Sendable>(
    setup: String = "", _ adjust: (inout DatabaseConfiguration) -> Void = { _ in },
    _ body: @Sendable (Database) async throws -> Result
) async throws -> Result {
    try await PostgresServer.shared().withDatabase { string in
        if !setup.isEmpty { try connect(string).execute(setup) }
        return try await withDriver(string, adjust, body)
    }
}

/// Runs a test with the driver pointed at `connectionString`, on a reactor of its own, and closes both.
///
/// - Parameter adjust: sets the limits that the test is about. The others are such that a busy machine does not exceed
///   them.
func withDriver<Result: Sendable>(
    _ connectionString: String, _ adjust: (inout DatabaseConfiguration) -> Void = { _ in },
    _ body: @Sendable (Database) async throws -> Result
) async throws -> Result {
    var configuration = DatabaseConfiguration.patient(connectionString)
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
func connect(_ string: String) throws -> BlockingConnection { try .patient(string) }

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

/// Waits for a condition, for at most 180 s.
///
/// - Returns: whether it was met.
func eventually(_ isSo: () async throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(180)
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

    /// Waits until all connections work and none is in use.
    func waitUntilWhole() async throws -> Bool {
        try await eventually { isConnected && gauges.inFlight == 0 }
    }
}

/// Holds statements ``SQL/gate`` up on the server until the test opens it, or lets go of it.
struct Gate {
    private let connection: BlockingConnection

    /// Closes the gate of the database that the driver is connected to.
    init(_ database: Database) async throws {
        connection = try connect(try await connectionString(of: database))
        try connection.execute("select pg_advisory_lock(1)")
    }

    func open() throws { try connection.execute("select pg_advisory_unlock(1)") }
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
    /// Returns when the ``Gate`` is open. It polls, so that no limit for locks ends it.
    static let gate = statement(
        """
        with recursive attempt (passed) as (
            select pg_try_advisory_xact_lock_shared(1)
            union all
            select pg_try_advisory_xact_lock_shared(1) from attempt where not passed and pg_sleep(0.005) is not null
        )
        select true from attempt where passed
        """)
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
