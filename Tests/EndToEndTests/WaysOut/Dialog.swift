import TestSupport
import Testing

/// A client that knows only `title`, `detail`, `existing_session`, `actions` and `retry` of a 409.
struct Dialog {
    let title: String
    let detail: String
    let existing: JSON
    let actions: [JSON]
    private let retry: JSON

    /// - Throws: if the response is not a 409 with these members.
    init(_ reply: Reply) throws {
        let problem = try reply.json
        #expect(reply.status == 409, "\(reply.text)")
        title = try #require(problem["title"].string)
        detail = try #require(problem["detail"].string)
        existing = problem["existing_session"]
        actions = problem["actions"].items
        retry = problem["retry"]
    }

    /// The names of the actions, in their order.
    var names: [String] { actions.compactMap { $0["name"].string } }
    /// The method and the target of the refused request.
    var retryTarget: String { "\(retry["method"].string ?? "") \(retry["href"].string ?? "")" }

    func action(_ name: String) throws -> JSON {
        try #require(actions.first { $0["name"].string == name }, "\(name) is not offered, only \(names)")
    }

    /// The names of the fields of an action.
    func fields(of name: String) throws -> [String] {
        try action(name)["fields"].items.compactMap { $0["name"].string }
    }

    /// Takes an action with its own method, href and precondition.
    ///
    /// - Parameter body: the values of its fields; for `resume` and `force` the body of the refused request.
    func take(_ name: String, as person: Person, _ body: String? = nil) async throws -> Reply {
        try await person.take(try action(name), body)
    }

    /// Sends the refused request again.
    func retry(as person: Person, _ body: String?, headers: [String: String] = [:]) async throws -> Reply {
        try await person.send(retry["method"].string ?? "", retry["href"].string ?? "", body, headers: headers)
    }
}

extension Person {
    /// Takes an action of a 409.
    func take(_ action: JSON, _ body: String? = nil) async throws -> Reply {
        let precondition = action["if_match"].string.map { ["If-Match": $0] } ?? [:]
        return try await send(action["method"].string ?? "", action["href"].string ?? "", body, headers: precondition)
    }

    /// The actions of a session that this person may take, as the session lists them.
    func allowedActions(on session: JSON) async throws -> [String] {
        let seen = try await get(Person.path(of: session))
        #expect(seen.status == 200, "\(seen.text)")
        return try seen.json["allowed_actions"].items.compactMap(\.string)
    }
}

extension Shop {
    /// A time in the past by the database's clock, in whole seconds, in RFC 3339.
    func time(hoursAgo hours: Int) throws -> String {
        let format = #"YYYY-MM-DD"T"HH24:MI:SS"Z""#
        return try #require(
            try query("select to_char(now() at time zone 'UTC' - make_interval(hours => \(hours)), '\(format)')"))
    }

    /// An administrator opens a session for a cashier in the past.
    func openInThePast(
        of cashier: Person, in business: String, hoursAgo hours: Int, terminal: String? = nil
    ) async throws -> Reply {
        let at = try time(hoursAgo: hours)
        let terminal = terminal.map { #", "terminal_id": "\#($0)""# } ?? ""
        return try await administrator.open(
            in: business, #"{"initial_cash": 5, "cashier_id": "\#(cashier.id)", "opened_at": "\#(at)"\#(terminal)}"#)
    }

    /// A closed session of a cashier, from some hours ago to others.
    func closedSession(of cashier: Person, in business: String, from: Int, to: Int) async throws -> JSON {
        let opened = try await openInThePast(of: cashier, in: business, hoursAgo: from)
        #expect(opened.status == 201, "\(opened.text)")
        #expect(try await administrator.close(try opened.json).status == 200)
        try execute(
            """
            update cash_sessions set closed_at = opened_at + interval '\(from - to) hours'
            where id = '\(try opened.json["id"].string ?? "")'
            """)
        return try opened.json
    }

    /// Changes a business as the administrator.
    func change(_ business: String, _ body: String) async throws -> Reply {
        try await administrator.send("PATCH", "/v1/businesses/\(business)", body)
    }

    /// Changes an account as the administrator.
    func change(_ person: Person, _ body: String, query: String = "") async throws -> Reply {
        try await administrator.send("PATCH", "/v1/users/\(person.id)\(query)", body)
    }
}
