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

/// A `bigint[]` of one dimension without nulls. Several numbers in one column cost less than a column for each.
package struct Int64List: ColumnValue, Equatable {
    package let numbers: [Int64]

    package init(_ numbers: [Int64]) { self.numbers = numbers }

    package static func accepts(typeID: UInt32) -> Bool { typeID == TypeID.int8Array }

    /// The binary format: the number of dimensions, whether there are nulls, the type of the elements, the length and
    /// the first index of each dimension, and each element after its size. All but the elements have 4 bytes.
    package init?(binary bytes: UnsafeRawBufferPointer, typeID: UInt32) {
        func word(_ offset: Int) -> Int32 {
            Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
        }
        guard bytes.count >= 12 else { return nil }
        guard word(0) != 0 else {
            numbers = []
            return
        }
        guard bytes.count >= 20, word(0) == 1, word(4) == 0, word(8) == Int32(TypeID.int8), word(12) >= 0,
            bytes.count == 20 + 12 * Int(word(12))
        else { return nil }
        var numbers: [Int64] = []
        numbers.reserveCapacity(Int(word(12)))
        for offset in stride(from: 20, to: bytes.count, by: 12) {
            guard word(offset) == 8 else { return nil }
            numbers.append(Int64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 4, as: Int64.self)))
        }
        self.numbers = numbers
    }
}
