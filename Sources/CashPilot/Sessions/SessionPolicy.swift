/// The rules about who may do what with sessions: the only place that decides them.
///
/// Errors, `allowed_actions`, replays and lists all use it. docs/RIGHTS.md is the table that tests compare it with. SQL
/// repeats only what must be atomic with a write, marked `-- policy:`.
///
/// All rules assume a caller that sees the session's business.
package enum SessionPolicy {
    /// The decision about an action on a session.
    package enum Decision: Sendable, Equatable {
        case allowed
        /// The caller may take the action, but it would change nothing.
        case unnecessary
        /// The caller may not see the session.
        case notFound
        /// The session is a colleague's, or only administrators may do this.
        case forbidden
        /// The session's state does not allow this.
        case wrongState
        /// The books of the session's business date are closed.
        case booksClosed
        /// The session is closed, and its cashier's time for corrections is over.
        case editWindowExpired
        /// The expected cash is hidden until the caller has counted.
        case countFirst
        /// The business counts blind, the session is counted, and only administrators change its figures.
        case countIsFinal
        /// The session's count is the float of this session, and the change was not acknowledged.
        case handedOver(Session.Link)
        /// An obstacle prevents the handover or the reopen.
        case obstructed(Session.Obstacle)
    }

    /// Decides whether a caller may take an action on a session.
    ///
    /// - Parameters:
    ///   - edit: the values to change, if the action is an edit and they are known.
    ///   - acknowledged: whether the request accepts that the successor's float differs from the new count. Only an
    ///     administrator can accept it.
    package static func decide(
        _ action: SessionAction, on session: Session, by caller: UserID, role: Role, edit: SessionEdit? = nil,
        acknowledged: Bool = false
    ) -> Decision {
        let decision = decide(
            action, isOwn: session.cashier == caller, role: role, status: session.status,
            isDeleted: session.deletion != nil)
        guard decision == .allowed, action != .view else { return decision }
        if action == .reconcile { return session.isBlind(to: role) ? .countFirst : .allowed }
        if role == .cashier && edit?.isForAdministrators ?? false { return .forbidden }
        if session.facts.isInClosedBooks { return .booksClosed }
        if action == .edit && role == .cashier && session.status == .closed && !session.facts.isInEditWindow {
            return .editWindowExpired
        }
        if role == .cashier && session.facts.isBlind && session.count.finalCash != nil && edit?.changesFigures ?? false
        {
            return .countIsFinal
        }
        if let successor = session.handedOverTo, changesCount(action, of: session, by: edit),
            role == .cashier || !acknowledged
        {
            return .handedOver(successor)
        }
        switch action {
        case .unflag where session.flag == nil: return .unnecessary
        case .handover, .reopen: return session.facts.obstacle.map(Decision.obstructed) ?? .allowed
        default: return .allowed
        }
    }

    /// Whether an action changes the count of a session that was handed over.
    ///
    /// A second handover would also replace the link to the first successor.
    private static func changesCount(_ action: SessionAction, of session: Session, by edit: SessionEdit?) -> Bool {
        switch action {
        case .edit: edit?.count.finalCash.map { $0 != session.count.finalCash } ?? false
        case .reopen, .handover: true
        case .view, .close, .end, .record, .reconcile, .forceClose, .delete, .restore, .flag, .unflag: false
        }
    }

    /// The permission table.
    private static func decide(
        _ action: SessionAction, isOwn: Bool, role: Role, status: Session.Status, isDeleted: Bool
    ) -> Decision {
        if role == .cashier {
            guard isOwn else { return .forbidden }
            guard !isDeleted else { return .notFound }
            guard !action.isForAdministrators else { return .forbidden }
        }
        let isPossible =
            switch action {
            case .view, .reconcile: true
            case .restore: isDeleted
            case .edit, .delete, .flag, .unflag: !isDeleted
            case .close, .forceClose: !isDeleted && status != .closed
            case .end, .handover, .record: !isDeleted && status == .open
            case .reopen: !isDeleted && status != .open
            }
        if isPossible { return .allowed }
        return action == .delete ? .unnecessary : .wrongState
    }

    /// The actions that a caller may take on a session, in display order.
    ///
    /// A cashier may take none on a colleague's session.
    package static func allowedActions(on session: Session, for caller: UserID, role: Role) -> [SessionAction] {
        SessionAction.allCases.filter { decide($0, on: session, by: caller, role: role) == .allowed }
    }

    /// The actions that resolve a conflict, in display order.
    static func resolvingActions(
        of existing: ExistingSession, isOwn: Bool, role: Role, refused: RefusedRequest
    ) -> [ConflictAction] {
        ConflictAction.allCases.filter { action in
            if let onSession = action.onSession {
                guard onSession == .view || !existing.isInClosedBooks else { return false }
                // An ended session also prevents the change of a business, so ending one does not help.
                guard action != .end || refused != .changeBusiness else { return false }
                return decide(onSession, isOwn: isOwn, role: role, status: existing.status, isDeleted: false)
                    == .allowed
            }
            return switch (action, refused) {
            case (.resume, .open): isOwn || role == .admin
            case (.restoreEnded, .restore), (.force, .changeUser): role == .admin
            default: false
            }
        }
    }

    /// Cashiers open sessions for themselves, now. Administrators also open for others and in the past.
    static func checkOpen(_ request: OpenRequest, role: Role) throws(DomainError) {
        let isPlain = request.cashier == request.caller.id && request.openedAt == nil
        guard role == .admin || isPlain else { throw .forbidden }
    }

    /// Cashiers read their own sessions only.
    static func checkRead(of cashier: UserID, by caller: UserID, role: Role) throws(DomainError) {
        guard role == .admin || cashier == caller else { throw .forbidden }
    }

    /// Cashiers list their own sessions only, without the deleted ones.
    static func checkList(_ query: SessionQuery, by caller: UserID, role: Role) throws(DomainError) {
        guard role == .admin || !query.isDeleted else { throw .forbidden }
        try checkRead(of: query.cashier ?? caller, by: caller, role: role)
    }

    /// Returns the session that was read, if the caller may view it.
    static func visible(_ read: Authorized<Session?>, to caller: UserID) throws(DomainError) -> Session {
        guard let session = read.value else { throw .sessionNotFound }
        switch decide(.view, on: session, by: caller, role: read.role) {
        case .allowed, .unnecessary, .wrongState, .booksClosed, .editWindowExpired, .countFirst, .countIsFinal,
            .handedOver, .obstructed:
            return session
        case .notFound: throw .sessionNotFound
        case .forbidden: throw .forbidden
        }
    }

    /// A caller that lost its rights to an action gets no replay of it.
    ///
    /// The session's state does not matter: the cashier of a session that was deleted since then still gets one. If
    /// there is no such session, the key belongs to a request for another one, and its fingerprint differs.
    static func checkReplay(
        of action: SessionAction, on read: Authorized<Session?>, to caller: UserID
    ) throws(DomainError) {
        let isOwn = read.value.map { $0.cashier == caller } ?? true
        guard read.role == .admin || (isOwn && !action.isForAdministrators) else { throw .forbidden }
    }
}

