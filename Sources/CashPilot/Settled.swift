/// Makes a change whose answer may be lost, and tells what became of it.
///
/// If the connection breaks under it, it is asked for again under the same ids: once to be done, or to wait for the first
/// try, and once to see what that did. So a second time must change nothing, and answer as the first would have.
///
/// - Throws: the ``StoreFault`` of the first try if the others meet one too, or if the first is not over in time.
func settled<Outcome>(
    in store: some StandbyAwaiting, _ change: () async throws -> Outcome
) async throws -> Outcome {
    do {
        return try await change()
    } catch let uncertain as StoreFault where uncertain.canBeSettled {
        do {
            do {
                _ = try await pastFirstTry(uncertain, change)
            } catch is Refusal {
                // It was the first try's own effect that was in the way.
            }
            let outcome = try await pastFirstTry(uncertain, change)
            try await store.awaitStandby()
            return outcome
        } catch is StoreFault {
            throw uncertain
        }
    }
}

/// Repeats a change with an idempotency key whose connection broke, if it is told that a request with that key is running:
/// that is the first try, which the server has not given up yet. It does so within half a second of the loss
/// (`client_connection_check_interval`).
///
/// - Parameter uncertain: what became of the first try; `nil` if this is the first one, which waits for nobody.
/// - Throws: `uncertain` if the first try is not over within a second.
func pastFirstTry<Outcome>(
    _ uncertain: StoreFault?, _ change: () async throws -> Outcome
) async throws -> Outcome {
    guard let uncertain else { return try await change() }
    for _ in 0..<10 {
        do {
            return try await change()
        } catch Refusal.requestInFlight {
            try await Task.sleep(for: .milliseconds(100))
        }
    }
    throw uncertain
}
