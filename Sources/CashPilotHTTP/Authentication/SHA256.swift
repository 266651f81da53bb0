import CLibCrypto

/// SHA-256 by OpenSSL (FIPS 180-4).
package struct SHA256 {
    /// The 32 bytes of a hash. It compares and hashes without an allocation.
    package struct Digest: Hashable, Sendable {
        private let words: SIMD4<UInt64>

        fileprivate init(_ fill: (UnsafeMutablePointer<UInt8>) -> Void) {
            var words = SIMD4<UInt64>()
            withUnsafeMutableBytes(of: &words) { bytes in
                bytes.withMemoryRebound(to: UInt8.self) { if let first = $0.baseAddress { fill(first) } }
            }
            self.words = words
        }

        package var bytes: [UInt8] { withUnsafeBytes(of: words) { Array($0) } }
    }

    private var context = SHA256_CTX()

    package init() { SHA256_Init(&context) }

    package mutating func update(_ bytes: some Sequence<UInt8>) {
        let inPlace: Void? = bytes.withContiguousStorageIfAvailable {
            _ = SHA256_Update(&context, $0.baseAddress, $0.count)
        }
        if inPlace == nil {
            Array(bytes).withUnsafeBufferPointer { _ = SHA256_Update(&context, $0.baseAddress, $0.count) }
        }
    }

    package consuming func finalize() -> Digest {
        var context = context
        return Digest { SHA256_Final($0, &context) }
    }

    static func hash(_ bytes: some Sequence<UInt8>) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }
}

/// Compares secrets in constant time. Only their lengths may leak.
func isEqualInConstantTime(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    one.count == other.count && CRYPTO_memcmp(one, other, one.count) == 0
}
