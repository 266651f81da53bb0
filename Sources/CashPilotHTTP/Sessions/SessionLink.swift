import CashPilot

/// The URL paths of sessions, from the server's root.
package enum SessionLink {
    package static func list(in business: BusinessID) -> String { "/v1/businesses/\(business)/sessions" }

    package static func one(_ session: SessionID, in business: BusinessID) -> String {
        "\(list(in: business))/\(session)"
    }

    /// The path of an action on a session.
    package static func action(_ action: SessionAction, on session: SessionID, in business: BusinessID) -> String {
        switch action {
        case .view, .edit, .delete: one(session, in: business)
        case .flag, .unflag: "\(one(session, in: business))/flag"
        case .close, .end, .handover, .forceClose, .reopen, .restore:
            "\(one(session, in: business))/\(action.rawValue)"
        }
    }
}
