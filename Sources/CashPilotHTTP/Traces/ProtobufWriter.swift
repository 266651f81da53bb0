/// Writes Protocol Buffers messages, limited to the features that OTLP needs.
struct ProtobufWriter: Sendable {
    private(set) var bytes: [UInt8] = []

    mutating func field(_ number: UInt64, _ text: String) {
        key(number, .lengthPrefixed)
        bytes.append(varint: UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// A bytes field with the bytes of each word, most significant first.
    mutating func field(_ number: UInt64, bytesOf words: UInt64...) {
        key(number, .lengthPrefixed)
        bytes.append(varint: UInt64(words.count * 8))
        for word in words {
            withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
        }
    }

    /// An `int64` or an enumeration.
    mutating func field(_ number: UInt64, _ value: Int64) {
        key(number, .varint)
        bytes.append(varint: UInt64(bitPattern: value))
    }

    /// A `fixed64`.
    mutating func field(_ number: UInt64, fixed value: UInt64) {
        key(number, .fixed64)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// An embedded message.
    mutating func message(_ number: UInt64, _ write: (inout ProtobufWriter) -> Void) {
        key(number, .lengthPrefixed)
        let start = bytes.count
        write(&self)
        // The length is known only now. Moving the bytes costs less than a separate buffer.
        var length: [UInt8] = []
        length.append(varint: UInt64(bytes.count - start))
        bytes.insert(contentsOf: length, at: start)
    }

    /// Appends fields that another writer encoded.
    mutating func append(_ fields: ProtobufWriter) { bytes.append(contentsOf: fields.bytes) }

    private enum WireType: UInt64 {
        case varint = 0
        case fixed64 = 1
        case lengthPrefixed = 2
    }

    private mutating func key(_ number: UInt64, _ type: WireType) { bytes.append(varint: number << 3 | type.rawValue) }
}

extension [UInt8] {
    /// A varint: seven bits a byte, least significant first. The eighth bit marks that more bytes follow.
    fileprivate mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}
