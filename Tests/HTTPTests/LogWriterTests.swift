import CashPilot
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Telemetry

@Suite("The log writer", .timeLimit(.minutes(10)))
struct LogWriterTests {
    @Test("Log lines are written whole and in order, without a flush")
    func order() async throws {
        let pipe = TestPipe()
        let writer = try LogWriter(descriptor: pipe.write) { 0 }
        #expect(writer.style == .json)
        for number in 0..<100 { writer.addLine(number) }
        try await eventually("the lines are written without a flush") {
            writer.state.withLock { $0.handled == $0.taken } ? true : nil
        }
        let reading = pipe.startReading()
        #expect(writer.finish(within: 60_000))
        pipe.closeWrite()
        #expect(try reading.lines().map { try parsed($0)["number"] as? Int } == Array(0..<100))
    }

    @Test("The log is plain text on a terminal unless a style is set", arguments: [nil, LogStyle.json, .plain])
    func terminal(style: LogStyle?) throws {
        var (ours, theirs): (Int32, Int32) = (-1, -1)
        try #require(openpty(&ours, &theirs, nil, nil, nil) == 0)
        defer {
            close(ours)
            close(theirs)
        }
        let writer = try LogWriter(descriptor: theirs, style: style) { 0 }
        #expect(writer.style == style ?? .plain)
        #expect(writer.finish(within: 60_000))
    }

    @Test("A flush writes at once, and finishing writes the remaining lines")
    func flush() throws {
        let pipe = TestPipe()
        let writer = try LogWriter(descriptor: pipe.write) { 0 }
        writer.addLine(1)
        #expect(writer.flush(within: 60_000))
        #expect(pipe.readLines().count == 1)
        writer.addLine(2)
        #expect(writer.finish(within: 60_000))
        #expect(pipe.readLines().count == 1)
        writer.addLine(3)
        #expect(writer.dropped == 1)
    }

    @Test("Without a reader lines are dropped and counted in bounded memory, and the loss is logged later")
    func blocked() throws {
        let pipe = TestPipe()
        let writer = try LogWriter(descriptor: pipe.write) { 0 }
        let padding = String(repeating: "x", count: 4000)
        // Nothing is read before all lines are added: a writer that blocks on its reader would hang here.
        for number in 0..<10_000 { writer.addLine(number, padding) }
        #expect(writer.state.withLock { $0.pending.bytes.capacity } < 2 * LogWriter.bufferSize)
        #expect(writer.state.withLock { $0.pending.bytes.count } <= LogWriter.bufferSize)
        #expect(!writer.flush(within: 10), "a flush does not wait for ever either")
        let dropped = writer.dropped
        #expect(dropped > 5000)

        let reading = pipe.startReading()
        #expect(writer.finish(within: 60_000))
        pipe.closeWrite()
        let objects = try reading.lines().map(parsed)
        let numbers = objects.compactMap { $0["number"] as? Int }
        #expect(numbers.count + dropped == 10_000)
        #expect(numbers == numbers.sorted())
        let notices = objects.filter { $0["message"] as? String == "Log lines were dropped" }
        #expect(notices.compactMap { $0["dropped"] as? Int }.reduce(0, +) == dropped)
        #expect(notices.allSatisfy { $0["level"] as? String == "warning" })
    }

    @Test("A reader that closes its pipe costs log lines, but does not end the process")
    func gone() throws {
        let pipe = TestPipe()
        let writer = try LogWriter(descriptor: pipe.write) { 0 }
        pipe.closeRead()
        for number in 0..<10 { writer.addLine(number) }
        #expect(writer.flush(within: 60_000))
        #expect(writer.dropped == 10)
        #expect(writer.finish(within: 60_000))
    }

    @Test("Log lines of several threads do not mix")
    func threads() async throws {
        let pipe = TestPipe()
        let writer = try LogWriter(descriptor: pipe.write) { 0 }
        let reading = pipe.startReading()
        await withTaskGroup { group in
            for _ in 0..<8 { group.addTask { for number in 0..<500 { writer.addLine(number) } } }
        }
        #expect(writer.finish(within: 60_000))
        pipe.closeWrite()
        let lines = reading.lines()
        #expect(lines.count == 4000)
        for line in lines { _ = try parsed(line) }
    }
}

extension LogWriter {
    func addLine(_ number: Int, _ padding: String = "") {
        add { line in
            line.begin(at: 0, level: "info", message: "test")
            line.field("number", Int64(number))
            line.field("padding", padding)
            line.end()
        }
    }
}

/// A pipe as the destination of a log.
final class TestPipe: Sendable {
    private let ends = Pipe()
    var write: Int32 { ends.fileHandleForWriting.fileDescriptor }

    func closeWrite() { try? ends.fileHandleForWriting.close() }

    func closeRead() { try? ends.fileHandleForReading.close() }

    /// The lines that are available now.
    func readLines() -> [String] {
        String(decoding: ends.fileHandleForReading.availableData, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Reads on a new thread until the pipe is closed, because the tests block Swift's threads.
    func startReading() -> Reading {
        let reading = Reading()
        Thread.detachNewThread {
            reading.end(with: (try? self.ends.fileHandleForReading.readToEnd()) ?? Data())
        }
        return reading
    }

    final class Reading: Sendable {
        private let data = Mutex(Data())
        private let isDone = DispatchSemaphore(value: 0)

        fileprivate func end(with read: Data) {
            data.withLock { $0 = read }
            isDone.signal()
        }

        /// Waits until the pipe is closed.
        func lines() -> [String] {
            #expect(isDone.wait(timeout: .now() + 60) == .success)
            return data.withLock { String(decoding: $0, as: UTF8.self) }.split(separator: "\n").map(String.init)
        }
    }
}
