/// The 16 bytes of a `uuid` in two words. They compare and hash without heap access.
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
