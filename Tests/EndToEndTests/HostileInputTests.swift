import Foundation
import TestSupport
import Testing

@Suite("Whatever bytes come")
struct HostileInputTests {
    private struct Seen: Sendable {
        let answer: String
        let isEnded: Bool
    }

    /// Sends a case, and takes its answer. A connection that stays must go on to the next request as if nothing were.
    private static func send(_ bytes: [UInt8], to port: Int, thenGoingOn goesOn: Bool) async throws -> Seen {
        try await RawConnection.talk(to: port) { connection in
            connection.send(bytes)
            var answer = connection.receive(upTo: goesOn ? "\r\n\r\n" : "never")
            if goesOn {
                connection.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                answer += connection.receive(upTo: #"{"status":"ok"}"#)
            }
            return Seen(answer: answer, isEnded: connection.isEnded)
        }
    }

    private static func port(of shop: Shop) throws -> Int {
        try #require(shop.services[0].address.split(separator: ":").last.flatMap { Int($0) })
    }

    /// The memory that the service has in use.
    private static func memory(of shop: Shop) throws -> Int {
        let process = try #require(shop.services[0].process.processID)
        let pages = try String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8).split(separator: " ")
        return try #require(Int(pages[1])) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func expect(_ cases: [HostileCase], in shop: Shop) async throws {
        let port = try port(of: shop)
        for hostile in cases {
            let bytes = hostile.bytes(token: shop.ana.token ?? "", path: "/v1/businesses/\(shop.centro)/sessions")
            let seen = try await send(bytes, to: port, thenGoingOn: !hostile.ends)
            #expect(seen.answer.hasPrefix("HTTP/1.1 \(hostile.status) "), "\(hostile): \(seen.answer.prefix(300))")
            if let code = hostile.code { #expect(seen.answer.contains(#""code":"\#(code)""#), "\(hostile)") }
            #expect(seen.isEnded == hostile.ends, "\(hostile): \(seen.answer.prefix(300))")
            #expect(seen.answer.contains(#"{"status":"ok"}"#) != hostile.ends, "\(hostile): \(seen.answer.prefix(300))")
        }
    }

    @Test(
        "Hostile bytes are refused, leave no trace, and cost no memory",
        arguments: [HostileCase.framing, HostileCase.heads, HostileCase.sizes, HostileCase.bodies])
    func refused(cases: [HostileCase]) async throws {
        try await withShop { shop in
            try await Self.expect(cases, in: shop)
            let before = try Self.memory(of: shop)
            for _ in 0..<3 { try await Self.expect(cases, in: shop) }
            #expect(try Self.memory(of: shop) - before < 32 << 20)
            #expect(shop.services[0].process.status == nil)
            #expect(try shop.ask("select count(*)::text from cash_sessions") == "0")
            #expect(try await shop.ana.open(in: shop.centro).status == 201)
        }
    }

    @Test("Chunks without end are cut off, and cost no memory")
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
            #expect(poured.taken < 32 << 20)  // What the system holds on both sides.
            #expect(try Self.memory(of: shop) - before < 32 << 20)
        }
    }

    @Test("A client that sends nothing, a head or a body without end is cut off; others are served meanwhile")
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
