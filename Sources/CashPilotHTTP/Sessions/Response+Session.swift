import CashPilot
import HTTPTypes
import HummingbirdCore

extension Response {
    /// A session that was read.
    static func shown(_ seen: SeenSession) throws -> Response {
        var headers = HTTPFields.revalidated
        headers[.eTag] = EntityTag.text(seen.session.version)
        return try .json(.ok, headers) { json in try json.session(seen) }
    }

    /// A session that was made or changed, or the first answer to the same key again.
    static func changed(_ answer: Answer, status: HTTPResponse.Status) throws -> Response {
        var headers = HTTPFields.unstored
        headers[.eTag] = EntityTag.text(answer.session.version)
        if status == .created { headers[.location] = SessionLink.one(answer.session.id, in: answer.session.business) }
        if answer.isReplay { headers[.idempotentReplayed] = "true" }
        return try .json(status, headers) { json in
            try json.session(SeenSession(session: answer.session, actions: answer.actions))
        }
    }

    /// A change after which there is nothing to show.
    static var done: Response {
        Response(status: .noContent, headers: [.cacheControl: "no-store", .xContentTypeOptions: "nosniff"])
    }
}
