import CashPilot
import HTTPTypes
import HummingbirdCore
import JSON
import NIOCore

/// Streams the event log to one client as server-sent events (HTML, section 9.2).
///
/// The statement that reads a page checks the credential and the user's permissions again. Between two pages, the
/// stream keeps no page in memory and no database connection. ``CredentialWatch`` ends it with its credential.
struct EventStream: Sendable {
    static let mediaType = "text/event-stream"
    static let headers: HTTPFields = [
        .contentType: mediaType, .cacheControl: "no-store", .xContentTypeOptions: "nosniff", .accelBuffering: "no",
    ]

    private enum Reading {
        case page(EventLogPage)
        /// The store failed, and a retry may succeed.
        case later
        /// The caller lost access, or the position is invalid.
        case over
    }

    let service: EventLogService
    let subscriber: EventSubscriber
    let caller: Caller
    /// The number of events read at a time.
    let limit: Int

    /// Writes until the process shuts down, the client disconnects, or the caller loses access.
    ///
    /// - Parameters:
    ///   - start: the client's position. The client sends it again if the stream ends before the first event.
    ///   - first: the page after `start`.
    @concurrent func write(to writer: inout any ResponseBodyWriter, from start: Int64, _ first: EventLogPage)
        async throws
    {
        try await writer.write(ByteBuffer(string: "retry: 1000\nid: \(start)\n\n"))
        var position = start
        var reading = Reading.page(first)
        var wakes = subscriber.wakes.makeAsyncIterator()
        stream: repeat {
            switch reading {
            case .page(let page):
                try await writer.write(ByteBuffer(bytes: Self.text(of: page)))
                position = page.next
                subscriber.rest(as: page.role, isHungry: page.isFull)
            case .later:
                try await writer.write(ByteBuffer(bytes: Self.comment))
                subscriber.retry()
            case .over: break stream
            }
            guard await wakes.next() != nil else { break }
            subscriber.begin()
            reading = await read(after: position)
        } while true
        try await writer.finish(nil)
    }

    private func read(after position: Int64) async -> Reading {
        do {
            return .page(try await service.events(after: position, limit: limit, for: caller))
        } catch is StoreError {
            return .later
        } catch {
            return .over
        }
    }

    /// A keep-alive comment.
    private static let comment = Array(":\n\n".utf8)

    /// The events of a page, or a keep-alive comment for an empty page.
    static func text(of page: EventLogPage) -> [UInt8] { page.events.isEmpty ? comment : page.events.flatMap(text) }

    /// One event. Its JSON is a single line, because the writer escapes line breaks.
    private static func text(of event: EventLogEntry) -> [UInt8] {
        var json = JSONWriter()
        json.eventLogEntry(event)
        return Array("id: \(event.position)\nevent: \(event.action)\ndata: ".utf8) + json.bytes + Array("\n\n".utf8)
    }
}
