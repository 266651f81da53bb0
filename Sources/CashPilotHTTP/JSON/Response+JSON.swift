import CashPilot
import HTTPTypes
import HummingbirdCore
import JSON

extension HTTPFields {
    /// Headers of a response that depends on the caller and the time. Caches must revalidate it each time.
    static let revalidated: HTTPFields = [
        .contentType: "application/json", .cacheControl: "private, no-cache", .xContentTypeOptions: "nosniff",
    ]
    /// Headers of a response to a change, which no cache may store.
    static let unstored: HTTPFields = [
        .contentType: "application/json", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
    ]
}

extension Response {
    /// A JSON response with the value that `write` writes.
    static func json(
        _ status: HTTPResponse.Status = .ok, _ headers: HTTPFields, _ write: (inout JSONWriter) throws -> Void
    ) rethrows -> Response {
        var json = JSONWriter(capacity: 1024)
        try write(&json)
        return Response(status: status, headers: headers, body: .bytes(json.bytes))
    }

    /// A page of a list. The body contains the next page's cursor, and `Link` its URL.
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
    /// The URL of the same list with another cursor. The other parameters are already valid and stay unchanged.
    fileprivate func address(withCursor cursor: String) -> String {
        let others = text.pairs.filter { $0.name != "cursor" }.map { String($0.raw) }
        return BasePath.prefixed(path) + "?" + (others + ["cursor=\(cursor)"]).joined(separator: "&")
    }
}
