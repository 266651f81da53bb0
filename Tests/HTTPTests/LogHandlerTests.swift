import CashPilot
import Foundation
import Logging
import Testing

@testable import CashPilotHTTP
@testable import Telemetry

@Suite("The log handler")
struct LogHandlerTests {
    @Test("Metadata is flattened, later values win, and none replaces the line's own fields")
    func metadata() throws {
        let line = try logged { logger in
            logger[metadataKey: "who"] = "Ana"
            logger[metadataKey: "kept"] = "yes"
            logger.warning(
                "Late",
                metadata: [
                    "who": "Luis", "level": "critical", "ts": "never", "count": .stringConvertible(3),
                    "session": ["id": "s1", "tags": ["a", "b"]],
                ])
        }
        #expect(line["level"] as? String == "warning")
        #expect(line["message"] as? String == "Late")
        #expect(line["ts"] as? String == "2026-11-23T17:15:00.000Z")
        #expect(line["who"] as? String == "Luis")
        #expect(line["kept"] as? String == "yes")
        #expect(line["count"] as? Int == 3)
        #expect(line["session.id"] as? String == "s1")
        #expect(line["session.tags.1"] as? String == "b")
        #expect(line["metadata.level"] as? String == "critical")
        #expect(line["metadata.ts"] as? String == "never")
    }

    @Test("A line break in a message, a name or a value does not begin a second line")
    func injection() throws {
        let evil = "x\n{\"level\":\"critical\"}\r\u{2028}\u{0}\""
        let line = try logged { logger in
            logger.info("\(evil)", metadata: [evil: "\(evil)"])
        }
        #expect(line["message"] as? String == evil)
        #expect(line[evil] as? String == evil)
    }

    @Test("Metadata that is too deep, wide or long is truncated")
    func bounded() throws {
        var deep: Logger.MetadataValue = "bottom"
        for _ in 0..<1000 { deep = ["in": deep] }
        let wide = Logger.MetadataValue.array(Array(repeating: "w", count: 10_000))
        let line = try logged { logger in
            logger.info(
                "Much", metadata: ["deep": deep, "wide": wide, "long": "\(String(repeating: "l", count: 1 << 20))"])
        }
        #expect(line.count <= LogFields.countMax + 4)
    }

    @Test("A copied logger has its own level and metadata")
    func values() throws {
        let pipe = TestPipe()
        let writer = try LogWriter(descriptor: pipe.write) { 0 }
        var first = Logger(label: "first") { _ in JSONLogHandler(writer: writer) }
        first[metadataKey: "name"] = "first"
        var second = first
        second.logLevel = .error
        second[metadataKey: "name"] = "second"
        #expect(first.logLevel == .info)
        #expect(first[metadataKey: "name"] == "first")
        second.warning("not written")
        first.warning("written")
        #expect(writer.finish(within: 60_000))
        #expect(pipe.readLines().count == 1)
    }

    @Test("The access log has one line per request, without its query and body")
    func access() throws {
        let pipe = TestPipe()
        let writer = try LogWriter(descriptor: pipe.write) { 1_795_454_100_000 }
        let user = UserID(high: 1, low: 2)
        AccessLog(writer: writer).note(
            RequestRecord(
                endpoint: nil, method: .get, status: 404, duration: .microseconds(1234), bytes: 56,
                requestID: "r-1", clientRequestID: "till-1",
                trace: TraceContext(traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"),
                user: user, business: nil))
        #expect(writer.finish(within: 60_000))
        #expect(
            pipe.readLines() == [
                #"{"ts":"2026-11-23T17:15:00.000Z","level":"info","message":"request","method":"GET","#
                    + #""route":"unmatched","status":404,"duration_us":1234,"bytes":56,"request_id":"r-1","client_request_id":"till-1","#
                    + #""trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","#
                    + #""user_id":"00000000-0000-0001-0000-000000000002"}"#
            ])
    }

    @Test(
        "The log level applies to requests, logged at info, and to conflicts, logged at notice",
        arguments: [(.info, 2), (.notice, 1), (.warning, 0), (.trace, 2)] as [(Logger.Level, Int)])
    func levels(_ level: Logger.Level, _ lines: Int) throws {
        let pipe = TestPipe()
        let writer = try LogWriter(descriptor: pipe.write) { 1_795_454_100_000 }
        AccessLog(writer: writer, level: level).note(
            RequestRecord(
                endpoint: nil, method: .get, status: 404, duration: .zero, bytes: 0, requestID: "r-1", trace: nil,
                user: nil, business: nil))
        ConflictLog(writer: writer, level: level).write(
            RecordedConflict(
                conflict: Sample.conflict(), caller: Sample.caller, offered: nil, isResumed: false))
        #expect(writer.finish(within: 60_000))
        pipe.closeWrite()
        #expect(pipe.startReading().lines().count == lines)
    }

    /// The one line that `log` writes.
    private func logged(_ log: (inout Logger) -> Void) throws -> [String: Any] {
        let pipe = TestPipe()
        let writer = try LogWriter(descriptor: pipe.write) { 1_795_454_100_000 }
        var logger = Logger(label: "test") { _ in JSONLogHandler(writer: writer) }
        log(&logger)
        let reading = pipe.startReading()
        #expect(writer.finish(within: 60_000))
        pipe.closeWrite()
        let lines = reading.lines()
        #expect(lines.count == 1)
        return try parsed(try #require(lines.first))
    }
}
