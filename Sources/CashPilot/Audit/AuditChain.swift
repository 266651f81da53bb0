/// A position in the seal chain of a business, with the hash at that position.
///
/// A head saved elsewhere proves later that the chain up to it is unchanged.
package struct AuditHead: Sendable, Equatable {
    package let business: BusinessID
    /// Counts from 1 without gaps.
    package let position: Int64
    /// SHA-256, 32 bytes.
    package let hash: [UInt8]

    package init(business: BusinessID, position: Int64, hash: [UInt8]) {
        self.business = business
        self.position = position
        self.hash = hash
    }

    /// Parses the format of ``description``; `nil` for any other text.
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

/// A defect in a chain, and its position.
package struct AuditError: Sendable, Equatable {
    /// The command line prints the raw values.
    package enum Kind: String, Sendable {
        /// The event or its seal differs from what was sealed.
        case altered = "ALTERED"
        /// The seal exists, but its event does not.
        case eventMissing = "EVENT_MISSING"
        /// A seal is missing, or every seal from there to the end.
        case sealMissing = "SEAL_MISSING"
        /// Seals exist, but the head row is missing.
        case headMissing = "HEAD_MISSING"
        /// The last seal does not match the head.
        case headMismatch = "HEAD_MISMATCH"
        /// The event has no seal and is not queued for one. It bypassed the trigger, or its seal was removed.
        case neverSealed = "NEVER_SEALED"
        /// An event has waited for its seal for longer than ``AuditVerifier/waitingSecondsMax``.
        case unsealed = "UNSEALED"
        /// A head saved elsewhere is not in the chain.
        case unexpectedHead = "UNEXPECTED_HEAD"
        /// A head saved elsewhere is before the start of the chain, so only an archive file can prove it.
        case archivedHead = "ARCHIVED_HEAD"
        /// Events were archived and removed, but none of the given files has them.
        case archiveMissing = "ARCHIVE_MISSING"
    }

    package let kind: Kind
    package let business: BusinessID
    /// The position in the chain; `nil` for an event that is not in it.
    package let position: Int64?
    /// `nil` if the event can no longer be identified.
    package let event: AuditEventID?

    package init(_ kind: Kind, in business: BusinessID, at position: Int64?, event: AuditEventID? = nil) {
        self.kind = kind
        self.business = business
        self.position = position
        self.event = event
    }
}

/// Compares seals with audit events. Each method runs one statement over a bounded number of rows.
///
/// - Throws: every method throws ``StoreError`` if the store fails.
package protocol AuditChainStore: Sendable {
    /// Reads up to `limit` waiting events and counts them by business.
    func unsealed(limit: Int) async throws -> [(business: BusinessID, waiting: Int)]
    /// Seals up to `limit` waiting events of these businesses.
    ///
    /// - Returns: the number sealed. It is below `limit` if no more events wait, or if another process is sealing one
    ///   of the businesses.
    func seal(_ businesses: [BusinessID], limit: Int) async throws -> Int
    /// Returns the next business with audit events or a chain. Events without a business have an id of their own here.
    func business(after previous: BusinessID?) async throws -> BusinessID?
    /// Returns the ends of the chain: according to its head, according to its last seal, and the last seal that an
    /// archive removed, after which the chain begins.
    func ends(of business: BusinessID) async throws -> ChainEnds
    /// Recomputes up to `limit` seals after `link`, up to position `end`.
    func check(after link: ChainLink, upTo end: Int64, of business: BusinessID, limit: Int)
        async throws -> CheckedStretch
    /// Checks that up to `limit` events after `previous` are sealed or waiting.
    func cover(after previous: AuditEventID?, of business: BusinessID, limit: Int) async throws -> CoveredStretch
    /// Returns the hash of a seal, or of the last seal that an archive removed; `nil` if the position has no seal.
    func hash(at position: Int64, of business: BusinessID) async throws -> [UInt8]?
}

/// The seal from which the next seal is computed.
package struct ChainLink: Sendable, Equatable {
    package let position: Int64
    package let hash: [UInt8]

    /// The link before the first seal.
    package static let start = ChainLink(position: 0, hash: [])

    package init(position: Int64, hash: [UInt8]) {
        self.position = position
        self.hash = hash
    }
}

/// The result of ``AuditChainStore/ends(of:)``.
package struct ChainEnds: Sendable {
    package let head: AuditHead?
    package let last: Int64?
    package let archived: ChainLink?

    package init(head: AuditHead?, last: Int64?, archived: ChainLink?) {
        self.head = head
        self.last = last
        self.archived = archived
    }
}

/// The result of ``AuditChainStore/check(after:upTo:of:limit:)``.
package struct CheckedStretch: Sendable {
    package let count: Int
    /// The number of seals among them whose event an erasure has redacted.
    package let redacted: Int
    /// The last seal of the stretch; `nil` if the stretch is empty.
    package let last: ChainLink?
    /// The first defect; `nil` if there is none.
    package let fault: AuditError?

    package init(count: Int, redacted: Int, last: ChainLink?, fault: AuditError?) {
        self.count = count
        self.redacted = redacted
        self.last = last
        self.fault = fault
    }
}

/// The result of ``AuditChainStore/cover(after:of:limit:)``.
package struct CoveredStretch: Sendable {
    package let count: Int
    /// The last event of the stretch; `nil` if the stretch is empty.
    package let last: AuditEventID?
    package let waiting: Int
    /// The age of the oldest waiting event, in seconds; `nil` if none waits.
    package let waitingSeconds: Int?
    /// The first event that is neither sealed nor waiting.
    package let stray: AuditEventID?

    package init(count: Int, last: AuditEventID?, waiting: Int, waitingSeconds: Int?, stray: AuditEventID?) {
        self.count = count
        self.last = last
        self.waiting = waiting
        self.waitingSeconds = waitingSeconds
        self.stray = stray
    }
}
