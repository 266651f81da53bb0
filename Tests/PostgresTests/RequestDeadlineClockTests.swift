import Testing

@testable import Postgres

@Suite("The time that a budget counts")
struct RequestDeadlineClockTests {
    private func withDeadline(_ test: (RequestDeadline) async throws -> Void) async throws {
        try await RequestDeadline.with(.seconds(60)) { try await test(try #require(RequestDeadline.current)) }
    }

    @Test("While a statement is waited for, it counts")
    func statement() async throws {
        try await withDeadline { budget in
            let first = budget.begin()
            try await Task.sleep(for: .milliseconds(100))
            let pause = ContinuousClock.now
            budget.end()
            let second = budget.begin()
            #expect(first.duration(to: second) <= pause.duration(to: .now), "only the pause between the two is added")
        }
    }

    @Test("Between two statements it does not")
    func pause() async throws {
        try await withDeadline { budget in
            let first = budget.begin()
            budget.end()
            try await Task.sleep(for: .milliseconds(100))
            #expect(first.duration(to: budget.begin()) >= .milliseconds(100))
        }
    }

    @Test("Statements that are waited for at once are counted once")
    func atOnce() async throws {
        try await withDeadline { budget in
            let first = budget.begin()
            _ = budget.begin()
            try await Task.sleep(for: .milliseconds(100))
            budget.end()
            budget.end()
            #expect(budget.begin() >= first)
        }
    }
}
