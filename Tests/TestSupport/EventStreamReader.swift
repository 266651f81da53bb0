import NIOCore
import NIOHTTP1

/// A subscriber of the event log. Releasing it closes the connection.
package struct EventStreamReader {
    package struct Event: Sendable {
        package let id: String
        package let type: String
        package let data: JSON
    }

    package let status: Int
    package let contentType: String
    /// The last received `id`.
    package private(set) var lastID = ""
    /// The number of received comments.
    package private(set) var comments = 0
    private var iterator: AsyncThrowingStream<HTTPClientResponsePart, any Error>.AsyncIterator
    private var bytes: [UInt8] = []

    /// Waits for the head of a response.
    init(_ response: AsyncThrowingStream<HTTPClientResponsePart, any Error>) async throws {
        iterator = response.makeAsyncIterator()
        guard case .head(let head) = try await iterator.next(isolation: #isolation) else { throw CancellationError() }
        status = Int(head.status.code)
        contentType = head.headers.first(name: "Content-Type") ?? ""
    }

    /// The next event; `nil` when the stream has ended.
    package mutating func next() async throws -> Event? {
        while let block = try await block() {
            if let event = try take(block) { return event }
        }
        return nil
    }

    /// The next `count` events; fewer when the stream has ended.
    package mutating func next(_ count: Int) async throws -> [Event] {
        var events: [Event] = []
        while events.count < count, let event = try await next() { events.append(event) }
        return events
    }

    /// Waits for the first `id` of the stream.
    package mutating func begin() async throws {
        while lastID.isEmpty, let block = try await block() { _ = try take(block) }
    }

    /// Waits for a comment.
    package mutating func comment() async throws {
        let before = comments
        while comments == before, let block = try await block() { _ = try take(block) }
    }

    private mutating func take(_ block: [String]) throws -> Event? {
        var fields: [Substring: String] = [:]
        for line in block {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...]
            if colon == line.startIndex { comments += 1 }
            fields[line[..<colon]] = String(value.hasPrefix(" ") ? value.dropFirst() : value)
        }
        if let id = fields["id"] { lastID = id }
        guard let data = fields["data"] else { return nil }
        return Event(id: lastID, type: fields["event"] ?? "message", data: try JSON(parsing: Array(data.utf8)))
    }

    /// The lines up to the next empty one; `nil` when the stream has ended.
    private mutating func block() async throws -> [String]? {
        while true {
            if let end = bytes.firstRange(of: Array("\n\n".utf8)) {
                let block = bytes[..<end.lowerBound].split(separator: UInt8(ascii: "\n"))
                bytes.removeSubrange(..<end.upperBound)
                return block.map { String(decoding: $0, as: UTF8.self) }
            }
            guard case .body(let buffer) = try await iterator.next(isolation: #isolation) else { return nil }
            bytes += Array(buffer.readableBytesView)
        }
    }
}

extension Person {
    /// Reads the event log as this person, for at most 10 min.
    ///
    /// - Parameter query: of `/v1/events`, such as `?after=0`.
    package func subscribe(_ query: String = "", headers: [String: String] = [:]) async throws -> EventStreamReader {
        let own = ["Accept": "text/event-stream"].merging(headers) { $1 }
        return try await EventStreamReader(
            try await response("GET", "/v1/events\(query)", headers: own, within: .seconds(600)))
    }
}
