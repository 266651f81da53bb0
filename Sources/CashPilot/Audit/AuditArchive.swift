/// The events of one business in an archive file: all positions of its chain from the first to the last.
package struct ArchivedRange: Sendable, Equatable {
    package let business: BusinessID
    package let firstPosition: Int64
    package let last: ChainLink

    package init(business: BusinessID, firstPosition: Int64, last: ChainLink) {
        self.business = business
        self.firstPosition = firstPosition
        self.last = last
    }

    package var head: AuditHead { AuditHead(business: business, position: last.position, hash: last.hash) }
}

/// Reads sealed audit events for an archive, checks archived events, and removes them.
///
/// - Throws: every method throws ``StoreError`` if the store fails.
package protocol AuditArchiveStore: Sendable {
    /// Returns what an archive may remove of the next business that has such events.
    ///
    /// - Parameter date: the events were sealed before this day began, in UTC.
    func range(after previous: BusinessID?, sealedBefore date: CivilDate) async throws -> ArchivedRange?
    /// Returns up to `limit` events as lines of JSON, in order of position.
    func lines(of business: BusinessID, after position: Int64, upTo last: Int64, limit: Int) async throws -> [String]
    /// Recomputes the seals of lines that follow `link`.
    func check(_ lines: [String], after link: ChainLink, of business: BusinessID) async throws -> CheckedStretch
    /// Deletes up to `limit` of the oldest events of the event log whose audit events an archive may remove.
    ///
    /// - Returns: the number deleted.
    func trimEventLog(sealedBefore date: CivilDate, limit: Int) async throws -> Int
    /// Removes up to `limit` events that a file has, in one transaction with the new start of the chain.
    ///
    /// - Parameter file: the SHA-256 of the file.
    /// - Returns: the number removed; 0 if none is left.
    func remove(_ range: ArchivedRange, file: [UInt8], limit: Int) async throws -> Int
}

/// Recomputes the seals of archive files, one stretch of lines at a time.
///
/// The hash of a seal is computed from the seal before it. So files must be verified in the order of their export.
package struct ArchiveVerifier: Sendable {
    private let store: any AuditArchiveStore
    private let onProgress: @Sendable (Int) -> Void
    /// The end of each chain in the files that were verified.
    package private(set) var links: [BusinessID: ChainLink]
    /// The heads that no verified file contains.
    package private(set) var unproven: [AuditHead]
    package private(set) var events = 0
    package private(set) var redacted = 0

    /// - Parameters:
    ///   - links: where the first file continues; empty for the start of every chain.
    ///   - expected: heads saved elsewhere.
    ///   - onProgress: called after each statement with the number of events it read.
    package init(
        store: any AuditArchiveStore, continuing links: [BusinessID: ChainLink] = [:],
        expecting expected: [AuditHead] = [], onProgress: @escaping @Sendable (Int) -> Void
    ) {
        self.store = store
        self.links = links
        unproven = expected
        self.onProgress = onProgress
    }

    /// The ends of the verified files.
    package var heads: [AuditHead] {
        links.map { AuditHead(business: $0.key, position: $0.value.position, hash: $0.value.hash) }
    }

    /// Verifies a file.
    ///
    /// - Parameters:
    ///   - ranges: the contents of the file, in its order.
    ///   - lines: reads the next lines, up to a number.
    /// - Returns: the first defect; `nil` if there is none.
    package mutating func verify(
        _ ranges: [ArchivedRange], lines: (Int) throws -> [String]
    ) async throws -> AuditError? {
        for range in ranges {
            if let fault = try await verify(range, lines: lines) { return fault }
        }
        return nil
    }

    private mutating func verify(
        _ range: ArchivedRange, lines: (Int) throws -> [String]
    ) async throws -> AuditError? {
        var link = links[range.business] ?? .start
        guard range.firstPosition == link.position + 1 else {
            return AuditError(.archiveMissing, in: range.business, at: link.position + 1)
        }
        while link.position < range.last.position {
            // A stretch ends at each expected head, so that its hash can be compared.
            let end = unproven.lazy
                .filter { $0.business == range.business && $0.position > link.position }
                .map(\.position).reduce(range.last.position, min)
            let stretch = try lines(Int(min(end - link.position, Int64(AuditVerifier.stretchMax))))
            let checked = try await store.check(stretch, after: link, of: range.business)
            events += checked.count
            redacted += checked.redacted
            onProgress(checked.count)
            if let fault = checked.fault { return fault }
            guard let last = checked.last else {
                return AuditError(.sealMissing, in: range.business, at: link.position + 1)
            }
            link = last
            unproven.removeAll { $0.business == range.business && $0.position == last.position && $0.hash == last.hash }
        }
        guard link == range.last else { return AuditError(.headMismatch, in: range.business, at: link.position) }
        links[range.business] = link
        return nil
    }
}
