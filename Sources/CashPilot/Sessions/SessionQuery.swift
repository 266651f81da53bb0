/// A filter for sessions. A `nil` property filters nothing.
package struct SessionQuery: Sendable, Equatable {
    package var status: Session.Status?
    package var cashier: UserID?
    /// At most one session of each business has it.
    package var externalID: String?
    /// The session's `terminal_id`: the id of a registered terminal, or the till that the client named.
    package var terminal: String?
    /// First business date, inclusive; `businessDateTo` is the last, also inclusive.
    package var businessDateFrom: CivilDate?
    package var businessDateTo: CivilDate?
    package var openedFrom: Instant?
    /// Exclusive.
    package var openedBefore: Instant?
    package var isFlagged: Bool?
    package var isStale: Bool?
    /// True lists only sessions that ended without a count; false lists all.
    package var isUncounted = false
    /// Whether a closed session needs a review: it was not counted, or its count was corrected.
    ///
    /// True and false list only closed sessions.
    package var needsReview: Bool?
    /// True lists only deleted sessions, for administrators; false lists only the others.
    package var isDeleted = false

    package init() {}

    /// No session opened before 1970. Filters that contradict each other list nothing.
    private static let beforeAll = Instant(milliseconds: 0)

    /// An equivalent query that the store can answer from an index.
    ///
    /// A stale session is always open, and a business date is close to the time of the open.
    package var bounded: SessionQuery {
        var query = self
        if isStale == true { query.status = status ?? .open }
        if isUncounted {
            query.status = .ended
            if status ?? .ended != .ended { query.openedBefore = Self.beforeAll }
        }
        // Only a closed session needs a review, or needs none.
        if needsReview != nil && query.status ?? .closed != .closed { query.openedBefore = Self.beforeAll }
        // The earliest day starts 14 h ahead of UTC. The latest starts 24 h late, in a zone 12 h behind UTC.
        if let date = businessDateFrom {
            let earliest = date.utcMidnight(daysLater: -1)
            query.openedFrom = max(openedFrom ?? earliest, earliest)
        }
        if let date = businessDateTo {
            let latest = date.utcMidnight(daysLater: 3)
            query.openedBefore = min(openedBefore ?? latest, latest)
        }
        return query
    }
}

extension CivilDate {
    fileprivate func utcMidnight(daysLater days: Int64) -> Instant {
        Instant(milliseconds: (Int64(daysSince1970) + days) * 86_400_000)
    }
}
