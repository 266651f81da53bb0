/// The number of open sessions in all businesses.
package struct SessionCounts: Sendable, Hashable {
    package let open: Int
    /// The sessions among them that are open longer than their business allows.
    package let stale: Int

    package init(open: Int, stale: Int) {
        self.open = open
        self.stale = stale
    }
}
