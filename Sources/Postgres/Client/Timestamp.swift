/// An instant, `timestamptz`, with PostgreSQL's microsecond precision.
package struct Timestamp: Sendable, Hashable {
    /// Microseconds since 1970-01-01T00:00:00Z; negative before.
    package let microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }
}

/// A date and time of day without a time zone: `timestamp`.
package struct LocalTimestamp: Sendable, Hashable {
    /// Microseconds since 1970-01-01T00:00:00 in the same local time; negative before.
    package let microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }
}

/// A calendar date: `date`.
package struct DateValue: Sendable, Hashable {
    /// Days since 1970-01-01; negative before.
    package let days: Int32

    package init(days: Int32) { self.days = days }
}

/// Converts between PostgreSQL's epoch, 2000-01-01, and the Unix epoch, 1970-01-01.
///
/// `fromWire` returns nil if the result overflows, and for PostgreSQL's two infinite values.
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

    /// Converts to PostgreSQL's epoch. On overflow it returns a value that the server rejects as out of range.
    static func toWire(microseconds value: Int64) -> Int64 {
        let (difference, overflow) = value.subtractingReportingOverflow(microseconds)
        return overflow ? .min + 1 : difference
    }

    static func toWire(days value: Int32) -> Int32 {
        let (difference, overflow) = value.subtractingReportingOverflow(days)
        return overflow ? .min + 1 : difference
    }
}
