import CashPilot
import HTTPTypes
import HummingbirdCore
import NIOCore

/// Writes the feed to one client as it comes, as server-sent events (HTML, section 9.2).
///
/// Before each page it is looked up again whether the token still holds and what its user may see. At most one page is
/// in memory, and nothing of the database is held between two.
struct EventStream: Sendable {
    static let mediaType = "text/event-stream"
    static let headers: HTTPFields = [
        .contentType: mediaType, .cacheControl: "no-store", .xContentTypeOptions: "nosniff", .accelBuffering: "no",
    ]

    private enum Reading {
        case page(FeedPage)
        /// The store could not say; it may soon.
        case later
        /// The caller may not read any more, or not from there.
        case over
    }

    let service: FeedService
    let follower: FeedFollower
    let user: UserID
    /// How many events are read at a time.
    let limit: Int
    /// Who the token speaks for now.
    let identify: @Sendable () async throws -> TokenIdentity

    /// Writes until the process ends, the client goes, or the caller may not read any more.
    ///
    /// - Parameters:
    ///   - start: the position that the client has; it comes back to it if the stream breaks off before the first event.
    ///   - first: what follows it.
    @concurrent func write(to writer: inout any ResponseBodyWriter, from start: Int64, _ first: FeedPage) async throws {
        try await writer.write(ByteBuffer(string: "retry: 1000\nid: \(start)\n\n"))
        var position = start
        var reading = Reading.page(first)
        var wakes = follower.wakes.makeAsyncIterator()
        stream: repeat {
            switch reading {
            case .page(let page):
                try await writer.write(ByteBuffer(bytes: Self.text(of: page)))
                position = page.next
                follower.rest(as: page.role, isHungry: page.isFull)
            case .later:
                try await writer.write(ByteBuffer(bytes: Self.comment))
                follower.retry()
            case .over: break stream
            }
            guard await wakes.next() != nil else { break }
            follower.begin()
            reading = await read(after: position)
        } while true
        try await writer.finish(nil)
    }

    private func read(after position: Int64) async -> Reading {
        do {
            guard try await identify().userID == user else { return .over }
            return .page(try await service.events(after: position, limit: limit, for: user))
        } catch is StoreFault {
            return .later
        } catch {
            return .over
        }
    }

    /// What clients take for a sign of life.
    private static let comment = Array(":\n\n".utf8)

    /// The events of a page, or a comment if there are none.
    static func text(of page: FeedPage) -> [UInt8] {
        page.events.isEmpty ? comment : page.events.flatMap(text)
    }

    /// Its JSON is one line: what would end it is escaped.
    private static func text(of event: FeedEvent) -> [UInt8] {
        var json = JSONWriter()
        json.feedEvent(event)
        return Array("id: \(event.position)\nevent: \(event.action)\ndata: ".utf8) + json.bytes + Array("\n\n".utf8)
    }
}
