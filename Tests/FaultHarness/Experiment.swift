/// One fault: its injection, and the checks of its effect.
package struct Experiment: Sendable {
    /// The argument of `--only`, in kebab case.
    package let name: String
    /// The first column of the report.
    package let fault: String
    /// The second column of the report.
    package let action: String
    /// The experiment fails after this time, which a busy machine does not exceed.
    package let limit: Duration
    /// Injects the fault and reports its results to the trial. A thrown error is a failure.
    package let run: @Sendable (Trial) async throws -> Void

    package init(
        _ name: String, fault: String, action: String, limit: Duration = .seconds(90),
        run: @escaping @Sendable (Trial) async throws -> Void
    ) {
        self.name = name
        self.fault = fault
        self.action = action
        self.limit = limit
        self.run = run
    }
}
