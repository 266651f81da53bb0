/// Makes a change and retries it if its outcome is unknown.
///
/// If the connection breaks, the change runs twice more under the same ids. The first retry makes the change, or waits
/// for the first attempt's lock. Its snapshot may predate that attempt's commit, so a second retry reads the result.
/// The change must therefore be idempotent and return the same response each time.
///
/// - Throws: the ``StoreError`` of the first attempt, if a retry also fails with one or the first attempt does not
///   finish in time.
func retryingUnknownOutcome<Outcome>(
    in store: some ReplicationBarrier, _ change: () async throws -> Outcome
) async throws -> Outcome {
    do {
        return try await change()
    } catch let unknownOutcome as StoreError where unknownOutcome.mayHaveCommitted {
        do {
            do {
                _ = try await retryingWhileInFlight(unknownOutcome, change)
            } catch is DomainError {
                // The first attempt's own effect caused this error.
            }
            let outcome = try await retryingWhileInFlight(unknownOutcome, change)
            try await store.waitForReplication()
            return outcome
        } catch is StoreError {
            throw unknownOutcome
        }
    }
}

/// Retries a change after an unknown outcome while its Idempotency-Key is in flight.
///
/// The in-flight request is then the first attempt. PostgreSQL ends it within 0.5 s after the connection breaks
/// (`client_connection_check_interval`).
///
/// - Parameter unknownOutcome: the error of the first attempt; `nil` if this is the first attempt, which does not wait.
/// - Throws: `unknownOutcome` if the first attempt does not end within 1 s.
func retryingWhileInFlight<Outcome>(
    _ unknownOutcome: StoreError?, _ change: () async throws -> Outcome
) async throws -> Outcome {
    guard let unknownOutcome else { return try await change() }
    for _ in 0..<10 {
        do {
            return try await change()
        } catch DomainError.requestInFlight {
            try await Task.sleep(for: .milliseconds(100))
        }
    }
    throw unknownOutcome
}
