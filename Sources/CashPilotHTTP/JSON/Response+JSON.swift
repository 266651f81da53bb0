import CashPilot
import HTTPTypes
import HummingbirdCore

extension HTTPFields {
    /// Of an answer that depends on who asks and on when: a cache may keep it, and must ask each time.
    static let revalidated: HTTPFields = [
        .contentType: "application/json", .cacheControl: "private, no-cache", .xContentTypeOptions: "nosniff",
    ]
    /// Of an answer to a change, which means nothing to anybody later.
    static let unstored: HTTPFields = [
        .contentType: "application/json", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
    ]
}

extension Response {
    /// An answer in JSON, as `write` writes it.
    static func json(
        _ status: HTTPResponse.Status = .ok, _ headers: HTTPFields, _ write: (inout JSONWriter) throws -> Void
    ) rethrows -> Response {
        var json = JSONWriter(capacity: 1024)
        try write(&json)
        return Response(status: status, headers: headers, body: .bytes(json.bytes))
    }

    /// A page of a list, with the way to the next in the body and in `Link`.
    static func page<Item, Entity>(
        _ page: Page<Item, Entity>, of query: QueryReader, _ item: (inout JSONWriter, Item) throws -> Void
    ) rethrows -> Response {
        let cursor = page.next?.opaque(scope: query.cursorScope)
        var headers = HTTPFields.revalidated
        if let cursor { headers[.link] = "<\(query.address(withCursor: cursor))>; rel=\"next\"" }
        return try json(.ok, headers) { json in
            try json.object { json in
                json.name("items")
                try json.array(page.items, item)
                json.member("next_cursor", cursor)
            }
        }
    }
}

extension QueryReader {
    /// The same list from another place on. The other parameters have been checked, and stay as they came.
    fileprivate func address(withCursor cursor: String) -> String {
        let others = text.pairs.filter { $0.name != "cursor" }.map { String($0.raw) }
        return path + "?" + (others + ["cursor=\(cursor)"]).joined(separator: "&")
    }
}
