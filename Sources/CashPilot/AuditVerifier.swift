/// Proves that no audit event was altered or removed since it was sealed, or finds the first that was.
///
/// It reads a stretch at a time, holds no lock and no long snapshot, and may run while the shop sells: a chain is
/// followed up to where it ended at the beginning.
package struct AuditVerifier: Sendable {
    /// How many rows a statement looks at.
    static let stretchMax = 1_000

    /// What was found in one business.
    package struct Report: Sendable {
        package let business: BusinessID
        /// Where the chain ended; `nil` if nothing is sealed.
        package let head: AuditHead?
        /// How many seals were looked at; all of them if there is no fault.
        package let sealed: Int
        /// How many events wait for their seal.
        package let waiting: Int
        /// The first that is wrong.
        package let fault: AuditFault?
    }

    private let store: any AuditChainStore
    private let onProgress: @Sendable (Int) -> Void

    /// - Parameter onProgress: called with the number of rows that were looked at, again and again.
    package init(store: any AuditChainStore, onProgress: @escaping @Sendable (Int) -> Void) {
        self.store = store
        self.onProgress = onProgress
    }

    /// Verifies every business, or one.
    ///
    /// - Parameters:
    ///   - expected: heads that were noted elsewhere: each must still be in its chain.
    ///   - onReport: called for each business, in order of their identities.
    package func verify(
        only business: BusinessID?, expecting expected: [AuditHead], onReport: (Report) throws -> Void
    ) async throws {
        if let business {
            return try onReport(try await report(of: business, expecting: expected.filter { $0.business == business }))
        }
        var previous: BusinessID?
        var missing = expected
        while let business = try await store.business(after: previous) {
            try onReport(try await report(of: business, expecting: missing.filter { $0.business == business }))
            missing.removeAll { $0.business == business }
            previous = business
        }
        for head in missing {
            let fault = AuditFault(.unexpectedHead, in: head.business, at: head.position)
            try onReport(Report(business: head.business, head: nil, sealed: 0, waiting: 0, fault: fault))
        }
    }

    private func report(of business: BusinessID, expecting expected: [AuditHead]) async throws -> Report {
        let ends = try await store.ends(of: business)
        let (sealed, chainFault) = try await follow(business, head: ends.head, last: ends.last ?? 0)
        let (waiting, stray) = try await cover(business)
        var fault = chainFault
        if let missing = chainFault, missing.kind == .sealMissing {
            // The event of a seal that is gone is the one that has none.
            fault = AuditFault(.sealMissing, in: business, at: missing.position, event: stray)
        } else if chainFault == nil, let stray {
            fault = AuditFault(.neverSealed, in: business, at: nil, event: stray)
        }
        for head in expected where fault == nil {
            guard try await store.hash(at: head.position, of: business) != head.hash else { continue }
            fault = AuditFault(.unexpectedHead, in: business, at: head.position)
        }
        return Report(business: business, head: ends.head, sealed: sealed, waiting: waiting, fault: fault)
    }

    /// Follows the chain from its start to where the head and the seals say that it ends.
    private func follow(
        _ business: BusinessID, head: AuditHead?, last: Int64
    ) async throws -> (sealed: Int, fault: AuditFault?) {
        let end = max(head?.position ?? 0, last)
        var link = ChainLink.start
        var sealed = 0
        while link.position < end {
            let stretch = try await store.check(after: link, upTo: end, of: business, limit: Self.stretchMax)
            sealed += stretch.count
            onProgress(stretch.count)
            if let fault = stretch.fault { return (sealed, fault) }
            guard let next = stretch.last else {
                return (sealed, AuditFault(.sealMissing, in: business, at: link.position + 1))
            }
            link = next
        }
        guard end > 0 else { return (sealed, nil) }
        guard let head else { return (sealed, AuditFault(.headMissing, in: business, at: last)) }
        let isRight = head.position == link.position && head.hash == link.hash
        return (sealed, isRight ? nil : AuditFault(.headMismatch, in: business, at: head.position))
    }

    /// Counts the events that wait, and finds the first that neither waits nor is sealed.
    private func cover(_ business: BusinessID) async throws -> (waiting: Int, stray: AuditEventID?) {
        var previous: AuditEventID?
        var (waiting, stray): (Int, AuditEventID?) = (0, nil)
        while true {
            let stretch = try await store.cover(after: previous, of: business, limit: Self.stretchMax)
            waiting += stretch.waiting
            stray = stray ?? stretch.stray
            onProgress(stretch.count)
            guard let last = stretch.last, stretch.count == Self.stretchMax else { return (waiting, stray) }
            previous = last
        }
    }
}
