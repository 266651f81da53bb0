import TestSupport
import Testing

/// A changing request that can be sent repeatedly.
struct ChangingRequest: Sendable {
    var person: Person
    let method: String
    let path: String
    var body: String?
    /// A valid body with other values, for routes that accept a key and have fields.
    var otherBody: String?

    /// Sends the request.
    ///
    /// - Parameters:
    ///   - replica: of the shop; the person's own if nil.
    ///   - key: its `Idempotency-Key`.
    func send(_ shop: Shop, at replica: Int? = nil, key: String? = nil) async throws -> Reply {
        let sender = replica.map { shop.at($0, person) } ?? person
        return try await sender.send(
            method, path, body, headers: key.map { ["Idempotency-Key": $0] } ?? [:])
    }
}

/// A changing route of `openapi.yaml` with a request. A test fails if a route is missing here.
struct ChangingRoute: Sendable, CustomTestStringConvertible {
    /// As in `openapi.yaml`: `POST /v1/users`.
    let name: String
    /// The number of audit events of the change.
    var events = 1
    /// Whether the change is one statement, which commits by itself, and not a transaction or two commits.
    var isOneStatement = false
    /// Whether the request hashes a password, which takes seconds on a busy machine.
    var isSlow = false
    /// Whether a repeated request is a change of its own with the same result, such as a new hash of the same PIN.
    var isReplacement = false
    /// Prepares the data and makes the request. Each call gets another number.
    let request: @Sendable (Shop, _ number: Int) async throws -> ChangingRequest

    var method: String { String(name.prefix { $0 != " " }) }
    var testDescription: String { name }

    static let all = people + sessions
    static let posts = all.filter { $0.method == "POST" }

    /// The routes with a key whose body has no fields.
    static let withoutFields: Set = ["POST \(place)/{session_id}/end"]

    /// The routes whose key names the id of what they make. They store no response, and a duplicate waits for the first.
    static let keyNamesID: Set = [
        "POST \(place)/{session_id}/movements", "POST \(place)/{session_id}/movements/{movement_id}/reverse",
    ]

    /// The POST routes of `openapi.yaml` without a key, with the reason.
    static let withoutKey = [
        "POST /v1/auth/token": "A second login does no harm.",
        "POST /v1/auth/pin": "As the login with a password.",
        "POST /v1/auth/logout": "Its bearer is not valid any more when it is repeated.",
    ]
}

/// The data for a request could not be prepared.
private struct NotPrepared: Error {
    let answer: String
}

extension Shop {
    /// The number of changes in the audit trail.
    func changes() throws -> Int {
        let changes = "action not in ('session.open_conflict', 'user.login')"
        return Int(try query("select count(*)::text from audit_events where \(changes)") ?? "") ?? -1
    }

    /// Closes all open sessions directly in the database.
    fileprivate func endOpenSessions() throws {
        try execute(
            """
            update cash_sessions set status = 'CLOSED', closed_at = greatest(now(), opened_at), closed_by = cashier_id
            where status = 'OPEN'
            """)
    }

    /// A new open session of Ana's.
    fileprivate func openSession() async throws -> JSON {
        try endOpenSessions()
        let reply = try await ana.open(in: centro)
        guard reply.status == 201 else { throw NotPrepared(answer: reply.text) }
        return try reply.json
    }
}

// MARK: Sessions

extension ChangingRoute {
    private static let place = "/v1/businesses/{business_id}/sessions"

