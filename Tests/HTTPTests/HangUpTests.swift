import HummingbirdCore
import NIOCore
import TestSupport
import Testing

@testable import CashPilotHTTP
@testable import HTTPServer

@Suite("Closing of connections", .timeLimit(.minutes(10)))
struct HangUpTests {
    private static let json = "host: x\r\ncontent-type: application/json\r\n"

    @Test(
        "A connection closes after a response before the request's end, and reads little of the rest",
        arguments: [
            // Other routes check the bearer before the body, so only the login reads a body of any client.
            ("POST /v1/auth/token", "413"), ("POST /v1/businesses/x/sessions", "401"), ("POST /nowhere", "404"),
            ("DELETE /livez", "405"), ("GET /livez", "200"),
        ], ["content-length: 999999999", "transfer-encoding: chunked"])
    func endlessBody(_ request: (line: String, status: String), _ framing: String) async throws {
        // An announced length above the limit is rejected at every route, after a missing bearer.
        let status = framing.hasPrefix("c") && request.status != "401" ? "413" : request.status
        let seen = try await TestServer.talk { client in
            client.send("\(request.line) HTTP/1.1\r\n\(Self.json)\(framing)\r\n\r\n")
            let poured = client.pour("2000\r\n" + String(repeating: "x", count: 8192) + "\r\n")
            return (poured: poured, answer: client.received)
        }
        #expect(seen.answer.hasPrefix("HTTP/1.1 \(status) "))
        #expect(seen.answer.lowercased().contains("\r\nconnection: close\r\n"))
        #expect(seen.answer.ranges(of: "HTTP/1.1 ").count == 1)
        #expect(seen.poured.isClosed)
        // The bytes read by the service, and the socket buffers of both sides.
        #expect(seen.poured.taken < 32 << 20)
    }

    @Test(
        "A connection closes after the response to a request whose announced body is not read",
        arguments: [
            ("POST /v1/businesses/x/sessions", "401"), ("POST /nowhere", "404"), ("DELETE /livez", "405"),
            ("GET /livez", "200"),
        ])
    func unreadBody(_ line: String, _ status: String) async throws {
        let answer = try await TestServer.talk { client in
            client.send("\(line) HTTP/1.1\r\n\(Self.json)content-length: 60000\r\n\r\n")
            return (text: client.receive(upTo: "never"), isEnded: client.isEnded)
        }
        #expect(answer.text.hasPrefix("HTTP/1.1 \(status) "))
        #expect(answer.text.lowercased().contains("\r\nconnection: close\r\n"))
        #expect(answer.isEnded)
    }

    @Test("A connection closes if a request head is not complete in time")
    func slowHead() async throws {
        let seen = try await TestServer.talk(requestTime: .milliseconds(300)) { client in
            client.send("GET /livez HTTP/1.1\r\nhost: x\r\nx-slow: ")
            client.trickle("x", milliseconds: 20)
            return (text: client.receive(upTo: "}"), isEnded: client.isEnded)
        }
        #expect(seen.isEnded)
        #expect(!seen.text.contains("200"))
    }

    @Test("A connection stays open for the next request after a body that arrives in parts")
    func parts() async throws {
        let body = #"{"email":"ana@example.com","password":"correct horse"}"#
        let answers = try await TestServer.talk { client in
            (0..<2).map { _ in
                client.send("POST /v1/auth/token HTTP/1.1\r\n\(Self.json)content-length: \(body.utf8.count)\r\n\r\n")
                for half in [body.prefix(20), body.dropFirst(20)] {
                    client.pause(milliseconds: 150)
                    client.send(String(half))
                }
                return client.receive(upTo: "}}")
            }
        }
        #expect(answers.allSatisfy { $0.hasPrefix("HTTP/1.1 200 ") && !$0.lowercased().contains("connection: close") })
    }

