import Logging
import Synchronization

/// Logs failed requests, at most once per second and cause.
///
/// A full queue fails thousands of requests per second. The first failure of a cause is logged at once. The next line
/// of the cause has the number of failures that were not logged in between.
final class FailureLog: Sendable {
    private struct Cause {
        var loggedAt: ContinuousClock.Instant
        /// The number of failures since then.
        var repeated = 0
    }

    /// Maximum number of causes. Causes name statements and errors of the program, so there are few.
    static let causesMax = 64
    private static let interval = Duration.seconds(1)

    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let causes = Mutex<[String: Cause]>([:])

    init(_ logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.logger = logger
        self.now = now
    }

    func log(_ problem: Problem, _ context: APIContext) {
        // Without a cause, concurrent changes defeated every retry, or a limit was reached. Neither is an error.
        let cause = problem.cause ?? "busy: concurrent changes, or a limit of the process"
        guard let repeated = count(cause) else { return }
        var metadata: Logger.Metadata = [
            "code": "\(problem.code.rawValue)", "request_id": "\(context.requestID)", "cause": "\(cause)",
        ]
        if let id = context.clientRequestID { metadata["client_request_id"] = "\(id)" }
        if repeated > 0 { metadata["repeated"] = "\(repeated)" }
        logger.log(level: problem.cause == nil ? .warning : .error, "Request failed", metadata: metadata)
    }

    /// Counts a failure.
    ///
    /// - Returns: the number of failures since the last line; `nil` if this failure is not logged.
    private func count(_ cause: String) -> Int? {
        let now = now()
        return causes.withLock { causes in
            if let last = causes[cause], now < last.loggedAt + Self.interval {
                causes[cause]?.repeated += 1
                return nil
            }
            if causes.count >= Self.causesMax { causes = causes.filter { now < $1.loggedAt + Self.interval } }
            // Still full: many causes in one second. The access log has each of these requests.
            if causes.count >= Self.causesMax { return nil }
            return causes.updateValue(Cause(loggedAt: now), forKey: cause)?.repeated ?? 0
        }
    }
}
