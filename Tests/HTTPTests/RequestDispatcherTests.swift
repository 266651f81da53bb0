import HummingbirdCore
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import HTTPServer

/// Responds as a test says, and counts all requests and the concurrent ones.
private struct ScriptedResponder: HTTPResponder {
    final class Requests: Sendable {
        private let counts = Mutex((now: 0, most: 0, all: 0))

        var most: Int { counts.withLock { $0.most } }
        var all: Int { counts.withLock { $0.all } }

        fileprivate func begin() {
            counts.withLock { ($0.now, $0.most, $0.all) = ($0.now + 1, max($0.most, $0.now + 1), $0.all + 1) }
        }

        fileprivate func end() { counts.withLock { $0.now -= 1 } }
    }

    let requests = Requests()
    let answer: @Sendable (Request) async throws -> String

    /// Waits up to 60 s until the responder has got this number of requests.
    func untilSeen(_ count: Int, by client: RawConnection) {
        for _ in 1...6_000 where requests.all < count { client.pause(milliseconds: 10) }
    }

    func respond(to request: Request, on connection: RequestConnection) async throws -> Response {
        requests.begin()
        defer { requests.end() }
        return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: try await answer(request))))
    }
}

@Suite("Request dispatch", .timeLimit(.minutes(10)))
struct RequestDispatcherTests {
    private static func get(_ path: String, _ fields: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nhost: x\r\n\(fields)\r\n"
    }

