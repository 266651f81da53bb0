/// The parameters of one statement, as libpq's arrays of pointers, lengths and formats.
///
/// libpq copies the parameters before its call returns, so one buffer serves every statement of a pool. After the first
/// few statements, encoding allocates no memory.
struct ParameterBuffer {
    private var bytes: [UInt8] = []
    private var starts: [Int] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []
    private var pointers: [UnsafePointer<CChar>?] = []

    private static let binary: Int32 = 1
    /// Marks a null parameter in `starts`.
    private static let null = -1

    /// Encodes `values` and passes their count, pointers, lengths and formats to `body`.
    ///
    /// The pointers are valid until `body` returns.
    mutating func withEncoded<Result>(
        _ values: [Value],
        _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Result
    ) -> Result {
        removeAll()
        for value in values {
            if case .null = value {
                starts.append(Self.null)
                lengths.append(0)
            } else {
                append { value.encode(into: &$0) }
            }
        }
        return withPointers(body)
    }

    /// Encodes the parameters of one execution.
    ///
    /// A batched read has one array per parameter, with one element per request.
    mutating func withEncoded<Result>(
        _ execution: Execution,
        _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Result
    ) -> Result {
        let values = execution.first.request.parameters
        guard execution.isLookup else { return withEncoded(values, body) }
        removeAll()
        for (place, value) in values.enumerated() {
            let parts = execution.members.lazy.map { $0.request.parameters[place] }
            append { Value.encode(parts, of: value.elementType ?? .text, into: &$0) }
        }
        return withPointers(body)
    }

    private mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        pointers.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ encode: (inout [UInt8]) -> Void) {
        let start = bytes.count
        encode(&bytes)
        starts.append(start)
        lengths.append(Int32(bytes.count - start))
    }

    private mutating func withPointers<Result>(
        _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Result
    ) -> Result {
        bytes.append(0)  // libpq reads a null pointer as NULL, so an empty last value needs an address.
        while formats.count < starts.count { formats.append(Self.binary) }
        return bytes.withUnsafeBytes { raw in
            for start in starts {
                let address = start == Self.null ? nil : raw.baseAddress?.advanced(by: start)
                pointers.append(address?.assumingMemoryBound(to: CChar.self))
            }
            return pointers.withUnsafeBufferPointer { pointers in
                lengths.withUnsafeBufferPointer { lengths in
                    formats.withUnsafeBufferPointer { formats in
                        body(Int32(starts.count), pointers.baseAddress, lengths.baseAddress, formats.baseAddress)
                    }
                }
            }
        }
    }
}

extension Value {
    /// Appends the value without its length. A null appends no bytes.
    fileprivate func encode(into bytes: inout [UInt8]) {
        switch self {
        case .null: break
        case .bool(let value): bytes.append(value ? 1 : 0)
        case .int32(let value): bytes.append(bigEndian: value)
        case .int64(let value): bytes.append(bigEndian: value)
        case .text(let value): bytes.append(contentsOf: value.utf8)
        case .bytes(let value): bytes.append(contentsOf: value)
        case .uuid(let value):
            bytes.append(bigEndian: value.high)
            bytes.append(bigEndian: value.low)
        case .timestamp(let value):
            bytes.append(bigEndian: PostgresEpoch.toWire(value.microseconds, PostgresEpoch.microseconds))
        case .date(let value): bytes.append(bigEndian: PostgresEpoch.toWire(value.days, PostgresEpoch.days))
        case .array(let type, let elements): Self.encode(elements, of: type, into: &bytes)
        }
    }

    /// Appends a one-dimensional array in PostgreSQL's binary format.
    ///
    /// The header has five numbers: dimensions, a flag for nulls, element type, element count and first index. The
    /// elements follow, each after its length.
    fileprivate static func encode(
        _ elements: some Collection<Value>, of type: ElementType, into bytes: inout [UInt8]
    ) {
        bytes.append(bigEndian: Int32(elements.isEmpty ? 0 : 1))
        bytes.append(bigEndian: Int32(elements.contains(.null) ? 1 : 0))
        bytes.append(bigEndian: type.typeID)
        guard !elements.isEmpty else { return }
        bytes.append(bigEndian: Int32(elements.count))
        bytes.append(bigEndian: Int32(1))
        for element in elements {
            let header = bytes.count
            bytes.append(bigEndian: Int32(-1))  // The length of a null. Other elements overwrite it.
            if case .null = element { continue }
            element.encode(into: &bytes)
            let length = Int32(bytes.count - header - MemoryLayout<Int32>.size)
            withUnsafeBytes(of: length.bigEndian) { bytes.replaceSubrange(header..<header + $0.count, with: $0) }
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
