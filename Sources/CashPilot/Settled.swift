/// Makes a change whose answer may be lost, and tells what became of it.
///
/// If the connection breaks under it, it is asked for again under the same ids: once to be done, or to wait for the first
/// try, and once to see what that did. So a second time must change nothing, and answer as the first would have.
///
/// - Throws: the ``StoreFault`` of the first try if the others meet one too.
func settled<Outcome>(
    in store: some StandbyAwaiting, _ change: () async throws -> Outcome
) async throws -> Outcome {
    do {
        return try await change()
    } catch let uncertain as StoreFault where uncertain.canBeSettled {
        do {
            do {
                _ = try await change()
            } catch is Refusal {
                // It was the first try's own effect that was in the way.
            }
            let outcome = try await change()
            try await store.awaitStandby()
            return outcome
        } catch is StoreFault {
            throw uncertain
        }
    }
}
