import CashPilotPostgres
import Postgres

/// Writers whose transactions are open beside each other, two that place, and readers, each taking a step when told to:
/// the same choices make the same history.
final class EventLogRehearsal {
    struct Writer {
        let connection: BlockingConnection
        var written: UInt64 = 0
        /// The events of its open transaction; `nil` between two.
        var open: [String]?
    }

    struct Reader {
        var position: Int64 = 0
        /// `writer/number`, in the order in which they were read.
        var read: [String] = []
    }

    private static let business = UUIDBytes(high: 7, low: 7)
    private static let administrator = UUIDBytes(high: 8, low: 8)

    private(set) var writers: [Writer]
    private(set) var readers: [Reader]
    private(set) var committed: [String] = []
    /// What a reader gets who goes by the numbers that are drawn when an event is written.
    private(set) var readByTick: [String] = []
    private var turn: Int64 = 0
    private let observer: BlockingConnection
    private let placer: BlockingConnection
    private let slowPlacer: BlockingConnection
    private var isPlacing = false

    init(writers: Int, readers: Int) async throws {
        let string = try await Schema.migratedDatabase()
        self.writers = try (0..<writers).map { _ in Writer(connection: try Schema.connect(string)) }
        self.readers = Array(repeating: Reader(), count: readers)
        observer = try Schema.connect(string)
        placer = try Schema.connect(string)
        slowPlacer = try Schema.connect(string)
        _ = try observer.query(
            "insert into users (id, email, name, role, password_hash) values ($1, 'a@x.example', 'A', 'ADMIN', '-')",
            [.uuid(Self.administrator)])
        _ = try observer.query(
            "insert into credentials (id, user_id, kind, secret_hash) values ($1, $1, 'API_KEY', $2)",
            [.uuid(Self.administrator), .bytes(Bearer.till.hash.bytes)])
    }

    /// Somebody does something.
    func step(_ random: inout some RandomNumberGenerator) throws {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<13:
            let writer = Int.random(in: writers.indices, using: &random)
            try write(writer, choice: Int.random(in: 0..<10, using: &random))
        case 13: try placeSlowly(isKept: Bool.random(using: &random))
        case 14, 15: _ = try placer.query(SQL.eventPlace.text, [.int32(Int32.random(in: 1...4, using: &random))])
        case 16: try readOnByTick(limit: 3)
        default:
            let reader = Int.random(in: readers.indices, using: &random)
            _ = try read(reader, limit: Int32.random(in: 1...4, using: &random))
        }
    }

    /// Everybody comes to an end, and reads what is left.
    func finish() throws {
        for writer in writers.indices where writers[writer].open != nil { try end(writer, isKept: true) }
        if isPlacing { try placeSlowly(isKept: true) }
        _ = try placer.query(SQL.eventPlace.text, [.int32(10_000)])
        for reader in readers.indices { while try read(reader, limit: 50) > 0 {} }
        try readOnByTick(limit: 10_000)
    }

    /// All events, by their positions.
    func order() throws -> [String] {
        try observer.query("select event_id from event_feed order by position").map { row in
            var columns = row.reader()
            return Self.label(try columns.next())
        }
    }

    private static func label(_ event: UUIDBytes) -> String { "\(event.high)/\(event.low)" }

    private func write(_ place: Int, choice: Int) throws {
        if writers[place].open != nil, choice > 4 { return try end(place, isKept: choice < 9) }
        if writers[place].open == nil { try writers[place].connection.execute("begin") }
        writers[place].written += 1
        let event = UUIDBytes(high: UInt64(place), low: writers[place].written)
        _ = try writers[place].connection.query(
            """
            insert into audit_events (business_id, id, action, session_id, cashier_id)
            values ($1, $2, 'session.open', $2, $3)
            """, [.uuid(Self.business), .uuid(event), .uuid(Self.administrator)])
        writers[place].open = (writers[place].open ?? []) + [Self.label(event)]
    }

    private func end(_ place: Int, isKept: Bool) throws {
        try writers[place].connection.execute(isKept ? "commit" : "rollback")
        if isKept { committed += writers[place].open ?? [] }
        writers[place].open = nil
    }

    /// Places, and leaves the transaction open until the next time.
    private func placeSlowly(isKept: Bool) throws {
        try slowPlacer.execute(isPlacing ? (isKept ? "commit" : "rollback") : "begin")
        if !isPlacing { _ = try slowPlacer.query(SQL.eventPlace.text, [.int32(3)]) }
        isPlacing.toggle()
    }

    private func read(_ place: Int, limit: Int32) throws -> Int {
        var count = 0
        let rows = try observer.query(
            SQL.eventList.text, [.bytes(Bearer.till.hash.bytes), .int64(readers[place].position), .int32(limit)])
        var head: Int64 = 0
        for row in rows {
            var columns = row.reader()
            _ = (try columns.next(String.self), try columns.next(Int64.self))
            head = try columns.next()
            guard let position = try columns.nextOptional(Int64.self) else { continue }
            _ = try columns.next(UUIDBytes.self)
            readers[place].read.append(Self.label(try columns.next()))
            readers[place].position = position
            count += 1
        }
        if count < limit { readers[place].position = head }
        return count
    }

    private func readOnByTick(limit: Int32) throws {
        for row in try observer.query(
            "select turn, event_id from audit_unsealed where turn > $1 order by turn limit $2::integer",
            [.int64(turn), .int32(limit)])
        {
            var columns = row.reader()
            turn = try columns.next()
            readByTick.append(Self.label(try columns.next()))
        }
    }
}

/// The same seed makes the same choices (SplitMix64).
struct SeededChoices: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
