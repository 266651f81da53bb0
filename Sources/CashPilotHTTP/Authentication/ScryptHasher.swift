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

    /// - Throws: ``TooManyLogins``.
    package func hash(_ password: String) async throws -> String {
        let salt = [random(), random()].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
        let cost = cost
        return try await queue.run { try ScryptHash(of: password, salt: salt, cost: cost).text }
    }

    /// - Throws: ``TooManyLogins``; ``ScryptError/malformedHash`` if the stored hash is invalid.
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

    /// - Throws: ``TooManyLogins``.
    package func fingerprint(_ bytes: [UInt8], salt: [UInt8]) async throws -> [UInt8] {
        let cost = cost
        return try await queue.run {
            try ScryptHash(of: Base64.standard.encode(bytes), salt: salt, cost: cost).key
        }
    }

    private static let nobodysSalt: [UInt8] = Array(repeating: 0, count: 16)
}

/// The queue of password checks is full or too slow. The server did not check this password.
package struct TooManyLogins: Error {}

/// The server could not check a password, for a reason that the client cannot influence.
package enum ScryptError: Error, Equatable {
    /// The stored hash of a user is not in this service's format. The error omits the hash.
    case malformedHash
    /// OpenSSL derived no key, because memory was insufficient.
    case notDerived
    /// The system could not start a thread, for this `errno`.
    case noThread(Int32)
}
