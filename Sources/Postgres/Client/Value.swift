/// A statement parameter in PostgreSQL's binary format.
///
/// The case must match the parameter's type in the statement text: `.int64` for `$1::bigint`. The server rejects most
/// mismatches with SQLSTATE 22P03 or 08P01. It never converts the value.
package enum Value: Sendable, Hashable {
    case null
    case bool(Bool)
    case int32(Int32)
    case int64(Int64)
    /// The server rejects U+0000 in text (SQLSTATE 22021).
    case text(String)
    case bytes([UInt8])
    case uuid(UUIDBytes)
    case timestamp(Timestamp)
    case date(DateValue)
    /// A one-dimensional array. Each element has the given type or is `.null`.
    case array(of: ElementType, [Value])

    /// The element type for an array of this value; `nil` for nulls and arrays.
    var elementType: ElementType? {
        switch self {
        case .null, .array: nil
        case .bool: .bool
        case .int32: .int32
        case .int64: .int64
        case .text: .text
        case .bytes: .bytes
        case .uuid: .uuid
        case .timestamp: .timestamp
        case .date: .date
        }
    }

    /// The type of an array's elements.
    package enum ElementType: Sendable, Hashable {
        case bool, int32, int64, text, bytes, uuid, timestamp, date

        var typeID: UInt32 {
            switch self {
            case .bool: TypeID.bool
            case .int32: TypeID.int4
            case .int64: TypeID.int8
            case .text: TypeID.text
            case .bytes: TypeID.bytea
            case .uuid: TypeID.uuid
            case .timestamp: TypeID.timestamptz
            case .date: TypeID.date
            }
        }
    }
}

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

/// PostgreSQL's epoch, 2000-01-01, in Unix time, which counts from 1970-01-01.
enum PostgresEpoch {
    static let microseconds: Int64 = 946_684_800_000_000
    static let days: Int32 = 10_957

    /// Converts to Unix time; nil if the result overflows, and for PostgreSQL's two infinite values.
    static func fromWire<Number: FixedWidthInteger>(_ wire: Number, _ epoch: Number) -> Number? {
        guard wire != .max, wire != .min else { return nil }
        let (sum, overflow) = wire.addingReportingOverflow(epoch)
        return overflow ? nil : sum
    }

    /// Converts from Unix time. On overflow it returns a value that the server rejects as out of range.
    static func toWire<Number: FixedWidthInteger>(_ value: Number, _ epoch: Number) -> Number {
        let (difference, overflow) = value.subtractingReportingOverflow(epoch)
        return overflow ? .min + 1 : difference
    }
}

/// The object ids of the supported built-in types, which `pg_type.dat` fixes.
enum TypeID {
    static let bool: UInt32 = 16
    static let bytea: UInt32 = 17
    static let name: UInt32 = 19
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let json: UInt32 = 114
    static let int8Array: UInt32 = 1016
    static let bpchar: UInt32 = 1042
    static let varchar: UInt32 = 1043
    static let date: UInt32 = 1082
    static let timestamp: UInt32 = 1114
    static let timestamptz: UInt32 = 1184
    static let uuid: UInt32 = 2950
    static let jsonb: UInt32 = 3802
}