    @Test("The server sends 100 Continue, except for a request that it rejects without its body")
    func expectContinue() async throws {
        let body = #"{"email":"ana@example.com","password":"correct horse"}"#
        let seen = try await TestServer.talk { client in
            let rest = "HTTP/1.1\r\n\(Self.json)expect: 100-continue\r\ncontent-length: \(body.utf8.count)\r\n\r\n"
            client.send("POST /v1/auth/token " + rest)
            let interim = client.receive(upTo: "\r\n\r\n")
            client.send(body)
            let answer = client.receive(upTo: "}}")
            client.send("POST /v1/businesses/x/sessions " + rest)
            return [interim, answer, client.receive(upTo: "\r\n\r\n")]
        }
        #expect(seen[0] == "HTTP/1.1 100 Continue\r\n\r\n")
        #expect(seen[1].hasPrefix("HTTP/1.1 200 "))
        #expect(seen[2].hasPrefix("HTTP/1.1 401 "))
    }

    @Test(
        "A request with an ambiguous end, host or transfer coding is rejected, and its connection closes",
        arguments: [
            ("transfer-encoding: gzip, chunked\r\n", 501),
            ("transfer-encoding: gzip\r\ntransfer-encoding: chunked\r\n", 501),
            ("transfer-encoding: chunked, gzip\r\n", 400), ("host: y\r\ncontent-length: 0\r\n", 400),
            ("transfer-encoding: chunked\r\ncontent-length: 5\r\n", 400),
            ("content-length: 0\r\ncontent-length: 5\r\n", 400),
        ])
    func ambiguous(_ fields: String, _ status: Int) async throws {
        let seen = try await TestServer.talk { client in
            client.send("POST /v1/auth/token HTTP/1.1\r\n\(Self.json)\(fields)\r\n0\r\n\r\n")
            let head = client.receive(upTo: "\r\n\r\n")
            _ = client.receive(upTo: "never")
            return (head: head, isEnded: client.isEnded)
        }
        #expect(seen.head.hasPrefix("HTTP/1.1 \(status) "))
        #expect(seen.head.lowercased().contains("\r\nconnection: close\r\n"))
        #expect(seen.isEnded)
    }

    @Test("A connection answers pipelined requests up to a limit, and then closes")
    func sentAhead() async throws {
        let seen = try await TestServer.talk { client in
            client.send(String(repeating: "GET /livez HTTP/1.1\r\nhost: x\r\n\r\n", count: 100))
            return (text: client.receive(upTo: "never"), isEnded: client.isEnded)
        }
        #expect(seen.text.ranges(of: "HTTP/1.1 200 ").count == RequestLimits.aheadMax)
        #expect(seen.text.lowercased().ranges(of: "\r\nconnection: close\r\n").count == 1)
        #expect(seen.isEnded)
    }

    @Test("A connection stays open for pipelined requests within the limit")
    func fewSentAhead() async throws {
        let text = try await TestServer.talk { client in
            for _ in 0..<3 {
                client.send(String(repeating: "GET /livez HTTP/1.1\r\nhost: x\r\n\r\n", count: RequestLimits.aheadMax))
                for _ in 1...RequestLimits.aheadMax { _ = client.receive(upTo: "}") }
            }
            client.send("GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n")
            return client.receive(upTo: "}")
        }
        #expect(text.hasPrefix("HTTP/1.1 404 "))
    }

    @Test("A connection closes if its client does not read the responses in time")
    func unreadAnswers() async throws {
        let connections = ConnectionList(max: 64)
        let left = try await TestServer.serve(requestTime: .milliseconds(300), connections: connections) { port in
            try await RawConnection.talk(to: port) { client in
                client.send(
                    String(repeating: "GET /openapi.yaml HTTP/1.1\r\nhost: x\r\n\r\n", count: RequestLimits.aheadMax))
                _ = client.receive(upTo: "HTTP/1.1 200 ")
                for _ in 1...600 where connections.count > 0 { client.pause(milliseconds: 100) }
                return connections.count
            }
        }
        #expect(left == 0)
    }
}
