/// An instant: `timestamptz`, to the microsecond that PostgreSQL keeps.
package struct Timestamp: Sendable, Hashable {
    /// Microseconds since 1970-01-01T00:00:00Z; negative before.
    package let microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }
}

/// A date and a time of day on a wall somewhere: `timestamp` without time zone.
package struct LocalTimestamp: Sendable, Hashable {
    /// Microseconds since 1970-01-01T00:00:00 on that same wall; negative before.
    package let microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }
}

/// A day of the calendar: `date`.
package struct DateValue: Sendable, Hashable {
    /// Days since 1970-01-01; negative before.
    package let days: Int32

    package init(days: Int32) { self.days = days }
}

/// PostgreSQL counts from 2000-01-01; everybody else counts from 1970-01-01.
///
/// Both ways answer nil where the sum does not fit, which the server's two infinities never do.
enum PostgresEpoch {
    static let microseconds: Int64 = 946_684_800_000_000
    static let days: Int32 = 10_957

    static func fromWire(microseconds wire: Int64) -> Int64? {
        guard wire != .max, wire != .min else { return nil }
        let (sum, overflow) = wire.addingReportingOverflow(microseconds)
        return overflow ? nil : sum
    }

    static func fromWire(days wire: Int32) -> Int32? {
        guard wire != .max, wire != .min else { return nil }
        let (sum, overflow) = wire.addingReportingOverflow(days)
        return overflow ? nil : sum
    }

    /// What does not fit becomes a number that the server refuses as out of range, never another instant.
    static func toWire(microseconds value: Int64) -> Int64 {
        let (difference, overflow) = value.subtractingReportingOverflow(microseconds)
        return overflow ? .min + 1 : difference
    }

    /// See ``toWire(microseconds:)``.
    static func toWire(days value: Int32) -> Int32 {
        let (difference, overflow) = value.subtractingReportingOverflow(days)
        return overflow ? .min + 1 : difference
    }
}
