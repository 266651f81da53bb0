/// The actions on a session. The raw value is the API name and the last path segment of its endpoint.
package enum SessionAction: String, Sendable, CaseIterable {
    case view
    case close
    /// Ends the shift without a count and frees the open-session key.
    case end
    case edit
    /// Closes the session and opens a colleague's with the count as float.
    case handover
    case forceClose = "force-close"
    case reopen
    case delete
    case restore
    case flag
    case unflag
}

extension SessionAction {
    /// The decision of the rules about an action.
    package enum Verdict: Sendable {
        case allowed
        /// The caller may not see the session.
        case notFound
        /// The session is a colleague's, or only administrators may do this.
        case forbidden
        /// The session's state does not allow this.
        case wrongState
    }

    /// The permission table of all session actions, for a business that the caller sees.
    ///
    /// It does not cover the edit window of a closed session: see ``Session/isInEditWindow``.
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
    /// The actions that `caller` may take on this session, in display order.
    ///
    /// A cashier may take none on a colleague's session.
    package func allowedActions(for caller: UserID, role: Role) -> [SessionAction] {
        SessionAction.allCases.filter { action in
            switch action {
            case .edit where status == .closed && role == .cashier && !isInEditWindow: false
            case .unflag where flag == nil: false
            default: verdict(on: action, by: role, caller) == .allowed
            }
        }
    }

    /// Looks up an action of `caller` on this session in the permission table.
    func verdict(on action: SessionAction, by role: Role, _ caller: UserID) -> SessionAction.Verdict {
        SessionAction.verdict(
            on: action, by: role, isOwn: cashier == caller, status: status, isDeleted: deletion != nil)
    }
}

extension SessionConflict {
    /// The actions that resolve a conflict and are allowed for `role`: view and close the existing session.
    package static func actions(for role: Role, isOwn: Bool, status: Session.Status) -> [SessionAction] {
        [.view, .close].filter {
            SessionAction.verdict(on: $0, by: role, isOwn: isOwn, status: status, isDeleted: false) == .allowed
        }
    }
}
