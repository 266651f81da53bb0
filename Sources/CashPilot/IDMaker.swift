/// Makes new identities: UUID version 7 (RFC 9562), so that new rows land together at the end of an index.
///
/// Both sources are injected: the service owns no clock and no randomness of its own.
package struct IDMaker: Sendable {
    private let milliseconds: @Sendable () -> UInt64
    private let random: @Sendable () -> UInt64

    /// - Parameters:
    ///   - milliseconds: since 1970; only orders identities, and is never read as a time.
    ///   - random: 64 unpredictable bits at each call.
    package init(
        milliseconds: @escaping @Sendable () -> UInt64,
        random: @escaping @Sendable () -> UInt64
    ) {
        self.milliseconds = milliseconds
        self.random = random
    }

    /// A new identity: 48 bits of time, then 74 random ones around the version and the variant.
    package func make<Entity>() -> ID<Entity> {
        ID(
            high: milliseconds() << 16 | 0x7000 | random() & 0x0fff,
            low: 0x8000_0000_0000_0000 | random() & 0x3fff_ffff_ffff_ffff
        )
    }
}
