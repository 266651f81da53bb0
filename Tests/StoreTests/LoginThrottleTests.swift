import Postgres
import TestSupport
import Testing

@Suite("How long a password is not checked", .droppedDatabases)
struct LoginThrottleTests {
    private static func level(_ level: Double, ago: String) -> String {
        """
        insert into login_failures
        select s, \(level), date_trunc('milliseconds', now()) - interval '\(ago)' from unnest(login_subjects('ana', null)) as s
        """
    }

    private static func wait(_ account: String, _ address: String = "null") -> String {
        "select login_wait_seconds(login_subjects('\(account)', \(address)), now())::text"
    }

    @Test(
        "1 s after the fifth failure, twice as long after each more, a quarter of an hour at the most",
        arguments: [
            (0, 0), (4, 0), (4.01, 1), (4.99, 1), (5, 1), (6, 2), (7, 4), (8, 8), (10, 32), (14, 512), (15, 900),
            (16, 900),
        ] as [(Double, Int)])
    func delay(level: Double, seconds: Int) async throws {
        let connection = try await Schema.migrated()
        try connection.execute("begin; \(Self.level(level, ago: "0"))")
        #expect(try connection.text(Self.wait("ANA")) == "\(seconds)", "whatever the capitals")
        #expect(try connection.text(Self.wait("anna")) == "0")
        #expect(try connection.text(Self.wait("x", "'ana'")) == "0", "an address is no account")
        try connection.execute("rollback; \(Self.level(level, ago: "\(seconds) s"))")
        #expect(try connection.text(Self.wait("ana")) == "0", "and then one is")
    }

    @Test(
        "Each attempt counts for its account and its address, until no more are admitted; what is refused counts nothing"
    )
    func counts() async throws {
        let connection = try await Schema.migrated()
        func admit(_ account: String, _ address: String) throws -> String? {
            try connection.text("select admit_login('\(account)', '\(address)')::text")
        }
        for _ in 0..<5 { #expect(try admit("ana", "1.1.1.1") == "0") }
        let levels = "select string_agg(ceil(level)::text, ' ' order by level) from login_failures"
        #expect(try connection.text(levels) == "5 5")
        // As if no time had passed, however slow this machine is.
        try connection.execute("update login_failures set last_at = now() + interval '1 h'")
        #expect(try admit("ana", "2.2.2.2").flatMap(Int.init).map { $0 > 3_500 } == true)
        #expect(try admit("bruno", "1.1.1.1").flatMap(Int.init).map { $0 > 3_500 } == true)
        #expect(try connection.text(levels) == "0 0 5 5")
        #expect(try admit("bruno", "2.2.2.2") == "0")
    }

    @Test("An attempt looks only when the one before it is counted: it waits for that one's row")
    func waits() async throws {
        let database = try await Schema.migratedDatabase()
        let connection = try Schema.connect(database)
        try connection.execute(Self.level(8, ago: "0 s"))
        try connection.execute("update login_failures set last_at = now() + interval '1 h'")
        try connection.execute("begin; select from login_failures for update")
        let other = try Schema.connect(database)
        try other.execute("set lock_timeout = 100")
        let error = #expect(throws: DatabaseError.self) { try other.execute("select admit_login('ana', null)") }
        #expect(error?.sqlState == "55P03")
        try connection.execute("rollback")
        #expect(try other.text("select (admit_login('ana', null) > 0)::text") == "true")
    }

    @Test(
        "A right password clears its account and takes back its own count for the address; one that was not checked, both"
    )
    func clears() async throws {
        let connection = try await Schema.migrated()
        func levels() throws -> String? {
            try connection.text(
                """
                select concat_ws(' ', ceil(a.level), ceil(b.level))
                from (select (login_subjects('ana', '1.1.1.1'))[1] as account, (login_subjects('ana', '1.1.1.1'))[2] as address) as s
                left join login_failures as a on a.subject = s.account
                left join login_failures as b on b.subject = s.address
                """)
        }
        for _ in 0..<3 { try connection.execute("select admit_login('ana', '1.1.1.1')") }
        #expect(try levels() == "3 3")
        try connection.execute("select forgive_login('ana', '1.1.1.1', false)")
        #expect(try levels() == "2 2")
        try connection.execute("select forgive_login('Ana', '1.1.1.1', true)")
        #expect(try levels() == "1", "no row of the account is left")
    }

    @Test("A failure is forgotten after five minutes, and a level never grows beyond what is forgotten")
    func forgets() async throws {
        let connection = try await Schema.migrated()
        for (level, ago, expected) in [(8, "5 min", "8"), (8, "10 min", "7"), (16, "15 min", "14"), (3, "1 day", "1")] {
            try connection.execute("truncate login_failures; \(Self.level(Double(level), ago: ago))")
            #expect(try connection.text("select admit_login('ana', null)::text") == "0")
            #expect(try connection.text("select ceil(level - 0.5)::text from login_failures") == expected)
        }
        try connection.execute("truncate login_failures; \(Self.level(16, ago: "901 s"))")
        for _ in 0..<20 {
            #expect(try connection.text("select admit_login('ana', null)::text") == "0")
            try connection.execute("update login_failures set last_at = now() - interval '901 s'")
        }
        #expect(try connection.text("select (level < 16)::text from login_failures") == "true")
    }
}
