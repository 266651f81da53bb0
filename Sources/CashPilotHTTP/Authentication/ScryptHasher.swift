import CashPilot

/// Keeps passwords by scrypt, on threads of its own.
package final class ScryptHasher: PasswordHasher {
    private let cost: ScryptCost
    private let random: @Sendable () -> UInt64
    private let queue: HashQueue

    /// - Parameters:
    ///   - cost: of new hashes. A stored one is checked at its own cost.
    ///   - random: 64 unpredictable bits at each call, for salts.
    package convenience init(cost: ScryptCost = .standard, random: @escaping @Sendable () -> UInt64) {
        self.init(cost: cost, queue: HashQueue(), random: random)
    }

    init(cost: ScryptCost, queue: HashQueue, random: @escaping @Sendable () -> UInt64) {
        self.cost = cost
        self.queue = queue
        self.random = random
    }

    /// How many passwords are being hashed or wait for it; for the metrics.
    package var count: Int { queue.count }

    /// - Throws: ``TooManyLogins``.
    package func hash(_ password: String) async throws -> String {
        let salt = [random(), random()].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
        let cost = cost
        return try await queue.run { try ScryptHash(of: password, salt: salt, cost: cost).text }
    }

    /// - Throws: ``TooManyLogins``; ``ScryptFault/malformedHash`` if the stored hash is none of ours.
    package func verify(_ password: String, against hash: String?) async throws -> Bool {
        guard let hash else {
            // An account that does not exist must cost as much as one that does.
            let cost = cost
            _ = try await queue.run { try ScryptHash(of: password, salt: Self.nobodysSalt, cost: cost) }
            return false
        }
        guard let kept = ScryptHash(hash) else { throw ScryptFault.malformedHash }
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

/// So many passwords are being checked that another one would wait for too long. Nothing was checked.
package struct TooManyLogins: Error {}

/// Passwords cannot be checked, through no fault of whoever logs in.
package enum ScryptFault: Error, Equatable {
    /// What the database holds for a user is not a hash of ours. The hash is not in the text.
    case malformedHash
    /// OpenSSL derived no key: there was no memory for it.
    case notDerived
    /// The system has no thread to give: an `errno`.
    case noThread(Int32)
}
