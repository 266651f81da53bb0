import Foundation
import TestSupport

/// A client whose every request is recorded: one slot, as seen by whoever may act for it.
package struct RecordedTill: Sendable {
    /// Who asks: the cashier, or an administrator for them.
    package let person: Person
    package let slot: Slot
    package let recorder: Recorder
    /// How often a request is sent again, under the same key, when its answer is missing or says that it may be.
    package let retries: Int
    /// Whether requests carry an `Idempotency-Key`.
    package let hasKeys: Bool
    /// Where each attempt goes: `http://127.0.0.1:PORT`.
    package let route: @Sendable () -> String

    package init(
        _ person: Person, _ slot: Slot, _ recorder: Recorder, retries: Int = 0, hasKeys: Bool = true,
        route: (@Sendable () -> String)? = nil
    ) {
        self.person = person
        self.slot = slot
        self.recorder = recorder
        self.retries = retries
        self.hasKeys = hasKeys
        self.route = route ?? { person.address }
    }

    private var isOwn: Bool { person.id == slot.cashier }
    private var sessions: String { "/v1/businesses/\(slot.business)/sessions" }

    private func headers(_ id: String) -> [String: String] { hasKeys ? ["Idempotency-Key": id] : [:] }

    /// Asks for a session, with a float of its own.
    @discardableResult
    package func open() async -> Operation {
        let number = recorder.nextNumber()
        let id = "op-\(number)"
        let cashier = isOwn ? "" : #", "cashier_id": "\#(slot.cashier)""#
        let body = #"{"initial_cash": \#(number), "notes": "\#(id)"\#(cashier)}"#
        return await record(id, .open(number)) { try await $0.post(sessions, body, headers: headers(id)) }
    }

    /// Closes a session, with a count of its own.
    @discardableResult
    package func close(_ session: String) async -> Operation {
        let number = recorder.nextNumber()
        let id = "op-\(number)"
        let body = #"{"final_cash": \#(number), "closing_ticket": "\#(id)"}"#
        return await record(id, .close(session, number)) {
            try await $0.post("\(sessions)/\(session)/close", body, headers: headers(id))
        }
    }

    /// Asks which session is open.
    @discardableResult
    package func current() async -> Operation {
        let query = isOwn ? "" : "?cashier_id=\(slot.cashier)"
        return await record("op-\(recorder.nextNumber())", .current) { try await $0.get("\(sessions)/current\(query)") }
    }

    private func record(
        _ id: String, _ call: Operation.Call, _ ask: @Sendable (Person) async throws -> Reply
    ) async -> Operation {
        let invoked = Recorder.now()
        var outcome = Operation.Outcome.unknown
        // Once an attempt may have had an effect, a later one without any proves nothing.
        var mayHaveTaken = false
        for attempt in 0...retries {
            if attempt > 0 { try? await Task.sleep(for: .milliseconds(50)) }
            var person = person
            person.address = route()
            let said = (try? await ask(person)).map { Self.outcome(of: $0, call) } ?? .unknown
            outcome = mayHaveTaken && said == .notApplied ? .unknown : said
            guard outcome == .unknown || outcome == .notApplied else { break }
            mayHaveTaken = mayHaveTaken || outcome == .unknown
        }
        let operation = Operation(
            id: id, slot: slot, call: call, invoked: invoked, returned: Recorder.now(), outcome: outcome)
        recorder.record(operation)
        return operation
    }

    private static func outcome(of reply: Reply, _ call: Operation.Call) -> Operation.Outcome {
        let body = (try? reply.json) ?? .null
        let odd = Operation.Outcome.odd("\(reply.status) \(reply.text.prefix(200))")
        func named(_ session: JSON, _ make: (String) -> Operation.Outcome) -> Operation.Outcome {
            session["id"].string.map(make) ?? odd
        }
        switch (reply.status, body["code"], call) {
        case (201, _, .open), (200, _, .close): return named(body) { .took($0) }
        case (200, _, .current): return named(body) { .found($0) }
        case (404, "NO_OPEN_SESSION", .current): return .empty
        case (409, "SESSION_ALREADY_OPEN", .open): return named(body["existing_session"]) { .found($0) }
        case (409, "SESSION_ALREADY_CLOSED", .close):
            return .gone(counted: body["existing_session"]["final_cash"].integer)
        // The attempt before is still at work: ask again.
        case (409, "REQUEST_IN_FLIGHT", _): return .unknown
        case (503, _, _): return body["outcome"] == "not_applied" ? .notApplied : .unknown
        // A balancer's own: it lost the answer, or never got one.
        case (502, .null, _), (504, .null, _): return .unknown
        default: return odd
        }
    }
}
