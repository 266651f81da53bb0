/// Part of a list that is sorted newest first.
package struct Page<Item: Sendable, Entity>: Sendable {
    package let items: [Item]
    /// The start of the next page; `nil` on the last page.
    package let next: Cursor<Entity>?

    package static var limits: ClosedRange<Int> { 1...200 }

    /// Makes a page from up to `limit` + 1 items. The extra item only shows that another page exists.
    init(of found: consuming [Item], limit: Int, cursor: (Item) -> Cursor<Entity>) {
        let surplus = found.count - limit
        if surplus > 0 { found.removeLast(surplus) }
        items = found
        next = surplus > 0 ? found.last.map(cursor) : nil
    }
}

/// A position in a list sorted newest first. The next items are older, or equally old with a smaller id.
package struct Cursor<Entity>: Sendable, Equatable {
    package let instant: Instant
    package let id: ID<Entity>

    package init(instant: Instant, id: ID<Entity>) {
        self.instant = instant
        self.id = id
    }
}
