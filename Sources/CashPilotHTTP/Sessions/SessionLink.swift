import CashPilot

/// Where sessions are found, from the root of the server.
enum SessionLink {
    static func list(in business: BusinessID) -> String { "/v1/businesses/\(business)/sessions" }

    static func one(_ session: SessionID, in business: BusinessID) -> String { "\(list(in: business))/\(session)" }

    /// Where an action on a session is asked for.
    static func action(_ action: SessionAction, on session: SessionID, in business: BusinessID) -> String {
        switch action {
        case .view: one(session, in: business)
        case .close: "\(one(session, in: business))/close"
        }
    }
}
