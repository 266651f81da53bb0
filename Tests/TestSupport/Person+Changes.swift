import Foundation

/// Changes of existing sessions.
extension Person {
    /// `POST …/sessions/{session_id}/ACTION`.
    package func change(
        _ action: String, _ session: JSON, _ body: String? = nil, headers: [String: String] = [:]
    ) async throws -> Reply {
        try await post("\(Self.path(of: session))/\(action)", body, headers: headers)
    }

    /// `PATCH …/sessions/{session_id}`.
    package func edit(_ session: JSON, _ body: String, headers: [String: String] = [:]) async throws -> Reply {
        try await send("PATCH", Self.path(of: session), body, headers: headers)
    }

    /// `DELETE …/sessions/{session_id}`.
    package func delete(_ session: JSON, reason: String = "opened by mistake") async throws -> Reply {
        try await send("DELETE", Self.path(of: session), #"{"reason": "\#(reason)"}"#)
    }
}

extension Shop {
    /// The audit trail of a session, oldest first: action, reason, and status before and after.
    package func trail(of session: JSON) throws -> [String] {
        let text = try query(
            """
            select string_agg(
                concat_ws(' ', action, reason, before ->> 'status', after ->> 'status'), ',' order by occurred_at, id)
            from audit_events where session_id = '\(session["id"].string ?? "")' and action <> 'session.open_conflict'
            """)
        return text?.split(separator: ",").map(String.init) ?? []
    }
}
