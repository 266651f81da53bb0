/// Makes a change once, even if its response is lost or the client sends the request again.
///
/// Every change of a request runs in it. The caller passes one attempt; this type decides whether it runs again:
///
/// * The key of the request has a stored response: the response is replayed, if the fingerprints are equal.
/// * A concurrent change won a race: the attempt runs again, up to ``attemptsMax`` times.
/// * The connection broke, so the outcome is unknown: the attempt runs again under the same change ids.
///
/// An attempt must therefore be idempotent for its change ids.
struct OnceOnly: Sendable {
    /// The maximum number of attempts. After a lost race, the next attempt usually sees the winner.
    static let attemptsMax = 10
    /// The maximum number of waits, of 100 ms each, for an attempt that PostgreSQL still runs.
    ///
    /// PostgreSQL ends it within 0.5 s after its connection breaks (`client_connection_check_interval`).
    static let waitsMax = 10

    /// The result of one attempt.
    enum Attempt<Value: Sendable>: Sendable {
        /// This attempt made the change, or an earlier one with the same change ids did.
        case made(Value)
        /// Nothing was changed, as for a conflict. The response needs no wait for the standby.
        case unchanged(Value)
        /// An earlier request with the same key has this stored response.
        case stored(Stored<Value>)
        /// A concurrent change won. Its rows are visible to the next attempt.
        case lostRace
    }

    /// A stored response, with the fingerprint of its request.
    struct Stored<Value: Sendable>: Sendable {
        let fingerprint: [UInt8]
        let value: Value
    }

    let store: any ReplicationBarrier
    /// The key of the request; `nil` if it has none.
    var key: IdempotencyKey?

    /// Runs a change.
    ///
    /// - Parameters:
    ///   - attempt: makes the change. Its parameter is true for a retry of an unknown outcome.
    ///   - stored: reads the response stored for the key. It runs after an error that an earlier request with the key
    ///     can cause, such as `alreadyClosed`.
    /// - Throws: the error of the attempt; ``DomainError/busy`` if every attempt lost a race;
    ///   ``DomainError/keyReused``; the first ``StoreError`` if the outcome stays unknown.
    func run<Value: Sendable>(
        _ attempt: (_ isRetry: Bool) async throws -> Attempt<Value>,
        stored: () async throws -> Stored<Value>? = { nil }
    ) async throws -> ChangeResult<Value> {
        var unknownOutcome: StoreError?
        for _ in 0..<Self.attemptsMax {
            do {
                switch unknownOutcome == nil ? try await attempt(false) : try await retry(attempt) {
                case .made(let value):
                    if unknownOutcome != nil { try await store.waitForReplication() }
                    return ChangeResult(value: value, isReplay: false)
                case .unchanged(let value): return ChangeResult(value: value, isReplay: false)
                case .stored(let response): return try await replay(response)
                case .lostRace: continue
                }
            } catch let error as StoreError {
                guard unknownOutcome == nil, error.mayHaveCommitted else { throw unknownOutcome ?? error }
                unknownOutcome = error
            } catch let error as DomainError where error.mayComeFromEarlierRequest && key != nil {
                guard let response = try await stored() else { throw error }
                return try await replay(response)
            }
        }
        throw unknownOutcome ?? DomainError.busy
    }

    /// Runs a change whose request has no key. The closure returns only if the change was made.
    func run<Value: Sendable>(_ change: () async throws -> Value) async throws -> Value {
        try await run { _ in .made(try await change()) }.value
    }

    /// Runs an insert by an administrator.
    ///
    /// - Throws: ``DomainError/forbidden`` for a cashier; ``DomainError/callerInactive``; ``DomainError/busy`` if there
    ///   is no row.
    func create<Value: Sendable>(
        _ insert: () async throws -> Keyed<Authorized<Value?>>?
    ) async throws -> ChangeResult<Value> {
        try await run { _ in
            let result = try await insert()
            let row = try Authorized.administered(result?.value)
            try result?.checkKey()
            guard let row else { throw DomainError.busy }
            return result?.fingerprint.map { .stored(Stored(fingerprint: $0, value: row)) } ?? .made(row)
        }
    }

    /// Returns a stored response, if the request is the one that it was stored for.
    ///
    /// - Throws: ``DomainError/keyReused``.
    func replay<Value>(_ response: Stored<Value>) async throws -> ChangeResult<Value> {
        guard let key, key.matches(response.fingerprint) else { throw DomainError.keyReused }
        try await store.waitForReplication()
        return ChangeResult(value: response.value, isReplay: true)
    }

    /// Runs the attempt again after an unknown outcome: once, or twice if the first run does not make the change.
    ///
    /// The first run may wait for a lock of the lost attempt, and miss its commit, because its snapshot is older. Only
    /// the second run is sure to see it.
    ///
    /// - Throws: ``StoreError`` if PostgreSQL still runs the earlier attempt after ``waitsMax`` waits.
    private func retry<Value>(
        _ attempt: (_ isRetry: Bool) async throws -> Attempt<Value>
    ) async throws -> Attempt<Value> {
        var (isSecondRun, waits) = (false, 0)
        while true {
            do {
                let result = try await attempt(true)
                if isSecondRun { return result }
                switch result {
                case .made, .stored: return result
                case .unchanged, .lostRace: isSecondRun = true
                }
            } catch DomainError.requestInFlight {
                guard waits < Self.waitsMax else {
                    throw StoreError(
                        outcome: .unknown, description: "PostgreSQL still runs the first attempt", isTransient: true)
                }
                waits += 1
                try await Task.sleep(for: .milliseconds(100))
            } catch {
                let isUnavailable = (error as? StoreError)?.isTransient ?? false
                guard !isSecondRun, !isUnavailable else { throw error }
                isSecondRun = true
            }
        }
    }
}

/// The result of a change, new or replayed.
package struct ChangeResult<Value: Sendable>: Sendable {
    package let value: Value
    /// True if an earlier request with the same key made the change.
    package let isReplay: Bool
}

/// A client's Idempotency-Key. A retry with the same key gets the stored response.
package struct IdempotencyKey: Sendable {
    /// 1–255 visible ASCII characters.
    package let text: String
    /// SHA-256 of the request's values. The server rejects the same key with another request.
    package let fingerprint: [UInt8]
    /// SHA-256 of the request's bytes, which earlier versions stored. They delete a stored response after 7 days.
    private let byteFingerprint: [UInt8]?

    package init(text: String, fingerprint: [UInt8], byteFingerprint: [UInt8]? = nil) {
        self.text = text
        self.fingerprint = fingerprint
        self.byteFingerprint = byteFingerprint
    }

    /// Whether a stored response with this fingerprint belongs to the request.
    func matches(_ stored: [UInt8]) -> Bool { stored == fingerprint || stored == byteFingerprint }
}

/// A store that may replicate commits to a synchronous standby.
package protocol ReplicationBarrier: Sendable {
    /// Returns after the standby, if there is one, has confirmed all earlier commits.
    ///
    /// A commit whose replication wait was cancelled is visible but may still be lost. A stored response
    /// and the result of a retried change are therefore sent only after this barrier. Reads and conflicts do not wait.
    ///
    /// - Throws: ``StoreError`` with the outcome `unknown`, whatever the reason.
    func waitForReplication() async throws
}
