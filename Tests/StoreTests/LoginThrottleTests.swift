import CashPilot
import CashPilotPostgres
import Postgres
import TestSupport
import Testing

@Suite("The wait for the next password check", .droppedDatabases)
struct LoginThrottleTests {
    /// The store, and a connection to its database.
    private func withStore(_ body: (PostgresAccountStore, BlockingConnection) async throws -> Void) async throws {
        let string = try await Schema.migratedDatabase()
        let connection = try Schema.connect(string)
        try await Schema.withDatabase(string) { try await body(PostgresAccountStore(database: $0), connection) }
    }

    private static func attempt(_ email: String, _ address: String?) -> LoginAttempt {
        LoginAttempt(email: email, address: address)
    }

    /// Stops the throttle's clock, however slow the machine is.
    private static let freeze = "update login_failures set last_at = now() + interval '1 h'"

    @Test(
        "It is 1 s after the fifth failure, doubles with each more, and is 15 minutes at most",
        arguments: [
            (0, 0), (4, 0), (4.01, 1), (4.99, 1), (5, 1), (6, 2), (7, 4), (8, 8), (10, 32), (14, 512), (15, 900),
            (16, 900),
        ] as [(Double, Int)])
    func delay(level: Double, seconds: Int) async throws {
        let connection = try await Schema.migrated()
        let now = "date_trunc('milliseconds', now())"
        let insert = "insert into login_failures select sha256('x'), \(level), \(now) - interval"
        let wait = "select login_wait_seconds(array[sha256('x')], \(now))::text"
        try connection.execute("begin; \(insert) '0 s'")
        #expect(try connection.text(wait) == "\(seconds)")
        try connection.execute("rollback; \(insert) '\(seconds) s'")
        #expect(try connection.text(wait) == "0")
    }

    @Test("Failures from an unknown address count for the account everywhere, and a known address is exempt")
    func known() async throws {
        try await withStore { store, connection in
            try await store.recordSuccess(Self.attempt("ana@x", "10.0.0.1"))
            for number in 0..<5 {
                try await store.recordFailure(Self.attempt("Ana@x", "192.0.2.\(number)"), isKnown: false)
            }
            try connection.execute(Self.freeze)
            #expect(try await store.precheck(Self.attempt("ana@x", "192.0.2.9")).wait > 3_500)
            #expect(try await store.precheck(Self.attempt("bruno@x", "192.0.2.1")).wait == 0)
            let known = try await store.precheck(Self.attempt("ANA@x", "10.0.0.1"))
            #expect(known.isKnown && known.wait == 0)
            let credential = LoginAttempt(email: "ana@x", origin: .credential(BearerHash([10, 0, 0, 1])))
            #expect(try await store.precheck(credential).wait == 0)
            try connection.execute("update login_origins set last_at = now() - interval '31 days'")
            #expect(try await store.precheck(Self.attempt("ana@x", "10.0.0.1")).wait > 3_500, "it was forgotten")
        }
    }

    @Test("Failures from a known address delay only the account at that address")
    func pair() async throws {
        try await withStore { store, connection in
            for _ in 0..<5 { try await store.recordFailure(Self.attempt("ana@x", "10.0.0.1"), isKnown: true) }
            try connection.execute(Self.freeze)
            #expect(try await store.precheck(Self.attempt("ana@x", "10.0.0.1")).wait > 3_500)
            #expect(try await store.precheck(Self.attempt("ana@x", "10.0.0.2")).wait == 0)
            #expect(try await store.precheck(Self.attempt("bruno@x", "10.0.0.1")).wait == 0)
        }
    }

    @Test("An address waits after failures on 50 accounts in 5 minutes, except for accounts that know it")
    func address() async throws {
        try await withStore { store, connection in
            try await store.recordSuccess(Self.attempt("ana@x", "10.0.0.1"))
            for number in 0..<49 {
                try await store.recordFailure(Self.attempt("\(number)@x", "10.0.0.1"), isKnown: false)
                try await store.recordFailure(Self.attempt("0@x", "10.0.0.1"), isKnown: true)
            }
            try connection.execute(Self.freeze)
            #expect(try await store.precheck(Self.attempt("bruno@x", "10.0.0.1")).wait == 0)
            try await store.recordFailure(Self.attempt("49@x", "10.0.0.1"), isKnown: false)
            try connection.execute(Self.freeze)
            #expect(try await store.precheck(Self.attempt("bruno@x", "10.0.0.1")).wait > 3_500)
            #expect(try await store.precheck(Self.attempt("bruno@x", "10.0.0.2")).wait == 0)
            #expect(try await store.precheck(Self.attempt("ana@x", "10.0.0.1")).wait == 0)
            try connection.execute("update login_failures set last_at = now() - interval '301 s'")
            #expect(try await store.precheck(Self.attempt("bruno@x", "10.0.0.1")).wait == 0)
        }
    }

    @Test("A right password removes the failures of its own address only")
    func success() async throws {
        try await withStore { store, connection in
            for number in [1, 1, 2] {
                try await store.recordFailure(Self.attempt("ana@x", "192.0.2.\(number)"), isKnown: false)
            }
            try await store.recordSuccess(Self.attempt("ana@x", "192.0.2.1"))
            let levels = "select string_agg(ceil(level - 0.5)::text, ' ') from login_failures where origin is"
            #expect(try connection.text("\(levels) null") == "1", "the account keeps the other address's failure")
            #expect(try connection.text("\(levels) not null") == "1")
        }
    }

    @Test("A failure expires after five minutes, and the level has a maximum")
    func expires() async throws {
        try await withStore { store, connection in
            for (level, minutes, expected) in [
                (8, 5, "8"), (8, 10, "7"), (16, 15, "14"), (3, 1440, "1"), (16, 0, "16"),
            ] {
                try await store.recordFailure(Self.attempt("ana@x", nil), isKnown: true)
                try connection.execute(
                    "update login_failures set level = \(level), last_at = now() - interval '\(minutes) min'")
                try await store.recordFailure(Self.attempt("ana@x", nil), isKnown: true)
                #expect(try connection.text("select ceil(level - 0.5)::text from login_failures") == expected)
            }
        }
    }

    @Test("Expired failures and origins are deleted, and no e-mail or address is stored")
    func purge() async throws {
        try await withStore { store, connection in
            try await store.recordFailure(Self.attempt("secret@x", "192.0.2.1"), isKnown: false)
            try await store.recordSuccess(Self.attempt("secret@x", "192.0.2.2"))
            let rows =
                "select (select string_agg(f::text, '') from login_failures as f) || min(o::text) from login_origins as o"
            #expect(try connection.text(rows)?.contains(#/secret|192/#) == false)
            #expect(try await store.deleteExpiredFailures() == 0)
            try connection.execute(
                """
                update login_failures set last_at = now() - interval '3 h';
                update login_origins set last_at = now() - interval '31 days'
                """)
            #expect(try await store.deleteExpiredFailures() == 3)
        }
    }
}
