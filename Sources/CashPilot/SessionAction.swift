/// What can be done with a session. The raw values are wire names, and the last word of the path that does it.
package enum SessionAction: String, Sendable, CaseIterable {
    case view
    case close
    /// Stops the shift without a count, and frees the slot.
    case end
    case edit
    /// Closes, and opens for a colleague with the count as their float.
    case handover
    case forceClose = "force-close"
    case reopen
    case delete
    case restore
    case flag
    case unflag
}

extension SessionAction {
    /// What the rules say to an action.
    package enum Verdict: Sendable {
        case allowed
        /// The caller does not see the session.
        case notFound
        /// It is a colleague's, or only administrators may do it.
        case forbidden
        /// It is in no state that allows this.
        case wrongState
    }

    /// The one table of who may do what with a session, in a business that they see. How long after its closing a
    /// session may still be edited is not in it: that is ``Session/isInEditWindow``.
    package static func verdict(
        on action: SessionAction, by role: Role, isOwn: Bool, status: Session.Status, isDeleted: Bool
    ) -> Verdict {
        if role == .cashier {
            guard isOwn else { return .forbidden }
            guard !isDeleted else { return .notFound }
            guard !action.isForAdministrators else { return .forbidden }
        }
        let isPossible =
            switch action {
            case .view: true
            case .restore: isDeleted
            case .edit, .delete, .flag, .unflag: !isDeleted
            case .close, .forceClose: !isDeleted && status != .closed
            case .end, .handover: !isDeleted && status == .open
            case .reopen: !isDeleted && status != .open
            }
        return isPossible ? .allowed : .wrongState
    }

    private var isForAdministrators: Bool {
        switch self {
        case .view, .close, .end, .edit, .handover: false
        case .forceClose, .reopen, .delete, .restore, .flag, .unflag: true
        }
    }
}

extension Session {
    /// What `caller` may do with this session, in the order to offer; nothing with a colleague's.
    package func allowedActions(for caller: UserID, role: Role) -> [SessionAction] {
        SessionAction.allCases.filter { action in
            switch action {
            case .edit where status == .closed && role == .cashier && !isInEditWindow: false
            case .unflag where flag == nil: false
            default: verdict(on: action, by: role, caller) == .allowed
            }
        }
    }

    /// What the table says to an action of `caller` on this session.
    func verdict(on action: SessionAction, by role: Role, _ caller: UserID) -> SessionAction.Verdict {
        SessionAction.verdict(
            on: action, by: role, isOwn: cashier == caller, status: status, isDeleted: deletion != nil)
    }
}

extension Blocker {
    /// The ways out of a refused open that `role` has: to look at the session in the way, and to close it.
    package static func actions(for role: Role, isOwn: Bool, status: Session.Status) -> [SessionAction] {
        [.view, .close].filter {
            SessionAction.verdict(on: $0, by: role, isOwn: isOwn, status: status, isDeleted: false) == .allowed
        }
    }
}