    private static let sessions = [
        ChangingRoute(name: "POST \(place)", isOneStatement: true) { shop, _ in
            try shop.endOpenSessions()
            return ChangingRequest(
                person: shop.ana, method: "POST", path: "/v1/businesses/\(shop.centro)/sessions",
                body: #"{"initial_cash": 1}"#, otherBody: #"{"initial_cash": 2}"#)
        },
        on("PATCH", "", #"{"notes": "counted twice"}"#),
        on("DELETE", "", #"{"reason": "by mistake"}"#, byAdministrator: true),
        on(
            "POST", "/delete", #"{"reason": "by mistake"}"#, other: #"{"reason": "another till"}"#,
            byAdministrator: true),
        on("POST", "/close", #"{"final_cash": 1}"#, other: #"{"final_cash": 2}"#, isOneStatement: true),
        on("POST", "/end", "{}"),
        on("POST", "/force-close", #"{"reason": "left"}"#, other: #"{"reason": "gone"}"#, byAdministrator: true),
        on("POST", "/reopen", #"{"reason": "again"}"#, other: #"{"reason": "once more"}"#, byAdministrator: true) {
            shop, session in try await shop.ana.close(session)
        },
        ChangingRoute(name: "POST \(place)/{session_id}/handover", events: 2) { shop, _ in
            let session = try await shop.openSession()
            let recipient = #"{"to_cashier_id": "\#(shop.bruno.id)", "final_cash": "#
            return ChangingRequest(
                person: shop.ana, method: "POST", path: "\(Person.path(of: session))/handover",
                body: recipient + "1}", otherBody: recipient + "2}")
        },
        on("POST", "/restore", #"{"as": "OPEN"}"#, other: #"{"as": "ENDED"}"#, byAdministrator: true) {
            shop, session in try await shop.administrator.delete(session)
        },
        on(
            "POST", "/movements", #"{"type": "DROP", "amount": 1}"#, other: #"{"type": "DROP", "amount": 2}"#,
            isOneStatement: true),
        ChangingRoute(name: "POST \(place)/{session_id}/movements/{movement_id}/reverse", isOneStatement: true) {
            shop, _ in
            let session = try await shop.openSession()
            let movement = try await shop.ana.change("movements", session, #"{"type": "DROP", "amount": 1}"#)
            guard movement.status == 201 else { throw NotPrepared(answer: movement.text) }
            return ChangingRequest(
                person: shop.ana, method: "POST",
                path: "\(Person.path(of: session))/movements/\(try movement.json["id"].string ?? "")/reverse",
                body: #"{"reason": "a mistake"}"#, otherBody: #"{"reason": "another one"}"#)
        },
        on("PUT", "/flag", #"{"reason": "looks odd"}"#, byAdministrator: true),
        on("DELETE", "/flag", nil, byAdministrator: true) { shop, session in
            try await shop.administrator.send(
                "PUT", "\(Person.path(of: session))/flag", #"{"reason": "looks odd"}"#)
        },
    ]

    /// A change of a session of Ana's, which is open unless `before` changes it.
    private static func on(
        _ method: String, _ action: String, _ body: String?, other: String? = nil, byAdministrator: Bool = false,
        isOneStatement: Bool = false, after before: (@Sendable (Shop, JSON) async throws -> Reply)? = nil
    ) -> ChangingRoute {
        ChangingRoute(name: "\(method) \(place)/{session_id}\(action)", isOneStatement: isOneStatement) { shop, _ in
            let session = try await shop.openSession()
            if let reply = try await before?(shop, session), !(200..<300).contains(reply.status) {
                throw NotPrepared(answer: reply.text)
            }
            return ChangingRequest(
                person: byAdministrator ? shop.administrator : shop.ana, method: method,
                path: Person.path(of: session) + action, body: body, otherBody: other)
        }
    }
}

// MARK: People and businesses

extension ChangingRoute {
    private static let people = [
        ChangingRoute(name: "POST /v1/me/password", isSlow: true) { shop, _ in
            try shop.execute(
                """
                create table if not exists first_password as
                select password_hash from users where id = '\(shop.ana.id)';
                update users set password_hash = f.password_hash from first_password as f
                where id = '\(shop.ana.id)';
                """)
            let current = #"{"current_password": "\#(shop.ana.password)", "#
            return ChangingRequest(
                person: shop.ana, method: "POST", path: "/v1/me/password",
                body: current + #""new_password": "una clave nueva"}"#,
                otherBody: current + #""new_password": "otra clave"}"#)
        },
        ChangingRoute(name: "PUT /v1/me/pin", isSlow: true, isReplacement: true) { shop, _ in
            ChangingRequest(
                person: shop.bruno, method: "PUT", path: "/v1/me/pin",
                body: #"{"pin": "248163", "current_password": "\#(shop.bruno.password)"}"#)
        },
        ChangingRoute(name: "DELETE /v1/me/pin") { shop, _ in
            try shop.execute(
                "insert into user_pins (user_id, pin_hash) values ('\(shop.ana.id)', 'x') on conflict do nothing")
            return ChangingRequest(person: shop.ana, method: "DELETE", path: "/v1/me/pin")
        },
        ChangingRoute(name: "POST /v1/businesses", isOneStatement: true) { shop, number in
            let place = #""currency": "PYG", "time_zone": "America/Asuncion"}"#
            return ChangingRequest(
                person: shop.administrator, method: "POST", path: "/v1/businesses",
                body: #"{"name": "Shop \#(number)", "# + place, otherBody: #"{"name": "Another", "# + place)
        },
        ChangingRoute(name: "PATCH /v1/businesses/{business_id}", isOneStatement: true) { shop, number in
            ChangingRequest(
                person: shop.administrator, method: "PATCH", path: "/v1/businesses/\(shop.corner)",
                body: #"{"name": "Corner \#(number)"}"#)
        },
        ChangingRoute(name: "PUT /v1/businesses/{business_id}/cashiers/{user_id}", isOneStatement: true) { shop, _ in
            try shop.execute("delete from business_cashiers where cashier_id = '\(shop.diego.id)'")
            return ChangingRequest(
                person: shop.administrator, method: "PUT",
                path: "/v1/businesses/\(shop.corner)/cashiers/\(shop.diego.id)")
        },
        ChangingRoute(name: "DELETE /v1/businesses/{business_id}/cashiers/{user_id}") { shop, _ in
            try shop.execute(
                """
                insert into business_cashiers (business_id, cashier_id) values ('\(shop.corner)', '\(shop.diego.id)')
                on conflict do nothing
                """)
            return ChangingRequest(
                person: shop.administrator, method: "DELETE",
                path: "/v1/businesses/\(shop.corner)/cashiers/\(shop.diego.id)")
        },
        ChangingRoute(name: "POST /v1/businesses/{business_id}/terminals", isOneStatement: true) { shop, number in
            ChangingRequest(
                person: shop.administrator, method: "POST", path: "/v1/businesses/\(shop.corner)/terminals",
                body: #"{"name": "Caja \#(number)"}"#, otherBody: #"{"name": "Another"}"#)
        },
        ChangingRoute(
            name: "PATCH /v1/businesses/{business_id}/terminals/{terminal_id}", isOneStatement: true
        ) { shop, number in
            let terminal = try shop.placeTerminal(in: shop.corner)
            return ChangingRequest(
                person: shop.administrator, method: "PATCH",
                path: "/v1/businesses/\(shop.corner)/terminals/\(terminal.id)", body: #"{"name": "Till \#(number)"}"#)
        },
        ChangingRoute(name: "DELETE /v1/businesses/{business_id}/terminals/{terminal_id}") { shop, _ in
            let terminal = try shop.placeTerminal(in: shop.corner)
            return ChangingRequest(
                person: shop.administrator, method: "DELETE",
                path: "/v1/businesses/\(shop.corner)/terminals/\(terminal.id)")
        },
        ChangingRoute(name: "POST /v1/users", isOneStatement: true, isSlow: true) { shop, number in
            let account = #"{"email": "e\#(number)@x.example", "name": "Eva", "password": "una clave "#
            return ChangingRequest(
                person: shop.administrator, method: "POST", path: "/v1/users", body: account + #"larga"}"#,
                otherBody: account + #"corta"}"#)
        },
        ChangingRoute(name: "DELETE /v1/me/credentials/{credential_id}", isOneStatement: true) { shop, _ in
            let other = try shop.credential(of: try shop.loggedIn(shop.ana))
            return ChangingRequest(person: shop.ana, method: "DELETE", path: "/v1/me/credentials/\(other)")
        },
        ChangingRoute(name: "DELETE /v1/users/{user_id}/credentials/{credential_id}", isOneStatement: true) { shop, _ in
            let other = try shop.credential(of: try shop.loggedIn(shop.diego))
            return ChangingRequest(
                person: shop.administrator, method: "DELETE", path: "/v1/users/\(shop.diego.id)/credentials/\(other)")
        },
        ChangingRoute(name: "DELETE /v1/users/{user_id}/credentials", isOneStatement: true) { shop, _ in
            try shop.execute("update credentials set revoked_at = now() where user_id = '\(shop.diego.id)'")
            _ = try shop.loggedIn(shop.diego)
            return ChangingRequest(
                person: shop.administrator, method: "DELETE", path: "/v1/users/\(shop.diego.id)/credentials")
        },
        ChangingRoute(name: "PATCH /v1/users/{user_id}") { shop, number in
            ChangingRequest(
                person: shop.administrator, method: "PATCH", path: "/v1/users/\(shop.diego.id)",
                body: #"{"name": "Diego \#(number)"}"#)
        },
    ]
}
