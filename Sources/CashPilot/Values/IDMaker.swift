/// Makes UUID version 7 ids (RFC 9562). New rows are therefore adjacent at the end of an index.
///
/// The clock and the random source are injected.
package struct IDMaker: Sendable {
    private let milliseconds: @Sendable () -> UInt64
    private let random: @Sendable () -> UInt64

    /// - Parameters:
    ///   - milliseconds: since 1970; it only orders ids and is never read as a time.
    ///   - random: 64 unpredictable bits per call.
    package init(
        milliseconds: @escaping @Sendable () -> UInt64,
        random: @escaping @Sendable () -> UInt64
    ) {
        self.milliseconds = milliseconds
        self.random = random
    }

    /// Makes an id: 48 bits of time and 74 random bits, plus the version and the variant.
    package func make<Entity>() -> ID<Entity> {
        ID(
            high: milliseconds() << 16 | 0x7000 | random() & 0x0fff,
            low: 0x8000_0000_0000_0000 | random() & 0x3fff_ffff_ffff_ffff
        )
    }
}
