import Foundation
import TestSupport

/// A client of one open-session key that records its requests and their responses.
package struct RecordedTill: Sendable {
    /// The caller: the cashier, or an administrator.
    package let person: Person
    package let sessionKey: OpenSessionKey
    package let recorder: Recorder
    /// The maximum number of retries, with the same key, after a missing response or a 503.
    package let retries: Int
    /// Whether requests carry an `Idempotency-Key`.
    package let hasKeys: Bool
    /// The address of the next attempt: `http://127.0.0.1:PORT`.
    package let route: @Sendable () -> String

    package init(
        _ person: Person, _ sessionKey: OpenSessionKey, _ recorder: Recorder, retries: Int = 0, hasKeys: Bool = true,
        route: (@Sendable () -> String)? = nil
    ) {
        self.person = person
        self.sessionKey = sessionKey
        self.recorder = recorder
        self.retries = retries
        self.hasKeys = hasKeys
        self.route = route ?? { person.address }
    }

    private var isOwn: Bool { person.id == sessionKey.cashier }
    private var sessions: String { "/v1/businesses/\(sessionKey.business)/sessions" }

    private func headers(_ id: String) -> [String: String] { hasKeys ? ["Idempotency-Key": id] : [:] }

    /// Opens a session with a unique float.
    @discardableResult
    package func open() async -> Operation {
        let number = recorder.nextNumber()
        let id = "op-\(number)"
        let cashier = isOwn ? "" : #", "cashier_id": "\#(sessionKey.cashier)""#
        let body = #"{"initial_cash": \#(number), "notes": "\#(id)"\#(cashier)}"#
        return await record(id, .open(number)) { try await $0.post(sessions, body, headers: headers(id)) }
    }

    /// Closes a session with a unique count.
    @discardableResult
    package func close(_ session: String) async -> Operation {
        let number = recorder.nextNumber()
        let id = "op-\(number)"
        let body = #"{"final_cash": \#(number), "closing_ticket": "\#(id)"}"#
        return await record(id, .close(session, number)) {
            try await $0.post("\(sessions)/\(session)/close", body, headers: headers(id))
        }
    }

    /// Gets the open session.
    @discardableResult
    package func current() async -> Operation {
        let query = isOwn ? "" : "?cashier_id=\(sessionKey.cashier)"
        return await record("op-\(recorder.nextNumber())", .current) { try await $0.get("\(sessions)/current\(query)") }
    }

    private func record(
        _ id: String, _ call: Operation.Call, _ send: @Sendable (Person) async throws -> Reply
    ) async -> Operation {
        let invoked = Recorder.now()
        var outcome = Operation.Outcome.unknown
        // A `notApplied` proves nothing if an earlier attempt may have had an effect.
        var mayHaveSucceeded = false
        for attempt in 0...retries {
            if attempt > 0 { try? await Task.sleep(for: .milliseconds(50)) }
            var person = person
            person.address = route()
            let response = (try? await send(person)).map { Self.outcome(of: $0, call) } ?? .unknown
            outcome = mayHaveSucceeded && response == .notApplied ? .unknown : response
            guard outcome == .unknown || outcome == .notApplied else { break }
            mayHaveSucceeded = mayHaveSucceeded || outcome == .unknown
        }
        let operation = Operation(
            id: id, sessionKey: sessionKey, call: call, invoked: invoked, returned: Recorder.now(), outcome: outcome)
        recorder.record(operation)
        return operation
    }

    private static func outcome(of reply: Reply, _ call: Operation.Call) -> Operation.Outcome {
        let body = (try? reply.json) ?? .null
        let unexpected = Operation.Outcome.unexpected("\(reply.status) \(reply.text.prefix(200))")
        func named(_ session: JSON, _ make: (String) -> Operation.Outcome) -> Operation.Outcome {
            session["id"].string.map(make) ?? unexpected
        }
        switch (reply.status, body["code"], call) {
        case (201, _, .open), (200, _, .close): return named(body) { .succeeded($0) }
        case (200, _, .current): return named(body) { .found($0) }
        case (404, "NO_OPEN_SESSION", .current): return .noneOpen
        case (409, "SESSION_ALREADY_OPEN", .open): return named(body["existing_session"]) { .found($0) }
        case (409, "SESSION_ALREADY_CLOSED", .close):
            return .alreadyClosed(counted: body["existing_session"]["final_cash"].integer)
        // The previous attempt is still in flight: retry.
        case (409, "REQUEST_IN_FLIGHT", _): return .unknown
        case (503, _, _): return body["outcome"] == "not_applied" ? .notApplied : .unknown
        // A load balancer's own error: it got no response, or lost it.
        case (502, .null, _), (504, .null, _): return .unknown
        default: return unexpected
        }
    }
}
