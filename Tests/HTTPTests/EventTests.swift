import CashPilot
import HTTPTypes
import TestSupport
import Testing

@testable import CashPilotHTTP

@Suite("The event log over HTTP")
struct EventTests {
    private static let stream: HTTPFields = [.accept: "text/event-stream"]

    @Test("The page after a full page begins after its last event, and after any other page at the log's end")
    func page() async throws {
        let fixture = try await APIFixture()
        for (query, positions, next) in [
            ("?after=0", [2, 3, 5], 7), ("?after=0&limit=2", [2, 3], 3), ("?after=3&limit=1", [5], 5),
            ("?after=5", [], 7), ("?after=7", [], 7), ("", [], 7),
        ] {
            let answer = try await fixture.send(.get, "/v1/events\(query)")
            #expect(answer.status == 200, "\(query)")
            #expect(answer.headers[.contentType] == "application/json")
            let json = try JSON(parsing: Array(answer.body.utf8))
            #expect(json["items"].items.map { $0["position"] } == positions.map { .integer(Int64($0)) }, "\(query)")
            #expect(json["next_after"] == .integer(Int64(next)), "\(query)")
        }
    }

    @Test("An event of the log has all of its members, with unchanged texts")
    func event() async throws {
        let answer = try await APIFixture().send(.get, "/v1/events?after=3")
        let event = try JSON(parsing: Array(answer.body.utf8))["items"][0]
        #expect(
            event.members.keys.sorted() == [
                "actor_id", "actor_name", "audit_event_id", "business_id", "cashier_id", "occurred_at", "position",
                "session_id", "type",
            ])
        #expect(event["type"] == "session.close")
        #expect(event["actor_name"] == .string(ScriptedEventLogStore.name))
    }

    @Test("A position that is not digits or is beyond the end of the event log is refused")
    func positions() async throws {
        let fixture = try await APIFixture()
        for (value, code) in [
            ("-1", "FORMAT"), ("", "FORMAT"), ("+5", "FORMAT"), ("0x1", "FORMAT"), ("5%20", "FORMAT"),
            ("1e1", "FORMAT"),
            ("9223372036854775808", "FORMAT"), ("٣", "FORMAT"), ("9223372036854775807", "RANGE"), ("8", "RANGE"),
        ] {
            for headers in [[:], Self.stream] as [HTTPFields] {
                let answer = try await fixture.send(.get, "/v1/events?after=\(value)", headers)
                #expect(answer.status == 422, "\(value)")
                let fault = try JSON(parsing: Array(answer.body.utf8))["errors"][0]
                #expect(fault["code"].string == code && fault["parameter"] == "after", "\(value): \(answer.body)")
            }
        }
        var headers = Self.stream
        headers[.lastEventID] = "x"
        let answer = try await fixture.send(.get, "/v1/events", headers)
        #expect(answer.status == 422)
        #expect(answer.body.contains(#""header":"Last-Event-ID""#))
        #expect(try await fixture.send(.get, "/v1/events?cursor=x").status == 422)
    }

    @Test("A stream is returned if Accept names it before JSON, and never to a HEAD request")
    func negotiation() async throws {
        for (accept, isStream) in [
            ("text/event-stream", true), ("Text/Event-Stream;q=0.9", true), ("application/json", false), ("*/*", false),
            ("text/html, text/event-stream, */*", true), ("application/json, text/event-stream", false),
            ("text/event-stream, application/json", true), ("", false), ("text/event-streams", false),
        ] {
            #expect(HeaderReader([.accept: accept]).wantsStream == isStream, "\(accept)")
        }
        let fixture = try await APIFixture()
        #expect(try await fixture.send(.head, "/v1/events", Self.stream).headers[.contentType] == "application/json")
    }

    @Test("An event of a stream is three lines and an empty one, whatever its texts contain")
    func framing() throws {
        let page = EventLogPage(
            events: [ScriptedEventLogStore.event(at: 2), ScriptedEventLogStore.event(at: 5)], first: 1, head: 7,
            limit: 9, role: .cashier)
        let text = String(decoding: EventStream.text(of: page), as: UTF8.self)
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(String.init)
        #expect(!text.utf8.contains(UInt8(ascii: "\r")))
        let names = lines.map { $0?.prefix { $0 != ":" } }
        #expect(names == ["id", "event", "data", "", "id", "event", "data", "", ""])
        #expect(lines[0] == "id: 2" && lines[1] == "event: session.close")
        let data = try JSON(parsing: Array(try #require(lines[2]).dropFirst("data: ".count).utf8))
        #expect(data["actor_name"] == .string(ScriptedEventLogStore.name))
        let empty = EventLogPage(events: [], first: 1, head: 7, limit: 9, role: .cashier)
        #expect(EventStream.text(of: empty) == Array(":\n\n".utf8))
    }
}
