import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// An answer.
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

/// Somebody at a till: a token, and the service they talk to.
package struct Person: Sendable {
    package let id: String
    package let email: String
    package let password: String
    package let name: String
    /// `nil` for somebody who is not logged in.
    package var token: String?
    /// `http://127.0.0.1:PORT`.
    package var address: String

    private static let client = HTTPClient(
        eventLoopGroup: HTTPClient.defaultEventLoopGroup,
        configuration: {
            var configuration = HTTPClient.Configuration()
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
            configuration.connectionPool.retryConnectionEstablishment = false
            configuration.timeout.connect = .seconds(5)
            return configuration
        }())

    /// Somebody who is not logged in, at any server.
    package static func nobody(at address: String) -> Person {
        Person(id: "", email: "", password: "", name: "", token: nil, address: address)
    }

    /// Sends a request as this person.
    ///
    /// - Parameters:
    ///   - headers: besides the token and the type of the body; they win over both.
    ///   - limit: more than a request that hashes passwords takes beside all other tests.
    package func send(
        _ method: String, _ path: String, _ body: String? = nil, headers: [String: String] = [:],
        within limit: TimeAmount = .seconds(60)
    ) async throws -> Reply {
        let response = try await response(method, path, body, headers: headers, within: limit)
        let bytes = try await response.body.collect(upTo: 8 << 20)
        return Reply(status: Int(response.status.code), headers: response.headers, body: Array(bytes.readableBytesView))
    }

    /// The beginning of an answer, whose body may not end.
    func response(
        _ method: String, _ path: String, _ body: String? = nil, headers: [String: String], within limit: TimeAmount
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: address + path)
        request.method = HTTPMethod(rawValue: method)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        return try await Self.client.execute(request, timeout: limit)
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

    /// `POST …/close` on a session's own address.
    package func close(
        _ session: JSON, _ body: String = #"{"final_cash": 150000}"#, headers: [String: String] = [:]
    ) async throws -> Reply {
        try await post("\(Self.path(of: session))/close", body, headers: headers)
    }

    /// `/v1/businesses/…/sessions/…` of a session that was answered.
    package static func path(of session: JSON) -> String {
        "/v1/businesses/\(session["business_id"].string ?? "")/sessions/\(session["id"].string ?? "")"
    }
}
