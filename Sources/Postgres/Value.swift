/// A parameter of a statement, sent in PostgreSQL's binary form.
///
/// The case must be the type that the statement's text gives the parameter: `.int64` for `$1::bigint`. The server
/// refuses most mismatches with SQLSTATE 22P03 or 08P01; it never guesses.
package enum Value: Sendable, Hashable {
    case null
    case bool(Bool)
    case int32(Int32)
    case int64(Int64)
    /// The server refuses U+0000 in it (SQLSTATE 22021).
    case text(String)
    case bytes([UInt8])
    case uuid(UUIDBytes)
    case timestamp(Timestamp)
    case date(DateValue)
    /// One dimension. Each element is of the named type, or `.null`.
    case array(of: ElementType, [Value])

    /// What it is as an element of an array; `nil` for a null and for an array.
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

    /// What an array holds.
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
