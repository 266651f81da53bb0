/// Something that is known about one slot: at some instant between two times it was so, or became so.
package struct SlotEvent: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// The slot was empty, and the session took it.
        case fill(String)
        /// The session was in the slot, and left it.
        case vacate(String)
        /// The session was in the slot.
        case holds(String)
        /// No session was in the slot.
        case isEmpty
        /// The session had left the slot.
        case isGone(String)
    }

    /// For what happened at an instant that nobody saw the end of.
    package static let never = Int64.max

    package let kind: Kind
    package let from: Int64
    package let to: Int64

    package init(_ kind: Kind, from: Int64, to: Int64) {
        self.kind = kind
        self.from = from
        self.to = to
    }
}
