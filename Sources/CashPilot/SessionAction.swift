/// What can be done with a session. The raw values are wire names.
package enum SessionAction: String, Sendable, CaseIterable {
    case view
    case close

    /// The ways that `caller` has with a session in a state; the one table of who may do what with it.
    ///
    /// - Returns: nothing for a colleague's session: it is not theirs to see.
    package static func allowed(
        to role: Role, isOwn: Bool, status: Session.Status, isDeleted: Bool
    ) -> [SessionAction] {
        guard role == .admin || (isOwn && !isDeleted) else { return [] }
        switch status {
        case .open, .ended: return isDeleted ? [.view] : [.view, .close]
        case .closed: return [.view]
        }
    }
}

extension Session {
    /// What `caller` may do with this session, in the order to offer.
    package func allowedActions(for caller: UserID, role: Role) -> [SessionAction] {
        SessionAction.allowed(to: role, isOwn: cashier == caller, status: status, isDeleted: deletion != nil)
    }
}
