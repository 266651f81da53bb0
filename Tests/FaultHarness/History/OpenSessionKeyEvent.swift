/// A fact about one open-session key: at some instant between two times it became true or was true.
package struct OpenSessionKeyEvent: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// No session was open, and this one was opened.
        case opened(String)
        /// The session was open, and it was closed.
        case closed(String)
        /// The session was open.
        case isOpen(String)
        /// No session was open.
        case noneOpen
        /// The session had been closed.
        case isClosed(String)
    }

    /// The end of an event whose response never arrived.
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
