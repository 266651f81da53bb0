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

    static func optional(_ number: Int?) -> Value { .optional(number) { .int32(Int32(clamping: $0)) } }

    static func ids<Entity>(_ ids: [ID<Entity>]) -> Value { .array(of: .uuid, ids.map(Value.id)) }

    /// The hash that the statement finds the caller by.
    static func caller(_ caller: Caller) -> Value { .bytes(caller.bearer.bytes) }

    /// The same; null for the command line.
    static func actor(_ actor: ChangeActor) -> Value { .optional(actor.caller, Value.caller) }

    static func requestID(of actor: ChangeActor) -> Value { .optional(actor.caller?.requestID, Value.text) }

    static func clientRequestID(of actor: ChangeActor) -> Value {
        .optional(actor.caller?.clientRequestID, Value.text)
    }

    /// The cursor and limit of a page: the last three parameters of a list.
    static func page<Entity>(after cursor: Cursor<Entity>?, _ limit: Int) -> [Value] {
        [.optional(cursor) { .instant($0.instant) }, .optional(cursor) { .id($0.id) }, .int32(Int32(limit))]
    }
}

extension Rows {
    /// Reads the first row; `nil` if there is none.
    func first<Item>(as read: (inout ColumnReader) throws(DatabaseError) -> Item?) throws(DatabaseError) -> Item? {
        guard var columns = first?.reader() else { return nil }
        return try read(&columns)
    }

    /// Reads the items of a list, whose columns begin at `column`.
    ///
    /// A list without items has one row with the caller's facts. Its item reads as `nil`.
    func items<Item>(
        from column: Int32 = 0, as read: (inout ColumnReader) throws(DatabaseError) -> Item?
    ) throws(DatabaseError) -> [Item] {
        var items: [Item] = []
        items.reserveCapacity(count)
        for row in self {
            var columns = row.reader(from: column)
            if let item = try read(&columns) { items.append(item) }
        }
        return items
    }

    /// Reads a list whose rows begin with the caller's role and access to the business; `nil` if there is no row.
    func authorizedItems<Item>(
        as read: (inout ColumnReader) throws(DatabaseError) -> Item?
    ) throws(DatabaseError) -> Authorized<[Item]>? {
        guard var caller = first?.reader() else { return nil }
        return Authorized(role: try caller.next(), seesBusiness: try caller.next(), value: try items(from: 2, as: read))
    }
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

    mutating func instant() throws(DatabaseError) -> Instant {
        Instant(milliseconds: try next(Timestamp.self).microseconds.wholeMilliseconds)
    }

    mutating func optionalInstant() throws(DatabaseError) -> Instant? {
        try nextOptional(Timestamp.self).map { Instant(milliseconds: $0.microseconds.wholeMilliseconds) }
    }

    mutating func localTime() throws(DatabaseError) -> LocalTime {
        LocalTime(milliseconds: try next(LocalTimestamp.self).microseconds.wholeMilliseconds)
    }

    mutating func day() throws(DatabaseError) -> CivilDate { CivilDate(daysSince1970: try next(DateValue.self).days) }

    mutating func optionalDay() throws(DatabaseError) -> CivilDate? {
        try nextOptional(DateValue.self).map { CivilDate(daysSince1970: $0.days) }
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
extension Credential.Kind: ColumnValue {}
extension Locale: ColumnValue {}
extension Session.Status: ColumnValue {}
extension Session.Obstacle: ColumnValue {}
extension OneOpenIndexState: ColumnValue {}

extension Int64 {
    /// Microseconds to milliseconds, rounded down on both sides of 1970.
    fileprivate var wholeMilliseconds: Int64 { self >= 0 ? self / 1_000 : (self - 999) / 1_000 }
}
