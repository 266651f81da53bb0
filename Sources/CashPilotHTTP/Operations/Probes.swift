import CashPilot
import HummingbirdCore

/// The responses of `/livez` and `/readyz`, on the API port and on the management port.
package struct Probes: Sendable {
    private let shared: SharedReadiness
    private let isShuttingDown: @Sendable () -> Bool
    private let live: ProbeAnswer

    /// - Parameters:
    ///   - version: the version of the program.
    ///   - check: queries the database, within its own time limits.
    ///   - isShuttingDown: once `true`, readiness fails without a database query.
    ///   - now: the clock that limits the checks.
    package init(
        version: String, check: @escaping @Sendable () async throws -> Readiness,
        isShuttingDown: @escaping @Sendable () -> Bool,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        shared = SharedReadiness(check, now: now)
        self.isShuttingDown = isShuttingDown
        live = ProbeAnswer(isOK: true, body: #"{"status":"ok","version":"\#(version)"}"#)
    }

    /// Reports that the process runs, and its version. It never queries the database, because a restart would not fix
    /// that.
    package func liveness() -> ProbeAnswer { live }

    /// Reports whether the service can process requests.
    ///
    /// Without the one-open index it still can. It then reports `degraded` with 200, so that a missing index does not
    /// remove all replicas from the load balancer.
    package func readiness() async -> ProbeAnswer {
        guard !isShuttingDown() else { return ProbeAnswer("unavailable", database: "unknown") }
        guard let found = await shared.current() else { return ProbeAnswer("unavailable", database: "unreachable") }
        let isOK = found.isWritable && found.isSchemaCurrent
        return ProbeAnswer(
            isOK ? (found.isIndexValid ? "ok" : "degraded") : "unavailable",
            database: found.isWritable ? "writable" : "read_only",
            schema: found.isSchemaCurrent ? "current" : "outdated",
            guard: found.isIndexValid ? "enforced" : "missing",
            isOK: isOK)
    }
}

/// A probe's result before it becomes HTTP: 200 or 503 with a JSON object.
package struct ProbeAnswer: Sendable, Equatable {
    package let isOK: Bool
    package let body: String

    /// The same response on every port. A 503 has a short `Retry-After`, because most causes are temporary.
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
