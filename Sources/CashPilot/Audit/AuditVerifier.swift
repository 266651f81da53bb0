/// Proves that no sealed audit event was altered or removed, or finds the first defect.
///
/// It reads one stretch at a time, without locks or a long snapshot, so it can run while sessions are in use. It
/// verifies each chain up to the end that the chain had at the start.
package struct AuditVerifier: Sendable {
    /// The maximum number of rows read by one statement.
    static let stretchMax = 1_000
    /// An event that waits for its seal for longer is a fault: a running service seals every second.
    static let waitingSecondsMax = 60

    /// The result for one business.
    package struct Report: Sendable {
        package let business: BusinessID
        /// The head of the chain; `nil` if nothing is sealed.
        package let head: AuditHead?
        /// The number of seals checked; all of them if there is no fault.
        package let sealed: Int
        /// The number of events among them whose personal data was erased. Their seals cannot be recomputed.
        package let redacted: Int
        /// The number of events that wait for a seal.
        package let waiting: Int
        /// The age of the oldest event that waits, in seconds; `nil` if none waits.
        package let waitingSeconds: Int?
        /// The first defect; `nil` if there is none.
        package let fault: AuditError?
    }

    private let store: any AuditChainStore
    private let onProgress: @Sendable (Int) -> Void

    /// - Parameter onProgress: called after each statement with the number of rows it read.
    package init(store: any AuditChainStore, onProgress: @escaping @Sendable (Int) -> Void) {
        self.store = store
        self.onProgress = onProgress
    }

    /// Verifies every business, or one.
    ///
    /// - Parameters:
    ///   - expected: heads saved elsewhere; each must still be in its chain.
    ///   - onReport: called for each business, in order of id.
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
            let fault = AuditError(.unexpectedHead, in: head.business, at: head.position)
            try onReport(
                Report(
                    business: head.business, head: nil, sealed: 0, redacted: 0, waiting: 0, waitingSeconds: nil,
                    fault: fault))
        }
    }

    private func report(of business: BusinessID, expecting expected: [AuditHead]) async throws -> Report {
        let ends = try await store.ends(of: business)
        let (sealed, redacted, chainFault) = try await follow(business, head: ends.head, last: ends.last ?? 0)
        let (waiting, waitingSeconds, stray) = try await cover(business)
        var fault = chainFault
        if let missing = chainFault, missing.kind == .sealMissing {
            // The event of the missing seal is the event without a seal.
            fault = AuditError(.sealMissing, in: business, at: missing.position, event: stray)
        } else if chainFault == nil, let stray {
            fault = AuditError(.neverSealed, in: business, at: nil, event: stray)
        } else if chainFault == nil, waitingSeconds ?? 0 > Self.waitingSecondsMax {
            fault = AuditError(.unsealed, in: business, at: nil)
        }
        for head in expected where fault == nil {
            guard try await store.hash(at: head.position, of: business) != head.hash else { continue }
            fault = AuditError(.unexpectedHead, in: business, at: head.position)
        }
        return Report(
            business: business, head: ends.head, sealed: sealed, redacted: redacted, waiting: waiting,
            waitingSeconds: waitingSeconds, fault: fault)
    }

    /// Verifies the chain from its start to its end.
    ///
    /// The end is the position of the head or of the last seal, whichever is later.
    private func follow(
        _ business: BusinessID, head: AuditHead?, last: Int64
    ) async throws -> (sealed: Int, redacted: Int, fault: AuditError?) {
        let end = max(head?.position ?? 0, last)
        var link = ChainLink.start
        var (sealed, redacted) = (0, 0)
        while link.position < end {
            let stretch = try await store.check(after: link, upTo: end, of: business, limit: Self.stretchMax)
            sealed += stretch.count
            redacted += stretch.redacted
            onProgress(stretch.count)
            if let fault = stretch.fault { return (sealed, redacted, fault) }
            guard let next = stretch.last else {
                return (sealed, redacted, AuditError(.sealMissing, in: business, at: link.position + 1))
            }
            link = next
        }
        guard end > 0 else { return (sealed, redacted, nil) }
        guard let head else { return (sealed, redacted, AuditError(.headMissing, in: business, at: last)) }
        let isRight = head.position == link.position && head.hash == link.hash
        return (sealed, redacted, isRight ? nil : AuditError(.headMismatch, in: business, at: head.position))
    }

    /// Counts the waiting events and finds the first event that is neither waiting nor sealed.
    private func cover(
        _ business: BusinessID
    ) async throws -> (waiting: Int, waitingSeconds: Int?, stray: AuditEventID?) {
        var previous: AuditEventID?
        var (waiting, seconds, stray): (Int, Int?, AuditEventID?) = (0, nil, nil)
        while true {
            let stretch = try await store.cover(after: previous, of: business, limit: Self.stretchMax)
            waiting += stretch.waiting
            seconds = [seconds, stretch.waitingSeconds].compactMap { $0 }.max()
            stray = stray ?? stretch.stray
            onProgress(stretch.count)
            guard let last = stretch.last, stretch.count == Self.stretchMax else {
                return (waiting, seconds, stray)
            }
            previous = last
        }
    }
}
