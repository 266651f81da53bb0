import Testing

extension Tag {
    /// The tests of AC-03, a single open session per cashier and business: docs/product/REQUIREMENTS.md lists them.
    ///
    /// `scripts/test tag:ac03` runs them.
    @Tag package static var ac03: Self
}
