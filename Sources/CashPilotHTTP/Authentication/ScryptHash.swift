import CLibCrypto

/// The cost parameters of a scrypt hash.
///
/// A hash uses 128 · N · r bytes of memory. Its time grows with that and with p.
package struct ScryptCost: Equatable, Sendable {
    /// The base-2 logarithm of N.
    package let log2N: Int
    package let blockSize: Int
    package let parallelism: Int

    /// The cost of new hashes: 32 MiB and about 0.1 s each.
    ///
    /// Two run at once (64 MiB), and 64 waiting ones finish in about 3 s, before clients time out. A later increase
    /// does not affect stored hashes, because each contains its own cost.
    package static let standard = ScryptCost(known: 15, 8, 1)

    private init(known log2N: Int, _ blockSize: Int, _ parallelism: Int) {
        self.log2N = log2N
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// `nil` above 128 MiB or four times its time. A damaged row then cannot exhaust memory.
    package init?(log2N: Int, blockSize: Int, parallelism: Int) {
        guard (1...17).contains(log2N), (1...8).contains(blockSize), (1...4).contains(parallelism) else { return nil }
        self.init(known: log2N, blockSize, parallelism)
    }
}

/// A password hash in its stored form: `$scrypt$ln=15,r=8,p=1$salt$key`.
///
/// Salt and key are in base64 without padding.
struct ScryptHash {
    /// The length of the key, in bytes.
    static let keyLength = 32
    /// Memory limit for one hash, in bytes. 128 MiB for the highest accepted cost, plus 32 MiB for OpenSSL.
    private static let memoryMax: UInt64 = 160 << 20

    let cost: ScryptCost
    let salt: [UInt8]
    let key: [UInt8]

    /// Derives the key of a password (RFC 7914). It is slow by design, so call it on a thread that may block.
    ///
    /// It uses the password's UTF-8 bytes without normalization, because one keyboard always sends the same bytes.
    ///
    /// - Throws: ``ScryptError/notDerived``.
    init(of password: String, salt: [UInt8], cost: ScryptCost) throws {
        let password = password.utf8.map { CChar(bitPattern: $0) }
        var key = [UInt8](repeating: 0, count: Self.keyLength)
        let isDerived = EVP_PBE_scrypt(
            password, password.count, salt, salt.count, 1 << UInt64(cost.log2N), UInt64(cost.blockSize),
            UInt64(cost.parallelism), Self.memoryMax, &key, key.count)
        guard isDerived == 1 else { throw ScryptError.notDerived }
        self.init(cost: cost, salt: salt, key: key)
    }

    private init(cost: ScryptCost, salt: [UInt8], key: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.key = key
    }

    /// Parses the stored form; `nil` for anything else.
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
