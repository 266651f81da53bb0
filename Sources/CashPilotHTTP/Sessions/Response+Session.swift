import CashPilot
import HTTPTypes
import HummingbirdCore

extension Response {
    /// The response to a read of one session.
    static func shown(_ seen: SessionView) throws -> Response {
        var headers = HTTPFields.revalidated
        headers[.eTag] = EntityTag.text(seen.session.version)
        return try .json(.ok, headers) { json in try json.session(seen) }
    }

    /// The response to a change of a session, new or replayed.
    static func changed(_ answer: Answer, status: HTTPResponse.Status) throws -> Response {
        var headers = HTTPFields.unstored
        headers[.eTag] = EntityTag.text(answer.session.version)
        if status == .created { headers[.location] = SessionLink.one(answer.session.id, in: answer.session.business) }
        if answer.isReplay { headers[.idempotentReplayed] = "true" }
        return try .json(status, headers) { json in
            try json.session(SessionView(session: answer.session, actions: answer.actions))
        }
    }

    /// The response to a change that returns no content.
    static var done: Response {
        Response(status: .noContent, headers: [.cacheControl: "no-store", .xContentTypeOptions: "nosniff"])
    }
}
