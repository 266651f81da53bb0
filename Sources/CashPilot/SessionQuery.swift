/// Which sessions to list. What is `nil` does not matter.
package struct SessionQuery: Sendable, Equatable {
    package var status: Session.Status?
    package var cashier: UserID?
    /// First and last business date, both included.
    package var businessDateFrom: CivilDate?
    package var businessDateTo: CivilDate?
    package var openedFrom: Instant?
    /// Not included.
    package var openedBefore: Instant?
    package var isFlagged: Bool?
    package var isStale: Bool?
    /// The deleted ones, for administrators, instead of the others.
    package var isDeleted = false

    package init() {}
}

extension SessionQuery {
    /// The same sessions, asked for so that the store finds them in its order instead of looking at every one: a stale
    /// session is open, and a business date is near the moment of opening.
    package var bounded: SessionQuery {
        var query = self
        if isStale == true { query.status = status ?? .open }
        // From a day that began 14 hours ahead of UTC, to one that began 24 hours late, 12 hours behind UTC.
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

/// A place in a list that is ordered newest first: what follows is older, or as old with a smaller id.
package struct Cursor<Entity>: Sendable, Equatable {
    package let instant: Instant
    package let id: ID<Entity>

    package init(instant: Instant, id: ID<Entity>) {
        self.instant = instant
        self.id = id
    }
}

/// Part of a list.
package struct Page<Item: Sendable, Entity>: Sendable {
    package let items: [Item]
    /// Where the next page begins; `nil` on the last.
    package let next: Cursor<Entity>?

    package init(items: [Item], next: Cursor<Entity>?) {
        self.items = items
        self.next = next
    }

    /// How many items a page may have.
    package static var limits: ClosedRange<Int> { 1...200 }
}
