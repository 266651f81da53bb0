/// A place in the chain of seals over a business's audit events, and the hash there. Noted elsewhere, it proves later
/// that the chain up to it is still the same.
package struct AuditHead: Sendable, Equatable {
    package let business: BusinessID
    /// From 1, without gaps.
    package let position: Int64
    /// SHA-256, 32 bytes.
    package let hash: [UInt8]

    package init(business: BusinessID, position: Int64, hash: [UInt8]) {
        self.business = business
        self.position = position
        self.hash = hash
    }

    /// Reads what ``description`` writes; `nil` for anything else.
    package init?(_ text: Substring) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let business = BusinessID(parts[0]), let position = Int64(parts[1]), position > 0
        else { return nil }
        let digits = parts[2].compactMap(\.hexDigitValue)
        guard digits.count == 64, parts[2].utf8.count == 64 else { return nil }
        self.init(
            business: business, position: position,
            hash: stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
    }
}

extension AuditHead: CustomStringConvertible {
    /// `BUSINESS:POSITION:HASH`, on one line.
    package var description: String {
        let hex = hash.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        return "\(business):\(position):\(hex)"
    }
}

/// What is wrong with a chain, and where.
package struct AuditFault: Sendable, Equatable {
    /// The raw values are printed.
    package enum Kind: String, Sendable {
        /// The event, or its seal, is not what was sealed.
        case altered = "ALTERED"
        /// The seal stands, the event is gone.
        case eventMissing = "EVENT_MISSING"
        /// A seal is gone: from the middle, or all from there to the end.
        case sealMissing = "SEAL_MISSING"
        /// There are seals, and nothing that says where they end.
        case headMissing = "HEAD_MISSING"
        /// The seals end elsewhere than the head says.
        case headMismatch = "HEAD_MISMATCH"
        /// An event that has no seal and does not wait for one: it came past the trigger, or its seal was removed.
        case neverSealed = "NEVER_SEALED"
        /// The head that was noted elsewhere is not in the chain.
        case unexpectedHead = "UNEXPECTED_HEAD"
    }

    package let kind: Kind
    package let business: BusinessID
    /// In the chain; `nil` for an event that is not in it.
    package let position: Int64?
    /// `nil` if nobody knows any more.
    package let event: AuditEventID?

    package init(_ kind: Kind, in business: BusinessID, at position: Int64?, event: AuditEventID? = nil) {
        self.kind = kind
        self.business = business
        self.position = position
        self.event = event
    }
}

/// Where the seals and the audit events are compared. Each method is one statement, and reads a bounded part.
///
/// - Throws: every method throws ``StoreFault`` if the store could not do its work.
package protocol AuditChainStore: Sendable {
    /// Up to `limit` waiting events are looked at: the businesses they are of, and how many of each.
    func unsealed(limit: Int) async throws -> [(business: BusinessID, waiting: Int)]
    /// Seals up to `limit` waiting events of these businesses, and says how many: fewer if no more wait, but for those
    /// of a business that somebody else is at.
    func seal(_ businesses: [BusinessID], limit: Int) async throws -> Int
    /// The next business with a trail or a chain; what belongs to no business has an identity of its own here.
    func business(after previous: BusinessID?) async throws -> BusinessID?
    /// Where the chain ends: by its head, and by its last seal.
    func ends(of business: BusinessID) async throws -> (head: AuditHead?, last: Int64?)
    /// Works out again up to `limit` seals behind `link`, and not behind `end`.
    func check(after link: ChainLink, upTo end: Int64, of business: BusinessID, limit: Int)
        async throws -> CheckedStretch
    /// Whether up to `limit` events behind `previous` are sealed or wait for it.
    func cover(after previous: AuditEventID?, of business: BusinessID, limit: Int) async throws -> CoveredStretch
    /// The hash of a seal; `nil` if there is none at this position.
    func hash(at position: Int64, of business: BusinessID) async throws -> [UInt8]?
}

/// The seal that the next one is worked out from.
package struct ChainLink: Sendable, Equatable {
    package let position: Int64
    package let hash: [UInt8]

    /// Before the first seal.
    package static let start = ChainLink(position: 0, hash: [])

    package init(position: Int64, hash: [UInt8]) {
        self.position = position
        self.hash = hash
    }
}

/// What ``AuditChainStore/check(after:upTo:of:limit:)`` found.
package struct CheckedStretch: Sendable {
    package let count: Int
    /// The last seal of the stretch; `nil` if it is empty.
    package let last: ChainLink?
    /// The first that is wrong.
    package let fault: AuditFault?

    package init(count: Int, last: ChainLink?, fault: AuditFault?) {
        self.count = count
        self.last = last
        self.fault = fault
    }
}

/// What ``AuditChainStore/cover(after:of:limit:)`` found.
package struct CoveredStretch: Sendable {
    package let count: Int
    /// The last event of the stretch; `nil` if it is empty.
    package let last: AuditEventID?
    package let waiting: Int
    /// The first that has no seal and does not wait for one.
    package let stray: AuditEventID?

    package init(count: Int, last: AuditEventID?, waiting: Int, stray: AuditEventID?) {
        self.count = count
        self.last = last
        self.waiting = waiting
        self.stray = stray
    }
}
