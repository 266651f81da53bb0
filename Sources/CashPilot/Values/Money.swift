/// An amount in the minor unit of its currency: guaraníes for PYG, cents for USD. Never floating point.
package struct Money: Hashable, Comparable, Sendable {
    /// May be negative for a difference. Entered amounts are within ``accepted``.
    package let minorUnits: Int64

    package init(minorUnits: Int64) { self.minorUnits = minorUnits }

    package static let zero = Money(minorUnits: 0)

    /// The range of entered amounts, in minor units.
    package static let accepted: ClosedRange<Int64> = 0...999_999_999_999

    package func adding(_ other: Money) throws(MoneyError) -> Money {
        let (sum, overflowed) = minorUnits.addingReportingOverflow(other.minorUnits)
        guard !overflowed else { throw .overflow }
        return Money(minorUnits: sum)
    }

    package func subtracting(_ other: Money) throws(MoneyError) -> Money {
        let (difference, overflowed) = minorUnits.subtractingReportingOverflow(other.minorUnits)
        guard !overflowed else { throw .overflow }
        return Money(minorUnits: difference)
    }

    package static func < (a: Money, b: Money) -> Bool { a.minorUnits < b.minorUnits }
}

package enum MoneyError: Error, Equatable {
    /// The result is beyond `Int64`, about 9.2 × 10¹⁸ minor units. Swift's own `+` would end the process.
    case overflow
}
