import CLibCrypto

/// What a hash costs.
///
/// Memory is 128 · N · r bytes, and time grows with it and with p.
package struct ScryptCost: Equatable, Sendable {
    /// N is 2 to this.
    package let log2N: Int
    package let blockSize: Int
    package let parallelism: Int

    /// 32 MiB and about 0.1 s: two at once are 64 MiB and no more, and 64 that wait are through in about 3 s, before
    /// a client gives up. A higher cost for new hashes needs no change to old ones: each carries its own.
    package static let standard = ScryptCost(known: 15, 8, 1)

    private init(known log2N: Int, _ blockSize: Int, _ parallelism: Int) {
        self.log2N = log2N
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// `nil` beyond 128 MiB, or four times the time of that: a damaged row must not take the service's memory.
    package init?(log2N: Int, blockSize: Int, parallelism: Int) {
        guard (1...17).contains(log2N), (1...8).contains(blockSize), (1...4).contains(parallelism) else { return nil }
        self.init(known: log2N, blockSize, parallelism)
    }
}

/// A password's hash with all that is needed to check it, as it is stored: `$scrypt$ln=15,r=8,p=1$salt$key`, salt
/// and key in base64 without padding.
struct ScryptHash {
    /// Of a key, in bytes.
    static let keyLength = 32
    /// Memory limit for one hash, in bytes: 128 MiB for the highest accepted cost, plus 32 MiB for OpenSSL's overhead.
    private static let memoryMax: UInt64 = 160 << 20

    let cost: ScryptCost
    let salt: [UInt8]
    let key: [UInt8]

    /// Derives the key of a password (RFC 7914). Slow by design: call it on a thread that may block.
    ///
    /// The password counts as its UTF-8 bytes and is not normalized: the same keyboard sends the same bytes.
    ///
    /// - Throws: ``ScryptFault/notDerived``.
    init(of password: String, salt: [UInt8], cost: ScryptCost) throws {
        let password = password.utf8.map { CChar(bitPattern: $0) }
        var key = [UInt8](repeating: 0, count: Self.keyLength)
        let isDerived = EVP_PBE_scrypt(
            password, password.count, salt, salt.count, 1 << UInt64(cost.log2N), UInt64(cost.blockSize),
            UInt64(cost.parallelism), Self.memoryMax, &key, key.count)
        guard isDerived == 1 else { throw ScryptFault.notDerived }
        self.init(cost: cost, salt: salt, key: key)
    }

    private init(cost: ScryptCost, salt: [UInt8], key: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.key = key
    }

    /// Reads the stored form; `nil` for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt", let cost = Self.cost(parts[2]),
            let salt = Base64.standard.decode(parts[3].utf8), (8...64).contains(salt.count),
            let key = Base64.standard.decode(parts[4].utf8), key.count == Self.keyLength
        else { return nil }
        self.init(cost: cost, salt: salt, key: key)
    }

    var text: String {
        "$scrypt$ln=\(cost.log2N),r=\(cost.blockSize),p=\(cost.parallelism)"
            + "$\(Base64.standard.encode(salt))$\(Base64.standard.encode(key))"
    }

    /// Compares the keys in constant time.
    func matches(_ other: ScryptHash) -> Bool { isEqualInConstantTime(key, other.key) }

    private static func cost(_ text: Substring) -> ScryptCost? {
        let names = ["ln=", "r=", "p="]
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == names.count else { return nil }
        let values = zip(parts, names).compactMap { part, name in
            part.hasPrefix(name) ? Int(part.dropFirst(name.count)) : nil
        }
        guard values.count == names.count else { return nil }
        return ScryptCost(log2N: values[0], blockSize: values[1], parallelism: values[2])
    }
}
