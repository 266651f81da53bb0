import CashPilot
import HTTPServer
import HTTPTypes
import Logging
import Synchronization
import Testing

@testable import CashPilotHTTP

@Suite("Fair use")
struct FairUseTests {
    private let ana = Sample.ana
    private let clock = SteppedClock()

    private func fairUse(_ adjust: (inout FairUse.Limits) -> Void = { _ in }) -> FairUse {
        var limits = FairUse.Limits()
        adjust(&limits)
        return FairUse(limits, now: clock.now)
    }

    private func refusal(_ body: () throws(Problem) -> Void) -> Problem? {
        do throws(Problem) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test("A user has 16 requests in flight, the next gets 429 with Retry-After, and other users continue")
    func requestsInFlight() throws {
        let fairUse = fairUse()
        for _ in 0..<16 { try fairUse.begin(ana, isWrite: false) }
        let refused = try #require(refusal { () throws(Problem) in try fairUse.begin(ana, isWrite: false) })
        #expect(refused.code == .tooManyRequests)
        #expect(refused.headers[.retryAfter] == "1")
        #expect(refused.headers[.rateLimit] == nil)
        try fairUse.begin(Sample.admin, isWrite: false)
        fairUse.end(ana)
        try fairUse.begin(ana, isWrite: false)
    }

    @Test("A user may write 100 times at once and 20 times per second, and a refusal names the budget")
    func budget() throws {
        let fairUse = fairUse()
        func write() throws(Problem) {
            try fairUse.begin(ana, isWrite: true)
            fairUse.end(ana)
        }
        for _ in 0..<100 { try write() }
        let refused = try #require(refusal(write))
        #expect(refused.code == .tooManyRequests)
        #expect(refused.headers[.retryAfter] == "1")
        #expect(refused.headers[.rateLimitPolicy] == #""writes";q=100;w=5"#)
        #expect(refused.headers[.rateLimit] == #""writes";r=0;t=1"#)
        try fairUse.begin(ana, isWrite: false)
        fairUse.end(ana)
        clock.advance(by: .seconds(1))
        for _ in 0..<20 { try write() }
        #expect(refusal(write) != nil)
        clock.advance(by: .seconds(60))
        for _ in 0..<100 { try write() }
        #expect(refusal(write) != nil)
    }

    @Test("A budget of 0 is off")
    func noBudget() throws {
        let fairUse = fairUse { $0.writesPerSecond = 0 }
        for _ in 0..<1_000 {
            try fairUse.begin(ana, isWrite: true)
            fairUse.end(ana)
        }
    }

    @Test("The memory is bounded: users without requests whose budget is full are removed")
    func memory() throws {
        let fairUse = fairUse()
        func write(_ count: Int) throws {
            for _ in 0..<count {
                let user = UserID(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
                try fairUse.begin(user, isWrite: true)
                fairUse.end(user)
            }
        }
        try fairUse.begin(ana, isWrite: false)
        try write(FairUse.usersMin - 1)
        #expect(fairUse.userCount == FairUse.usersMin)
        clock.advance(by: .seconds(1))
        try write(1)
        #expect(fairUse.userCount == 2)
        fairUse.end(ana)
        #expect(fairUse.userCount == 1)
    }

    @Test("An address has 32 anonymous requests in flight, and other addresses continue")
    func addresses() async throws {
        let fairUse = fairUse { $0.addressRequestsMax = 1 }
        try await fairUse.anonymously(at: "192.0.2.1") {
            await #expect(throws: Problem.self) { try await fairUse.anonymously(at: "192.0.2.1") {} }
            try await fairUse.anonymously(at: "192.0.2.2") {}
            try await fairUse.anonymously(at: nil) {}
        }
        try await fairUse.anonymously(at: "192.0.2.1") {}
        #expect(FairUse.Limits().addressRequestsMax == 32)
    }

    @Test("The API refuses a change beyond the budget with a problem document and the draft's headers")
    func overBudget() async throws {
        var limits = FairUse.Limits()
        limits.writeBurst = 1
        let fixture = try await APIFixture(fairUse: FairUse(limits, now: clock.now))
        let path = "/v1/businesses/\(Sample.business)/sessions"
        #expect(try await fixture.send(.post, path, body: #"{"initial_cash":1}"#).status == 201)
        let refused = try await fixture.send(.post, path, body: #"{"initial_cash":1}"#)
        #expect(refused.status == 429)
        #expect(refused.headers[.retryAfter] == "1")
        #expect(refused.headers[.rateLimitPolicy] == #""writes";q=1;w=1"#)
        #expect(refused.headers[.rateLimit] == #""writes";r=0;t=1"#)
        #expect(refused.body.contains("TOO_MANY_REQUESTS"))
        #expect(try await fixture.send(.get, "/v1/me").status == 200)
    }
}

@Suite("Shared readiness")
struct SharedReadinessTests {
    @Test("Readiness is checked at most four times per second, and concurrent probes share a check")
    func shared() async throws {
        let clock = SteppedClock()
        let checks = Mutex(0)
        let ready = Readiness(isWritable: true, isSchemaCurrent: true, isIndexValid: true)
        let (gate, opener) = AsyncStream.makeStream(of: Never.self)
        let probes = Probes(
            version: "0.1.2",
            check: {
                checks.withLock { $0 += 1 }
                for await _ in gate {}
                return ready
            }, isShuttingDown: { false }, now: clock.now)
        let answers = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { await probes.readiness().isOK } }
            while checks.withLock({ $0 }) == 0 { await Task.yield() }
            opener.finish()
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == Array(repeating: true, count: 50))
        #expect(checks.withLock { $0 } == 1)
        clock.advance(by: .milliseconds(249))
        #expect(await probes.readiness().isOK)
        #expect(checks.withLock { $0 } == 1)
        clock.advance(by: .milliseconds(1))
        #expect(await probes.readiness().isOK)
        #expect(checks.withLock { $0 } == 2)
    }
}

@Suite("The log of failures")
struct FailureLogTests {
    @Test("A failure is logged once per second and cause, and the next line counts the others")
    func oncePerSecond() {
        let (clock, lines) = (SteppedClock(), Lines())
        let log = FailureLog(Logger(label: "test") { _ in LineHandler(target: lines) }, now: clock.now)
        func fail(_ cause: String?, _ id: String) {
            var context = APIContext(RequestConnection())
            context.requestID = id
            log.log(Problem.unavailable(.notApplied, retryAfter: 1, cause: cause), context)
        }
        for place in 0..<1_000 { fail("full", "\(place)") }
        fail("other", "o")
        fail(nil, "n")
        clock.advance(by: .seconds(1))
        fail("full", "last")
        #expect(lines.all == ["error full 0 -", "error other o -", "warning busy n -", "error full last 999"])
    }
}

/// A clock that the test advances.
final class SteppedClock: Sendable {
    private let time = Mutex(ContinuousClock.now)

    var now: @Sendable () -> ContinuousClock.Instant { { self.time.withLock { $0 } } }

    func advance(by duration: Duration) { time.withLock { $0 += duration } }
}

private final class Lines: Sendable {
    let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }
}

/// A log that keeps level, first word of the cause, request id and count of each line.
private struct LineHandler: LogHandler {
    let target: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        func text(_ key: String) -> String { event.metadata?[key].map { "\($0)" } ?? "-" }
        let cause = text("cause").prefix { $0.isLetter }
        target.lines.withLock { $0.append("\(event.level) \(cause) \(text("request_id")) \(text("repeated"))") }
    }
}
