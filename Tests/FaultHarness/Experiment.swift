/// One fault: how it is brought about, and what must then be true.
package struct Experiment: Sendable {
    /// For `--only`; a few words in kebab case.
    package let name: String
    /// The fault, in the words of docs/reliability.md.
    package let fault: String
    /// What is done.
    package let deed: String
    /// Longer than this is a failure. Generous: a busy machine is no fault of the service.
    package let limit: Duration
    /// Does it, and tells the trial what it saw. Whatever is thrown is a failure.
    package let run: @Sendable (Trial) async throws -> Void

    package init(
        _ name: String, fault: String, deed: String, limit: Duration = .seconds(90),
        run: @escaping @Sendable (Trial) async throws -> Void
    ) {
        self.name = name
        self.fault = fault
        self.deed = deed
        self.limit = limit
        self.run = run
    }
}
