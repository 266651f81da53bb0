import TestSupport

/// The table of docs/RIGHTS.md, with a row for each route.
struct RightsTable {
    /// The caller and their relation to the session, in the order of the columns.
    enum Caller: Int, CaseIterable, Sendable {
        case anonymous, invalidToken, inactive, own, colleague, elsewhere, unassigned, administrator
        case ownKey, administratorsKey, terminal
    }

    struct Row: Sendable {
        /// `POST /v1/businesses/{business_id}/sessions`.
        let route: String
        /// The state of the session: `OPEN`, `CLOSED`…, followed by `deleted` if it is.
        let session: String
        /// By ``Caller``.
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

    /// A valid body for each route that takes one. `{ana}` and `{bruno}` are ids.
    static let bodies: [String: String] = [
        "POST /v1/auth/token": #"{"email": "ana@demo.example", "password": "{ana.password}"}"#,
        "POST /v1/auth/logout": "{}",
        "POST /v1/auth/pin": #"{"email": "nobody@demo.example", "pin": "248163"}"#,
        "PUT /v1/me/pin": #"{"pin": "248163", "current_password": "{password}"}"#,
        "POST /v1/me/password": #"{"current_password": "{password}", "new_password": "{password}"}"#,
        "POST /v1/businesses": #"{"name": "Kiosco", "currency": "PYG", "time_zone": "America/Asuncion"}"#,
        "PATCH /v1/businesses/{business_id}": #"{"name": "Centro Dos"}"#,
        "POST /v1/businesses/{business_id}/terminals": #"{"name": "Caja 1"}"#,
        "PATCH /v1/businesses/{business_id}/terminals/{terminal_id}": #"{"name": "Caja 2"}"#,
        "POST /v1/users": #"{"email": "eva@x.example", "name": "Eva", "password": "ocho letras"}"#,
        "PATCH /v1/users/{user_id}": #"{"name": "Diego D."}"#,
        "POST \(sessions)": #"{"initial_cash": 1, "cashier_id": "{ana}"}"#,
        "PATCH \(session)": #"{"card_total": 7, "reason": "typing error"}"#,
        "DELETE \(session)": #"{"reason": "opened by mistake"}"#,
        "POST \(session)/delete": #"{"reason": "opened by mistake"}"#,
        "POST \(session)/close": #"{"final_cash": 1}"#,
        "POST \(session)/end": "{}",
        "POST \(session)/force-close": #"{"reason": "left"}"#,
        "POST \(session)/movements": #"{"type": "CASH_SALE", "amount": 1}"#,
        "POST \(session)/movements/{movement_id}/reverse": #"{"reason": "typing error"}"#,
        "POST \(session)/reopen": #"{"reason": "too early"}"#,
        "POST \(session)/handover": #"{"to_cashier_id": "{bruno}", "final_cash": 1}"#,
        "POST \(session)/restore": #"{"reason": "was right"}"#,
        "PUT \(session)/flag": #"{"reason": "short again"}"#,
    ]
    /// The query of routes that need one.
    static let queries = ["GET \(sessions)/current": "?cashier_id={ana}"]

    private static let sessions = "/v1/businesses/{business_id}/sessions"
    private static let session = sessions + "/{session_id}"
}
