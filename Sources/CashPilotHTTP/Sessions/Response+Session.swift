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
    static func changed(_ result: ChangeResult<SessionView>, status: HTTPResponse.Status) throws -> Response {
        try changed(result.value, status: status, isReplay: result.isReplay)
    }

    static func changed(_ view: SessionView, status: HTTPResponse.Status, isReplay: Bool) throws -> Response {
        var headers = HTTPFields.unstored
        headers[.eTag] = EntityTag.text(view.session.version)
        if status == .created { headers[.location] = SessionLink.one(view.session.id, in: view.session.business) }
        if isReplay { headers[.idempotentReplayed] = "true" }
        return try .json(status, headers) { json in try json.session(view) }
    }

    /// The response to a change that returns no content.
    static var done: Response {
        Response(status: .noContent, headers: [.cacheControl: "no-store", .xContentTypeOptions: "nosniff"])
    }
}
