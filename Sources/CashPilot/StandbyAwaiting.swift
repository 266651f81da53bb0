/// A store that keeps a copy of what is committed elsewhere, on a standby.
package protocol StandbyAwaiting: Sendable {
    /// Returns when the standby, if there is one, has all that was committed before.
    ///
    /// A commit that gave up its wait for the standby stands, and may still be lost. So whoever answers for an earlier
    /// commit, with a kept answer or because an earlier try did it, waits for this first.
    ///
    /// - Throws: ``StoreFault`` with the outcome `unknown`, whatever the reason.
    func awaitStandby() async throws
}
