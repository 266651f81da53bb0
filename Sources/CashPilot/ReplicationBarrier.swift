/// A store that may replicate commits to a synchronous standby.
package protocol ReplicationBarrier: Sendable {
    /// Returns after the standby, if there is one, has confirmed all earlier commits.
    ///
    /// A commit whose replication wait was cancelled is visible but may still be lost. A response that relies on an
    /// earlier commit, including a stored response, is therefore sent only after this barrier.
    ///
    /// - Throws: ``StoreError`` with the outcome `unknown`, whatever the reason.
    func waitForReplication() async throws
}