    @Test("Requests of one connection are answered in order, one at a time, however their bodies are split")
    func inOrder() async throws {
        let responder = ScriptedResponder { request in
            try await Task.sleep(for: .milliseconds(20))
            return "<\(request.uri.path) \(String(buffer: try await request.body.collect(upTo: 100)))>"
        }
        let text = try await TestServer.serve(responder) { port in
            try await RawConnection.talk(to: port) { client in
                let chunked = "POST /b HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
                client.send(Self.get("/a") + chunked + "1\r\nx\r\n1\r\ny\r\n")
                client.pause(milliseconds: 100)
                client.send("1\r\nz\r\n0\r\n\r\n" + Self.get("/c") + Self.get("/d", "connection: close\r\n"))
                return client.receive(upTo: "never")
            }
        }
        #expect(
            text.split(separator: "\r\n\r\n").compactMap { $0.split(separator: "HTTP").first }.dropFirst() == [
                "</a >", "</b xyz>", "</c >", "</d >",
            ])
        #expect(responder.requests.most == 1)
        #expect(text.ranges(of: "Connection: close").count == 1)
    }

    @Test("The server starts no further requests while the client does not read responses")
    func unread() async throws {
        let large = String(repeating: "x", count: 4 << 20)
        let responder = ScriptedResponder { _ in large }
        let counts = try await TestServer.serve(responder) { port in
            try await RawConnection.talk(to: port) { client in
                client.send(String(repeating: Self.get("/"), count: RequestLimits.aheadMax))
                _ = client.receive(upTo: "HTTP/1.1 200 ")
                client.pause(milliseconds: 1_000)
                let unread = responder.requests.all
                client.finish()
                return (unread: unread, taken: client.drain(counting: UInt8(ascii: "x")))
            }
        }
        // The socket buffers take some megabytes of responses.
        #expect((1...4).contains(counts.unread))
        #expect(counts.taken == RequestLimits.aheadMax * large.utf8.count)
    }

    @Test("A large request behind a slow one is not read into memory")
    func waits() async throws {
        let (go, gone) = AsyncStream<Void>.makeStream()
        let responder = ScriptedResponder { request in
            if request.uri.path == "/slow" { for await _ in go { break } }
            return "done"
        }
        let seen = try await TestServer.serve(responder) { port in
            try await RawConnection.talk(to: port) { client in
                client.send(Self.get("/slow"))
                client.send("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
                let poured = client.pour("2000\r\n" + String(repeating: "x", count: 8192) + "\r\n", idle: .seconds(2))
                gone.yield()
                return (poured: poured, answer: client.receive(upTo: "done"))
            }
        }
        #expect(!seen.poured.isClosed)
        // The socket buffers of both sides, and a little more.
        #expect(seen.poured.taken < 16 << 20)
        #expect(seen.answer.hasPrefix("HTTP/1.1 200 "))
    }

    @Test("Requests are answered after the client has half-closed the connection")
    func halfClosed() async throws {
        let responder = ScriptedResponder { _ in
            try await Task.sleep(for: .milliseconds(100))
            return "done"
        }
        let seen = try await TestServer.serve(responder) { port in
            try await RawConnection.talk(to: port) { client in
                client.send(Self.get("/a") + Self.get("/b"))
                client.finish()
                return (text: client.receive(upTo: "never"), isEnded: client.isEnded)
            }
        }
        #expect(seen.text.ranges(of: "HTTP/1.1 200 ").count == 2)
        #expect(seen.isEnded)
    }

    @Test("Reading a body fails if the connection is reset, however much of the body has arrived")
    func brokenOff() async throws {
        let (found, told) = AsyncStream<Result<ByteBuffer, any Error>>.makeStream()
        let responder = ScriptedResponder { request in
            do {
                try await Task.sleep(for: .milliseconds(300))
                told.yield(.success(try await request.body.collect(upTo: 100)))
            } catch {
                told.yield(.failure(error))
            }
            return "done"
        }
        try await TestServer.serve(responder) { port in
            try await RawConnection.talk(to: port) { client in
                client.send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 14\r\n\r\n")
                // Unread bytes would be lost with the connection.
                responder.untilSeen(1, by: client)
                client.reset()
            }
            let result = await found.first { _ in true }
            #expect(throws: (any Error).self) { try result?.get() }
        }
    }

    private static let large = 8 << 20

    /// Reads a large response after a pause.
    private static func takeSlowly(_ client: RawConnection, pausing milliseconds: UInt32) -> Int {
        client.pause(milliseconds: milliseconds)
        return client.drain(counting: UInt8(ascii: "x"))
    }

    @Test(
        "A large response reaches a slow client completely, also after a half-close or Connection: close",
        arguments: ["", "connection: close\r\n"])
    func large(fields: String) async throws {
        let responder = ScriptedResponder { _ in String(repeating: "x", count: Self.large) }
        let count = try await TestServer.serve(responder) { port in
            try await RawConnection.talk(to: port) { client in
                client.send(Self.get("/", fields))
                if fields.isEmpty { client.finish() }
                return Self.takeSlowly(client, pausing: 3_000)
            }
        }
        #expect(count == Self.large)
    }

    @Test("A large response reaches its client completely although the server is shutting down")
    func largeAtTheEnd() async throws {
        let responder = ScriptedResponder { _ in String(repeating: "x", count: Self.large) }
        let client = try await TestServer.serve(responder) { port in
            let (begun, hasBegun) = AsyncStream<Void>.makeStream()
            let client = Task {
                try await RawConnection.talk(to: port) { client in
                    client.send(Self.get("/"))
                    _ = client.receive(upTo: "\r\n\r\n")
                    hasBegun.yield()
                    return Self.takeSlowly(client, pausing: 500)
                }
            }
            _ = await begun.first { true }
            return client
        }
        #expect(try await client.value == Self.large)
    }

    @Test("Invalid bytes after a request get a response of their own")
    func thenGarbage() async throws {
        let text = try await TestServer.serve(ScriptedResponder { _ in "done" }) { port in
            try await RawConnection.talk(to: port) { client in
                client.send(Self.get("/") + "GET garbage\r\n\r\n")
                return client.receive(upTo: "never")
            }
        }
        #expect(text.split(separator: "HTTP/1.1 ").map { $0.prefix(3) } == ["200", "400"])
    }

    @Test("A body that is read after its response contains nothing of the next request")
    func lateBody() async throws {
        let kept = Mutex<RequestBody?>(nil)
        let (sent, rest) = AsyncStream<Void>.makeStream()
        let responder = ScriptedResponder { request in
            if request.uri.path == "/first" {
                kept.withLock { $0 = request.body }
                // A response before the end of its request would close the connection.
                for await _ in sent { break }
                try await Task.sleep(for: .milliseconds(300))
                return "first"
            }
            let late = try await kept.withLock { $0 }?.collect(upTo: 100)
            return
                "<\(String(buffer: late ?? ByteBuffer()))|\(String(buffer: try await request.body.collect(upTo: 100)))>"
        }
        let text = try await TestServer.serve(responder) { port in
            try await RawConnection.talk(to: port) { client in
                client.send("POST /first HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\n")
                responder.untilSeen(1, by: client)
                client.send("1234POST /second HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\n")
                rest.yield()
                responder.untilSeen(2, by: client)
                client.send("5678")
                return client.receive(upTo: ">")
            }
        }
        #expect(text.hasSuffix("|5678>"))
    }

    @Test("A request is cancelled with the server, and its connection closes without a response")
    func cancelled() async throws {
        let responder = ScriptedResponder { _ in
            try await Task.sleep(for: .seconds(600))
            return "never"
        }
        let client = try await TestServer.serve(responder) { port in
            let client = Task {
                try await RawConnection.talk(to: port) { client in
                    client.send(Self.get("/"))
                    return (text: client.receive(upTo: "never"), isEnded: client.isEnded)
                }
            }
            try await eventually("it is being answered") { responder.requests.all == 1 ? true : nil }
            return client
        }
        let seen = try await client.value
        #expect(seen.text.isEmpty)
        #expect(seen.isEnded)
    }

    @Test("Every response has a Date header")
    func dated() async throws {
        let text = try await TestServer.talk { client in
            client.send(Self.get("/livez"))
            return client.receive(upTo: "\r\n\r\n")
        }
        #expect(text.contains("\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"))
    }

    @Test(
        "The Date header is correct on leap days and in the years 1970 and 9999",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] as [(Int64, String)])
    func dates(_ second: Int64, _ text: String) { #expect(HTTPDate.text(at: second) == text) }
}
