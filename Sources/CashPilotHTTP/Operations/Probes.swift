import CashPilot
import HummingbirdCore

/// What `/livez` and `/readyz` say, on the API's port and on the management port.
package struct Probes: Sendable {
    private let check: @Sendable () async throws -> Readiness
    private let isShuttingDown: @Sendable () -> Bool

    /// - Parameters:
    ///   - check: asks the database; ends within its own time limits.
    ///   - isShuttingDown: from then on the service is not ready, and nothing is asked.
    package init(
        check: @escaping @Sendable () async throws -> Readiness, isShuttingDown: @escaping @Sendable () -> Bool
    ) {
        self.check = check
        self.isShuttingDown = isShuttingDown
    }

    /// The process is up. Never asks the database: a restart would not bring that back.
    package func liveness() -> ProbeAnswer { ProbeAnswer(isOK: true, body: #"{"status":"ok"}"#) }

    /// The service can do its work. Without the guard it still can, so that a lost index does not take every
    /// replica out of the balancer: `degraded`, and still 200.
    package func readiness() async -> ProbeAnswer {
        guard !isShuttingDown() else { return ProbeAnswer("unavailable", database: "unknown") }
        guard let found = try? await check() else { return ProbeAnswer("unavailable", database: "unreachable") }
        let isOK = found.isWritable && found.isSchemaCurrent
        return ProbeAnswer(
            isOK ? (found.guardStands ? "ok" : "degraded") : "unavailable",
            database: found.isWritable ? "writable" : "read_only",
            schema: found.isSchemaCurrent ? "current" : "outdated",
            guard: found.guardStands ? "enforced" : "missing",
            isOK: isOK)
    }
}

/// An answer to a probe, before it is HTTP: 200 or 503 with a JSON object.
package struct ProbeAnswer: Sendable, Equatable {
    package let isOK: Bool
    package let body: String

    /// The same on every port. A 503 asks to come back soon: most of what it tells passes by itself.
    var response: Response {
        var response = Response(status: .ok, headers: .unstored, body: .bytes(Array(body.utf8)))
        if !isOK {
            response.status = .serviceUnavailable
            response.headers[.retryAfter] = "1"
        }
        return response
    }
}

extension ProbeAnswer {
    fileprivate init(
        _ status: String, database: String, schema: String = "unknown", guard: String = "unknown", isOK: Bool = false
    ) {
        self.init(
            isOK: isOK,
            body: #"{"status":"\#(status)","database":"\#(database)","schema":"\#(schema)","guard":"\#(`guard`)"}"#)
    }
}
