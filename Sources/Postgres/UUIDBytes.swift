/// The sixteen bytes of a `uuid`, as two words that compare and hash without touching the heap.
package struct UUIDBytes: Sendable, Hashable {
    /// Bytes 0 to 7, most significant first.
    package let high: UInt64
    /// Bytes 8 to 15, most significant first.
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}
