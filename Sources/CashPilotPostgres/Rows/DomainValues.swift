import CashPilot
import Postgres

/// Domain types as statement parameters and columns.
extension Value {
    static func id<Entity>(_ id: ID<Entity>) -> Value { .uuid(UUIDBytes(high: id.high, low: id.low)) }

    static func money(_ money: Money) -> Value { .int64(money.minorUnits) }

    /// An instant beyond PostgreSQL's range becomes a value that PostgreSQL rejects, so it never traps.
    static func instant(_ instant: Instant) -> Value {
        let (microseconds, overflows) = instant.milliseconds.multipliedReportingOverflow(by: 1_000)
        return .timestamp(Timestamp(microseconds: overflows ? (instant.milliseconds < 0 ? .min : .max) : microseconds))
    }

    static func day(_ date: CivilDate) -> Value { .date(DateValue(days: date.daysSince1970)) }

    /// `.null` for `nil`, otherwise the value that `make` returns.
    static func optional<Wrapped>(_ value: Wrapped?, _ make: (Wrapped) -> Value) -> Value {
        value.map(make) ?? .null
    }

    static func ids<Entity>(_ ids: [ID<Entity>]) -> Value { .array(of: .uuid, ids.map(Value.id)) }
}

extension ColumnReader {
    mutating func id<Entity>() throws(DatabaseError) -> ID<Entity> {
        let bytes = try next(UUIDBytes.self)
        return ID(high: bytes.high, low: bytes.low)
    }

    mutating func optionalID<Entity>() throws(DatabaseError) -> ID<Entity>? {
        try nextOptional(UUIDBytes.self).map { ID(high: $0.high, low: $0.low) }
    }

    mutating func money() throws(DatabaseError) -> Money { Money(minorUnits: try next()) }

    mutating func optionalMoney() throws(DatabaseError) -> Money? {
        try nextOptional(Int64.self).map(Money.init(minorUnits:))
    }

    mutating func instant() throws(DatabaseError) -> Instant { Instant(try next(Timestamp.self)) }

    mutating func optionalInstant() throws(DatabaseError) -> Instant? {
        try nextOptional(Timestamp.self).map(Instant.init)
    }

    mutating func localTime() throws(DatabaseError) -> LocalTime {
        LocalTime(milliseconds: try next(LocalTimestamp.self).microseconds.wholeMilliseconds)
    }

    mutating func day() throws(DatabaseError) -> CivilDate {
        CivilDate(daysSince1970: try next(DateValue.self).days)
    }
}

/// A column with the raw value of an enumeration. A check constraint of the schema limits the values.
extension RawRepresentable where Self: ColumnValue, RawValue == String {
    package static func accepts(typeID: UInt32) -> Bool { String.accepts(typeID: typeID) }

    package init?(binary bytes: UnsafeRawBufferPointer, typeID: UInt32) {
        guard let text = String(binary: bytes, typeID: typeID) else { return nil }
        self.init(rawValue: text)
    }
}

extension Role: ColumnValue {}
extension Locale: ColumnValue {}
extension Session.Status: ColumnValue {}
extension OneOpenIndexState: ColumnValue {}

extension Instant {
    fileprivate init(_ timestamp: Timestamp) {
        self.init(milliseconds: timestamp.microseconds.wholeMilliseconds)
    }
}

extension Int64 {
    /// Microseconds to milliseconds, rounded down on both sides of 1970.
    fileprivate var wholeMilliseconds: Int64 { self >= 0 ? self / 1_000 : (self - 999) / 1_000 }
}
