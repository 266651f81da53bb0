import Foundation
import TestSupport
import Testing

@Suite("docs/howto/run-several-replicas.md")
struct ReplicasTests {
    @Test("Three replicas are one service: a token is valid at each, and an open at one conflicts at another")
    func follows() async throws {
        let guide = try Guide("docs/howto/run-several-replicas.md")
        try await withShop { shop in
            let ports = try (0..<3).map { _ in try #require(Self.freePort()) }
            let reader = try GuideReader([
                "DATABASE_URL": shop.connectionString, "DATABASE_POOL_SIZE": "3",
                "SHUTDOWN_DELAY_SECONDS": "0", "PORTS": ports.map(String.init).joined(separator: " "),
            ])
            // The replicas end with the shell, even after a failure.
            let said = try await reader.run("trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n" + guide.code())
            let statuses = said.matches(of: #/HTTP/1\.1 (\d{3})/#).map { String($0.1) }
            #expect(statuses == ["201", "409"], "\(said)")
            let opened = try #require(try shop.query("select id::text from cash_sessions"))
            #expect(said.contains(#""existing_session":{"id":"\#(opened)""#))
        }
    }

    /// A free port on loopback; the port 1000 above it is free too.
    private static func freePort() -> Int? {
        (0..<100).lazy.map { _ in Int.random(in: 20_000..<30_000) }.first { isFree($0) && isFree($0 + 1_000) }
    }

    private static func isFree(_ port: Int) -> Bool {
        let place = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(place) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(place, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
