import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import CashPilotHTTP
@testable import HTTPServer

/// The limits of a connection, on a clock that the test advances.
@Suite("The limits of a connection")
struct RequestLimitsTests {
    private let loop = EmbeddedEventLoop()

    /// A connection that was just accepted. Its requests may take 10 s.
    private func connect(in connections: ConnectionList = ConnectionList(max: 2)) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: RequestLimits(connections, time: .seconds(10)), loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 80)).wait()
        return channel
    }

    private func receive(_ part: HTTPRequestPart, on channel: EmbeddedChannel) throws {
        try channel.writeInbound(part)
        try channel.throwIfErrorCaught()
    }

    private let head = HTTPRequestPart.head(HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/"))

    private func answer(on channel: EmbeddedChannel) throws {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    @Test("A request has 10 s in total, from the first byte of its head to the last byte of its body")
    func headAndBody() throws {
        let channel = try connect()
        loop.advanceTime(by: .seconds(1))
        channel.pipeline.fireChannelReadComplete()  // The first bytes of a head.
        loop.advanceTime(by: .seconds(6))
        try receive(head, on: channel)
        loop.advanceTime(by: .milliseconds(3_999))
        try receive(.body(ByteBuffer(string: "{")), on: channel)
        loop.advanceTime(by: .milliseconds(1))
        #expect(throws: SlowRequest.self) { try channel.throwIfErrorCaught() }
        #expect(channel.isActive, "the reader of the body may still respond")
        loop.advanceTime(by: RequestLimits.lingerTime)
        #expect(!channel.isActive)
    }

    @Test("A body that is not complete in time is answered with 408, and the connection closes")
    func slowBody() async throws {
        let channel = NIOAsyncTestingChannel()
        let settings = HTTP1Connection.Settings(
            connections: ConnectionList(max: 2), idleTimeout: .seconds(60), requestTime: .seconds(10))
        let connection = HTTP1Connection(try await APIFixture().api, settings, on: nil, now: { 784_111_777 })
        try await channel.testingEventLoop.executeInContext {
            _ = connection.setup(channel: channel, logger: Logger(label: "test"))
        }
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 80)).get()
        try await channel.writeInbound(
            ByteBuffer(
                string: "POST /v1/auth/token HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
                    + "content-length: 60000\r\n\r\n{"))
        await channel.testingEventLoop.advanceTime(by: .seconds(10))
        var answer = ""
        while !answer.contains("}") {
            answer += String(buffer: try await channel.waitForOutboundWrite(as: ByteBuffer.self))
        }
        #expect(answer.hasPrefix("HTTP/1.1 408 "))
        #expect(answer.lowercased().contains("\r\nconnection: close\r\n"))
        #expect(answer.contains("REQUEST_TIMEOUT"))
        await channel.testingEventLoop.advanceTime(by: RequestLimits.lingerTime)
        #expect(!channel.isActive)
    }

    @Test("A client may pause between two requests for longer than the limit of a request")
    func pauses() throws {
        let channel = try connect()
        for _ in 0..<2 {
            try receive(head, on: channel)
            loop.advanceTime(by: .seconds(9))
            try receive(.end(nil), on: channel)
            try answer(on: channel)
            loop.advanceTime(by: .seconds(3_600))
        }
        #expect(channel.isActive)
    }

    @Test("A new connection has 10 s to begin its first request")
    func silent() throws {
        let channel = try connect()
        loop.advanceTime(by: .seconds(10))
        loop.advanceTime(by: RequestLimits.lingerTime)
        #expect(!channel.isActive)
    }

    @Test("A connection whose client does not read is closed for a new one before an idle connection")
    func unreadMakesRoom() throws {
        let connections = ConnectionList(max: 2)
        let (till, unread) = (try connect(in: connections), try connect(in: connections))
        for channel in [unread, till] {
            try receive(head, on: channel)
            try receive(.end(nil), on: channel)
        }
        unread.isWritable = false
        unread.pipeline.fireChannelWritabilityChanged()
        try answer(on: till)
        let new = try connect(in: connections)
        #expect(!unread.isActive)
        #expect(till.isActive && new.isActive)
    }
}
