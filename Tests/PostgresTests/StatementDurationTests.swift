import Testing

@testable import Postgres

@Suite("StatementDurations")
struct StatementDurationTests {
    @Test("A bound belongs to its own bucket, and the last takes what is slower than all")
    func buckets() {
        var durations = StatementDurations()
        let times = [Duration.zero, .microseconds(250), .microseconds(251), .milliseconds(2_500), .seconds(3)]
        for duration in times { durations.count("a", duration) }
        durations.count("b", .milliseconds(1))
        #expect(durations.histograms.map(\.name) == ["a", "b"])
        #expect(durations.histograms[0].buckets == [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1])
        #expect(durations.histograms[0].sum == 5_500_501)
        #expect(durations.histograms[1].buckets[2] == 1)
    }
}

extension ServerTests {
    @Test("Statements are timed by name, each time that one was sent: also one that fails, not one that never was")
    func durations() async throws {
        let slow = Statement(name: "slow", text: "select pg_sleep(0.05)::text")
        let wrong = Statement(name: "wrong", text: "select (1 / $1::int4)::text")
        try await withDatabase { database in
            _ = try await database.read(slow)
            _ = try await database.write(slow)
            #expect(await failure { try await database.read(wrong, [.int32(0)]) } != nil)
            _ = try await database.transaction { _ = try await $0.query(wrong, [.int32(1)]) }
            let histograms = await database.statementDurations.histograms
            func counted(_ name: String) -> Int? {
                histograms.first { $0.name == name }?.buckets.reduce(0, +)
            }
            #expect(counted("slow") == 2)
            #expect(histograms.first { $0.name == "slow" }?.sum ?? 0 >= 100_000)
            #expect(counted("wrong") == 2)
            #expect(counted("transaction_commit") == 1)
            await database.close(within: .zero)
            #expect(await failure { try await database.read(wrong, [.int32(1)]) } != nil)
            let later = await database.statementDurations.histograms
            #expect(later.first { $0.name == "wrong" }?.buckets.reduce(0, +) == 2)
        }
    }
}
