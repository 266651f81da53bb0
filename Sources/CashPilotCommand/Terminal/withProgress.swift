import Glibc

/// Shows the elapsed seconds of `work` after 1 s, if standard error is a terminal.
///
/// - Parameter what: names the work in a few words.
func withProgress<Result: Sendable>(
    _ what: String, _ work: () async throws -> Result
) async throws -> Result {
    guard isatty(2) == 1 else { return try await work() }
    let ticker = Task {
        let start = ContinuousClock.now
        var isShown = false
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            // After the carriage return, a log line overwrites this one.
            System.say("\(what): \((ContinuousClock.now - start).components.seconds) s\r")
            isShown = true
        }
        if isShown { System.say("\u{1B}[K") }  // Clears the line for later output.
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
