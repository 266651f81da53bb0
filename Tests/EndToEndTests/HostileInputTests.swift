import Foundation
import TestSupport
import Testing

@Suite("Hostile input")
struct HostileInputTests {
    private struct Received: Sendable {
        let answer: String
        let isEnded: Bool
    }

    /// Sends a case and reads its response. A connection that stays open must serve the next request.
    private static func send(_ bytes: [UInt8], to port: Int, staysOpen: Bool) async throws -> Received {
        try await RawConnection.talk(to: port) { connection in
            connection.send(bytes)
            var answer = connection.receive(upTo: staysOpen ? "\r\n\r\n" : "never")
            if staysOpen {
                connection.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                answer += connection.receive(upTo: #"{"status":"ok","version":""#)
            }
            return Received(answer: answer, isEnded: connection.isEnded)
        }
    }

    private static func port(of shop: Shop) throws -> Int {
        try #require(shop.services[0].address.split(separator: ":").last.flatMap { Int($0) })
    }

    /// The resident memory of the service in bytes.
    private static func memory(of shop: Shop) throws -> Int {
        let process = try #require(shop.services[0].process.processID)
        let pages = try String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8).split(separator: " ")
        return try #require(Int(pages[1])) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func expect(_ cases: [HostileCase], in shop: Shop) async throws {
        let port = try port(of: shop)
        for hostile in cases {
            let bytes = hostile.bytes(token: shop.ana.token ?? "", path: "/v1/businesses/\(shop.centro)/sessions")
            let seen = try await send(bytes, to: port, staysOpen: !hostile.ends)
            #expect(seen.answer.hasPrefix("HTTP/1.1 \(hostile.status) "), "\(hostile): \(seen.answer.prefix(300))")
            if let code = hostile.code { #expect(seen.answer.contains(#""code":"\#(code)""#), "\(hostile)") }
            #expect(seen.isEnded == hostile.ends, "\(hostile): \(seen.answer.prefix(300))")
            let isServed = seen.answer.contains(#"{"status":"ok","version":""#)
            #expect(isServed != hostile.ends, "\(hostile): \(seen.answer.prefix(300))")
        }
    }

    @Test(
        "Hostile bytes are rejected, change nothing, and cost no memory",
        arguments: [HostileCase.framing, HostileCase.heads, HostileCase.sizes, HostileCase.bodies])
    func refused(cases: [HostileCase]) async throws {
        try await withShop { shop in
            try await Self.expect(cases, in: shop)
            let before = try Self.memory(of: shop)
            for _ in 0..<3 { try await Self.expect(cases, in: shop) }
            #expect(try Self.memory(of: shop) - before < 32 << 20)
            #expect(shop.services[0].process.status == nil)
            #expect(try shop.query("select count(*)::text from cash_sessions") == "0")
            #expect(try await shop.ana.open(in: shop.centro).status == 201)
        }
    }

    @Test("An endless chunked body is cut off and costs no memory")
    func endlessChunks() async throws {
        try await withShop { shop in
            let before = try Self.memory(of: shop)
            let bytes = HostileCase.tooLarge("Transfer-Encoding: chunked", "")
                .bytes(token: shop.ana.token ?? "", path: "/v1/businesses/\(shop.centro)/sessions")
            let poured = try await RawConnection.talk(to: try Self.port(of: shop)) { connection in
                connection.send(bytes)
                return connection.pour("2000\r\n" + String(repeating: "x", count: 8192) + "\r\n")
            }
            #expect(poured.isClosed)
            #expect(poured.taken < 32 << 20)  // The socket buffers of both sides.
            #expect(try Self.memory(of: shop) - before < 32 << 20)
        }
    }

    @Test("A client that sends nothing or an endless head or body is cut off while others are served")
    func slow() async throws {
        let head =
            "POST /v1/auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n"
        let beginnings = ["", head + "X: ", head + "\r\n"]
        try await withShop { shop in
            let port = try Self.port(of: shop)
            async let ended = together(beginnings.count) { place in
                try await RawConnection.talk(to: port) { connection in
                    connection.send(beginnings[place])
                    connection.trickle(place == 0 ? "" : " ", milliseconds: 100)
                    _ = connection.receive(upTo: "never")
                    return connection.isEnded
                }
            }
            #expect(try await shop.ana.open(in: shop.centro).status == 201)
            #expect(try await ended == [true, true, true])
        }
    }
}
