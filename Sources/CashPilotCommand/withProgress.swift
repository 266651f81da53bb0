import Glibc

/// Says on a terminal for how many seconds `work` has gone on, once that is more than one; to anybody else, nothing.
///
/// - Parameter what: what goes on, in a few words.
func withProgress<Result: Sendable>(
    _ what: String, _ work: () async throws -> Result
) async throws -> Result {
    guard isatty(2) == 1 else { return try await work() }
    let ticker = Task {
        let start = ContinuousClock.now
        var isShown = false
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            // A line of the log that comes meanwhile begins where this one does.
            System.say("\(what): \((ContinuousClock.now - start).components.seconds) s\r")
            isShown = true
        }
        if isShown { System.say("\u{1B}[K") }  // The line is empty for what follows.
    }
    do {
        let result = try await work()
        ticker.cancel()
        await ticker.value
        return result
    } catch {
        ticker.cancel()
        await ticker.value
        throw error
    }
}
