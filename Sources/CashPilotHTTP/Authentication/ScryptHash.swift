import Crypto
import CryptoExtras

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

    let cost: ScryptCost
    let salt: [UInt8]
    let key: [UInt8]

    /// Hashes a password: slow by design, and only for a thread that may block.
    ///
    /// The password is taken as the bytes that came, not normalized: the same keyboard sends the same bytes.
    init(of password: String, salt: [UInt8], cost: ScryptCost) throws {
        // The library needs an address, which no bytes at all may lack. HMAC fills its key up with zeros, so that
        // one zero is the same key as none.
        let bytes = password.isEmpty ? [0] : Array(password.utf8)
        let key = try KDF.Scrypt.deriveKey(
            from: bytes, salt: salt, outputByteCount: Self.keyLength, rounds: 1 << cost.log2N,
            blockSize: cost.blockSize, parallelism: cost.parallelism)
        self.init(cost: cost, salt: salt, key: key.withUnsafeBytes { Array($0) })
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

    /// Whether the keys are the same, in a time that does not tell how much of them is.
    func matches(_ other: ScryptHash) -> Bool {
        guard key.count == other.key.count else { return false }
        return zip(key, other.key).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

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
