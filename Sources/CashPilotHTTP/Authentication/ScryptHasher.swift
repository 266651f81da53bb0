import CLibCrypto
import CashPilot

/// Hashes passwords with scrypt on its own threads.
package final class ScryptHasher: PasswordHasher {
    private let cost: ScryptCost
    private let random: @Sendable () -> UInt64
    private let queue: HashQueue

    /// - Parameters:
    ///   - cost: the cost of new hashes. Verification uses the stored hash's own cost.
    ///   - random: returns 64 unpredictable bits on each call, for salts.
    package convenience init(cost: ScryptCost = .standard, random: @escaping @Sendable () -> UInt64) {
        self.init(cost: cost, queue: HashQueue(), random: random)
    }

    init(cost: ScryptCost, queue: HashQueue, random: @escaping @Sendable () -> UInt64) {
        self.cost = cost
        self.queue = queue
        self.random = random
    }

    /// The number of password hashes that run or wait, for the metrics.
    package var count: Int { queue.count }

    package func hash(_ password: String) async throws -> String {
        let salt = [random(), random()].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
        let cost = cost
        return try await queue.run { try ScryptHash(of: password, salt: salt, cost: cost).text }
    }

    /// - Throws: ``ScryptError/malformedHash`` if the stored hash is invalid.
    package func verify(_ password: String, against hash: String?) async throws -> Bool {
        guard let hash else {
            // Hashes for unknown accounts too, so that timing does not reveal which accounts exist.
            let cost = cost
            _ = try await queue.run { try ScryptHash(of: password, salt: Self.nobodysSalt, cost: cost) }
            return false
        }
        guard let kept = ScryptHash(hash) else { throw ScryptError.malformedHash }
        return try await queue.run { try ScryptHash(of: password, salt: kept.salt, cost: kept.cost).matches(kept) }
    }

    private static let nobodysSalt: [UInt8] = Array(repeating: 0, count: 16)
}

/// The server could not check a password, for a reason that the client cannot influence.
package enum ScryptError: Error, Equatable {
    /// The stored hash of a user is not in this service's format. The error omits the hash.
    case malformedHash
    /// OpenSSL derived no key, because memory was insufficient.
    case notDerived
    /// The system could not start a thread, for this `errno`.
    case noThread(Int32)
}

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
    /// Two hashes run at once (64 MiB). `PasswordQueue` limits how many wait. A later increase does not affect stored
    /// hashes, because each contains its own cost.
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
}

extension ScryptHash {
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
