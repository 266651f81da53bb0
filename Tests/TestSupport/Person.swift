import Foundation
import NIOCore
import NIOHTTP1

/// An HTTP response.
package struct Reply: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: [UInt8]

    package init(status: Int, headers: HTTPHeaders = [:], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package var json: JSON {
        get throws { try JSON(parsing: body) }
    }

    package var text: String { String(decoding: body, as: UTF8.self) }

    package subscript(header name: String) -> String? { headers.first(name: name) }
}

/// A client: a person, their bearer and the address of the service.
package struct Person: Sendable {
    package let id: String
    package let email: String
    package let password: String
    package let name: String
    /// `nil` if the person is not logged in.
    package var token: String?
    /// `http://127.0.0.1:PORT`.
    package var address: String

    /// A client that is not logged in.
    package static func nobody(at address: String) -> Person {
        Person(id: "", email: "", password: "", name: "", token: nil, address: address)
    }

    /// Sends a request as this person, on a connection of its own.
    ///
    /// - Parameters:
    ///   - path: the request's target, sent unchanged.
    ///   - headers: in addition to, or instead of, `Host`, the bearer, and the type and length of the body.
    ///   - limit: for the whole exchange. It is longer than the longest request timeout of the service, 60 s.
    /// - Throws: if the connection is refused or breaks, the limit expires, or the body has more than 8 MiB.
    package func send(
        _ method: String, _ path: String, _ body: String? = nil, headers: [String: String] = [:],
        within limit: Duration = .seconds(300)
    ) async throws -> Reply {
        var head: HTTPResponseHead?
        var bytes = ByteBuffer()
        for try await part in try await response(method, path, body, headers: headers, within: limit) {
            switch part {
            case .head(let received): head = received
            case .body(var buffer):
                bytes.writeBuffer(&buffer)
                guard bytes.readableBytes <= HTTPClient.responseMax else { throw HTTPClient.Failure.responseTooLarge }
            case .end:
                guard let head else { throw HTTPClient.Failure.connectionClosed }
                return Reply(
                    status: Int(head.status.code), headers: head.headers, body: Array(bytes.readableBytesView))
            }
        }
        throw CancellationError()
    }

    /// Sends a request whose response may not end.
    ///
    /// - Returns: the parts of the response as they arrive.
    func response(
        _ method: String, _ path: String, _ body: String? = nil, headers: [String: String], within limit: Duration
    ) async throws -> AsyncThrowingStream<HTTPClientResponsePart, any Error> {
        guard let url = URLComponents(string: address), let host = url.host else { throw URLError(.badURL) }
        let port = url.port ?? 80
        var head = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: path)
        head.headers.add(name: "Host", value: "\(host):\(port)")
        if let token { head.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if body != nil { head.headers.add(name: "Content-Type", value: "application/json") }
        if body != nil || ["POST", "PUT", "PATCH"].contains(method) {
            head.headers.add(name: "Content-Length", value: "\(body?.utf8.count ?? 0)")
        }
        for (name, value) in headers { head.headers.replaceOrAdd(name: name, value: value) }
        return try await HTTPClient.send(
            head, body.map { ByteBuffer(string: $0) }, to: host.trimmingCharacters(in: ["[", "]"]), port: port,
            within: limit)
    }

    package func get(_ path: String, headers: [String: String] = [:]) async throws -> Reply {
        try await send("GET", path, headers: headers)
    }

    package func post(_ path: String, _ body: String? = nil, headers: [String: String] = [:]) async throws -> Reply {
        try await send("POST", path, body, headers: headers)
    }

    /// `POST …/sessions`.
    package func open(
        in business: String, _ body: String = #"{"initial_cash": 150000}"#, headers: [String: String] = [:]
    ) async throws -> Reply {
        try await post("/v1/businesses/\(business)/sessions", body, headers: headers)
    }

    /// `POST …/close` of a session.
    package func close(
        _ session: JSON, _ body: String = #"{"final_cash": 150000}"#, headers: [String: String] = [:]
    ) async throws -> Reply {
        try await post("\(Self.path(of: session))/close", body, headers: headers)
    }

    /// `/v1/businesses/…/sessions/…` of a session from a response.
    package static func path(of session: JSON) -> String {
        "/v1/businesses/\(session["business_id"].string ?? "")/sessions/\(session["id"].string ?? "")"
    }
}

extension Person {
    /// Waits until `/readyz` reports this state of the one-open index. A result may be 250 ms old.
    package func untilGuard(is state: String) async throws {
        try await eventually("the one-open index is \(state)") {
            try await get("/readyz").json["guard"].string == state ? true : nil
        }
    }
}
