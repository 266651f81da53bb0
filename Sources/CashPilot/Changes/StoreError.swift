/// The store failed for a reason that is not in the request.
package struct StoreError: Error, CustomStringConvertible {
    /// Whether a change was applied.
    package enum Outcome: String, Sendable {
        /// Nothing was written.
        case notApplied = "not_applied"
        /// The change may or may not be applied. A retry with the same key returns the result.
        case unknown
    }

    package let outcome: Outcome
    /// For the log; contains no values of the request.
    package let description: String
    /// True if the error can pass with time, such as a lost connection. False for a constraint violation.
    package let isTransient: Bool
    /// True if the connection broke and the outcome is unknown. A retry with the same ids is safe.
    ///
    /// False after a timeout (no time left to retry) and after a commit whose replication wait was cancelled. Such a
    /// commit is visible but may still be lost.
    package let mayHaveCommitted: Bool

    package init(outcome: Outcome, description: String, isTransient: Bool, mayHaveCommitted: Bool = false) {
        self.mayHaveCommitted = mayHaveCommitted
        self.outcome = outcome
        self.description = description
        self.isTransient = isTransient
    }
}
