import TestSupport

/// docs/RIGHTS.md: who may do what, a row for each route.
struct RightsTable {
    /// Who asks, and what they have to do with what they ask for. In the order of the columns.
    enum Asker: Int, CaseIterable, Sendable {
        case anonymous, invalidToken, inactive, own, colleague, elsewhere, unassigned, administrator
        case ownKey, administratorsKey
    }

    struct Row: Sendable {
        /// `POST /v1/businesses/{business_id}/sessions`.
        let route: String
        /// The state of the session that is there: `OPEN`, `CLOSED`…, with `deleted` behind it.
        let session: String
        /// By ``Asker``.
        let statuses: [Int]
    }

    static func rows() throws -> [Row] {
        try Repository.text("docs/RIGHTS.md").split(separator: "\n").compactMap { line in
            guard let match = line.firstMatch(of: #/^\| `([A-Z]+ [^`]+)` \|(.*)\|$/#) else { return nil }
            let cells = match.2.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.split(separator: " ").joined(separator: " ") }
            return Row(route: String(match.1), session: cells[0], statuses: cells.dropFirst().compactMap { Int($0) })
        }
    }

    /// A good body for each route that takes one: `{ana}` and the like are people.
    static let bodies: [String: String] = [
        "POST /v1/auth/token": #"{"email": "ana@demo.example", "password": "{ana.password}"}"#,
        "POST /v1/me/password": #"{"current_password": "{password}", "new_password": "{password}"}"#,
        "POST /v1/businesses": #"{"name": "Kiosco", "currency": "PYG", "time_zone": "America/Asuncion"}"#,
        "PATCH /v1/businesses/{business_id}": #"{"name": "Centro Dos"}"#,
        "POST /v1/users": #"{"email": "eva@x.example", "name": "Eva", "password": "ocho letras"}"#,
        "PATCH /v1/users/{user_id}": #"{"name": "Diego D."}"#,
        "POST \(sessions)": #"{"initial_cash": 1, "cashier_id": "{ana}"}"#,
        "PATCH \(session)": #"{"card_total": 7, "reason": "typo"}"#,
        "DELETE \(session)": #"{"reason": "opened by mistake"}"#,
        "POST \(session)/close": #"{"final_cash": 1}"#,
        "POST \(session)/end": "{}",
        "POST \(session)/force-close": #"{"reason": "left"}"#,
        "POST \(session)/reopen": #"{"reason": "too early"}"#,
        "POST \(session)/handover": #"{"to_cashier_id": "{bruno}", "final_cash": 1}"#,
        "POST \(session)/restore": #"{"reason": "was right"}"#,
        "PUT \(session)/flag": #"{"reason": "short again"}"#,
    ]
    /// What is asked for besides, where that decides.
    static let queries = ["GET \(sessions)/current": "?cashier_id={ana}"]

    private static let sessions = "/v1/businesses/{business_id}/sessions"
    private static let session = sessions + "/{session_id}"
}
