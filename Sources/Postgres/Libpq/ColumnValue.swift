/// A Swift type that a column can be decoded to.
package protocol ColumnValue: Sendable {
    /// Whether this type can decode the PostgreSQL type with the given object id.
    ///
    /// Types are never converted: a `bigint` decodes to `Int64` only, even if its value fits in `Int32`.
    static func accepts(typeID: UInt32) -> Bool

    /// Decodes the binary format; nil if the value is malformed or out of range. An infinite timestamp is out of range.
    init?(binary bytes: UnsafeRawBufferPointer, typeID: UInt32)
}

extension Bool: ColumnValue {
    package static func accepts(typeID: UInt32) -> Bool { typeID == TypeID.bool }

    package init?(binary bytes: UnsafeRawBufferPointer, typeID: UInt32) {
        guard bytes.count == 1 else { return nil }
        self = bytes[0] != 0
    }
}

extension ColumnValue where Self: FixedWidthInteger {
    package init?(binary bytes: UnsafeRawBufferPointer, typeID: UInt32) {
        guard bytes.count == MemoryLayout<Self>.size else { return nil }
        self.init(bigEndian: bytes.loadUnaligned(as: Self.self))
    }
}

extension Int16: ColumnValue {
    package static func accepts(typeID: UInt32) -> Bool { typeID == TypeID.int2 }
}

extension Int32: ColumnValue {
    package static func accepts(typeID: UInt32) -> Bool { typeID == TypeID.int4 }
}

extension Int64: ColumnValue {
    package static func accepts(typeID: UInt32) -> Bool { typeID == TypeID.int8 }
}

extension String: ColumnValue {
    package static func accepts(typeID: UInt32) -> Bool {
        switch typeID {
        case TypeID.text, TypeID.varchar, TypeID.bpchar, TypeID.name, TypeID.json, TypeID.jsonb: true
        default: false
        }
    }

    package init?(binary bytes: UnsafeRawBufferPointer, typeID: UInt32) {
        guard typeID == TypeID.jsonb else {
            self.init(decoding: bytes, as: UTF8.self)
            return
        }
        guard bytes.first == 1 else { return nil }  // jsonb's binary format is a version byte, then the text.
        self.init(decoding: bytes.dropFirst(), as: UTF8.self)
    }
}

extension [UInt8]: ColumnValue {
    package static func accepts(typeID: UInt32) -> Bool { typeID == TypeID.bytea }

    package init?(binary bytes: UnsafeRawBufferPointer, typeID: UInt32) { self.init(bytes) }
}

extension UUIDBytes: ColumnValue {
    package static func accepts(typeID: UInt32) -> Bool { typeID == TypeID.uuid }

    package init?(binary bytes: UnsafeRawBufferPointer, typeID: UInt32) {
        guard bytes.count == 16 else { return nil }
        self.init(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
}

extension Timestamp: ColumnValue {
    package static func accepts(typeID: UInt32) -> Bool { typeID == TypeID.timestamptz }

    package init?(binary bytes: UnsafeRawBufferPointer, typeID: UInt32) {
        guard let wire = Int64(binary: bytes, typeID: typeID),
            let microseconds = PostgresEpoch.fromWire(wire, PostgresEpoch.microseconds)
        else { return nil }
        self.init(microseconds: microseconds)
    }
}

extension LocalTimestamp: ColumnValue {
    package static func accepts(typeID: UInt32) -> Bool { typeID == TypeID.timestamp }

    package init?(binary bytes: UnsafeRawBufferPointer, typeID: UInt32) {
        guard let wire = Int64(binary: bytes, typeID: typeID),
            let microseconds = PostgresEpoch.fromWire(wire, PostgresEpoch.microseconds)
        else { return nil }
        self.init(microseconds: microseconds)
    }
}

extension DateValue: ColumnValue {
    package static func accepts(typeID: UInt32) -> Bool { typeID == TypeID.date }

    package init?(binary bytes: UnsafeRawBufferPointer, typeID: UInt32) {
        guard let wire = Int32(binary: bytes, typeID: typeID),
            let days = PostgresEpoch.fromWire(wire, PostgresEpoch.days)
        else { return nil }
        self.init(days: days)
    }
}
