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
