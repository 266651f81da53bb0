import Foundation

/// Logins that are written to the database directly, because a login with a password costs 0.1 s.
package enum Logins {
    /// Creates a login of a user, with its audit event.
    ///
    /// It is dated a day ahead, so that it counts as recent in a test run of any length. ``Shop/age(_:)`` makes it old.
    ///
    /// - Parameter execute: runs SQL on the database.
    /// - Returns: the bearer.
    package static func make(of user: String, _ execute: (String) throws -> Void) throws -> String {
        let random = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
        let text = Data(random).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
        let bearer = "cps_" + text.replacing("=", with: "")
        try execute(
            """
            set time zone 'UTC';
            with made as (
                insert into credentials (id, user_id, kind, name, secret_hash, created_at, expires_at)
                values (
                    '\(UUID().uuidString)', '\(user)', 'LOGIN', 'test', sha256('\(bearer)'),
                    now() + interval '1 day', now() + interval '8 days'
                )
                returning *
            )
            insert into audit_events (business_id, id, action, actor_id, cashier_id, request_id, after)
            select
                '00000000-0000-0000-0000-000000000000', '\(UUID().uuidString)', 'user.login', k.user_id, k.user_id,
                'test', to_jsonb(k) - 'last_used_at'
            from made as k
            """)
        return bearer
    }
}

extension Shop {
    /// The person with another login, which was made without a password.
    package func loggedIn(_ person: Person) throws -> Person {
        var person = person
        person.token = try Logins.make(of: person.id, execute)
        return person
    }

    /// The id of the credential of the person's bearer.
    package func credential(of person: Person) throws -> String {
        try query("select id::text from credentials where secret_hash = sha256('\(person.token ?? "")')") ?? ""
    }

    /// Makes a login older than the ten minutes in which it counts as recent.
    package func age(_ person: Person) throws {
        try execute(
            """
            update credentials set created_at = now() - interval '11 minutes'
            where secret_hash = sha256('\(person.token ?? "")')
            """)
    }
}

/// A registered terminal that was written to the database directly.
package struct PlacedTerminal: Sendable {
    package let id: String
    /// Its bearer.
    package let token: String
}

extension Shop {
    /// Makes a terminal of a business, with its audit event.
    package func placeTerminal(in business: String) throws -> PlacedTerminal {
        let random = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
        let text = Data(random).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
        let terminal = PlacedTerminal(
            id: UUID().uuidString.lowercased(), token: "cpt_" + text.replacing("=", with: ""))
        try execute(
            """
            set time zone 'UTC';
            with made as (
                insert into credentials (id, business_id, kind, name, secret_hash)
                values ('\(terminal.id)', '\(business)', 'TERMINAL', '\(terminal.id)', sha256('\(terminal.token)'))
                returning *
            )
            insert into audit_events (business_id, id, action, request_id, after)
            select
                '00000000-0000-0000-0000-000000000000', gen_random_uuid(), 'credential.create', 'test',
                to_jsonb(k) - 'last_used_at'
            from made as k
            """)
        return terminal
    }
}