/// The actions on a session. The raw value is the API name and the last path segment of its endpoint.
package enum SessionAction: String, Sendable, CaseIterable {
    case view
    case close
    /// Ends the shift without a count and frees the open-session key.
    case end
    case edit
    /// Records a movement of cash that happens now. One that happened before the end may follow later.
    case record
    /// Reads every term of the expected cash.
    case reconcile
    /// Closes the session and opens a colleague's with the count as float.
    case handover
    case forceClose = "force-close"
    case reopen
    case delete
    case restore
    case flag
    case unflag

    var isForAdministrators: Bool {
        switch self {
        case .view, .close, .end, .edit, .record, .reconcile, .handover: false
        case .forceClose, .reopen, .delete, .restore, .flag, .unflag: true
        }
    }
}

/// A session as one caller may see it.
package struct SessionView: Sendable {
    package let session: Session
    /// The actions that the caller may take, in display order.
    package let actions: [SessionAction]

    package init(_ session: Session, for caller: UserID, role: Role) {
        self.session = session
        actions = SessionPolicy.allowedActions(on: session, for: caller, role: role)
    }
}

extension Authorized<Session?> {
    /// The session that was read, as the caller may see it; `nil` if there is none.
    func view(for caller: Caller) -> SessionView? { value.map { SessionView($0, for: caller.id, role: role) } }
}
