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

    /// The element type for an array of this value; `nil` for a null or an array.
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
