/// How many sessions are open, over all businesses.
package struct SessionCounts: Sendable, Hashable {
    package let open: Int
    /// Of these, open for longer than their businesses allow.
    package let stale: Int

    package init(open: Int, stale: Int) {
        self.open = open
        self.stale = stale
    }
}
