/// Proves that no sealed audit event was altered or removed, or finds the first defect.
///
/// It reads one stretch at a time, without locks or a long snapshot, so it can run while sessions are in use. It
/// verifies each chain up to the end that the chain had at the start. A chain whose start was archived is verified from
/// the last removed seal on.
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
    ///   - archives: the ends of the verified archive files, which must have all removed events; `nil` to verify
    ///     without files.
    ///   - onReport: called for each business, in order of id.
    package func verify(
        only business: BusinessID?, expecting expected: [AuditHead], archives: [AuditHead]? = nil,
        onReport: (Report) throws -> Void
    ) async throws {
        // The database must still have what follows a file.
        var missing = expected + (archives ?? [])
        if let business {
            return try onReport(
                try await report(of: business, expecting: missing.filter { $0.business == business }, archives))
        }
        var previous: BusinessID?
        while let business = try await store.business(after: previous) {
            try onReport(
                try await report(of: business, expecting: missing.filter { $0.business == business }, archives))
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

    private func report(
        of business: BusinessID, expecting expected: [AuditHead], _ archives: [AuditHead]?
    ) async throws -> Report {
        let ends = try await store.ends(of: business)
        let (sealed, redacted, chainFault) = try await follow(business, ends)
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
        let removed = ends.archived?.position ?? 0
        if fault == nil, let archives {
            let end = archives.first { $0.business == business }?.position ?? 0
            if end < removed { fault = AuditError(.archiveMissing, in: business, at: end + 1) }
        }
        for head in expected where fault == nil {
            let hash = try await store.hash(at: head.position, of: business)
            guard hash != head.hash else { continue }
            let isRemoved = hash == nil && head.position < removed && archives == nil
            fault = AuditError(isRemoved ? .archivedHead : .unexpectedHead, in: business, at: head.position)
        }
        return Report(
            business: business, head: ends.head, sealed: sealed, redacted: redacted, waiting: waiting,
            waitingSeconds: waitingSeconds, fault: fault)
    }

    /// Verifies the chain from its start to its end.
    ///
    /// The end is the position of the head or of the last seal, whichever is later.
    private func follow(
        _ business: BusinessID, _ ends: ChainEnds
    ) async throws -> (sealed: Int, redacted: Int, fault: AuditError?) {
        let (head, last) = (ends.head, ends.last ?? 0)
        var link = ends.archived ?? .start
        let end = max(head?.position ?? 0, last, link.position)
        var (sealed, redacted) = (0, 0)
        while link.position < end {
            let stretch = try await store.check(after: link, upTo: end, of: business, limit: Self.stretchMax)
            let missing = AuditError(.sealMissing, in: business, at: link.position + 1)
            if let fault = stretch.fault ?? (stretch.last == nil ? missing : nil) {
                // An archive that runs at the same time may have removed the events.
                if let start = try await store.ends(of: business).archived, start.position > link.position {
                    link = start
                    continue
                }
                return (sealed + stretch.count, redacted + stretch.redacted, fault)
            }
            sealed += stretch.count
            redacted += stretch.redacted
            onProgress(stretch.count)
            link = stretch.last ?? link
        }
        guard end > 0 else { return (sealed, redacted, nil) }
        guard let head else { return (sealed, redacted, AuditError(.headMissing, in: business, at: end)) }
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
