import Foundation
import TestSupport
import Testing

@Suite("Connection limits")
struct ConnectionLimitTests {
    private static func port(of address: String) throws -> Int {
        try #require(address.split(separator: ":").last.flatMap { Int($0) })
    }

    @Test("Idle connections beyond HTTP_CONNECTIONS_MAX block neither a till nor a probe")
    func crowd() async throws {
        try await withShop(settings: ["HTTP_CONNECTIONS_MAX": "32"]) { shop in
            let (port, probes) = (try Self.port(of: shop.services[0].address), shop.services[0].managementAddress)
            let session = try await shop.ana.open(in: shop.centro).json
            let ended = try await RawConnection.talk(to: port) { first in
                let crowd = (0..<400).compactMap { _ in RawConnection(port: port) }
                // The response to the last connection shows that all are accepted.
                crowd.last?.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = crowd.last?.receive(upTo: "\r\n\r\n")
                func ended() -> Int { ([first] + crowd).count { $0.isKnownToHaveEnded() } }
                for _ in 1...600 where ended() < 401 - 32 { first.pause(milliseconds: 100) }
                return ended()
            }
            #expect(ended >= 401 - 32)
            #expect(try await shop.ana.close(session).status == 200)
            var operations = shop.stranger
            operations.address = probes
            let lines = try await operations.get("/metrics").text.split(separator: "\n")
            let gauge = try #require(lines.first { $0.hasPrefix("cashpilot_http_connections ") })
            #expect(try #require(gauge.split(separator: " ").last.flatMap { Int($0) }) <= 32)
            #expect(lines.contains { $0.hasPrefix("cashpilot_http_connections_closed_total ") && !$0.hasSuffix(" 0") })
        }
    }

    @Test("The service logs a low open-file limit, accepts fewer connections, and keeps running")
    func fewFiles() async throws {
        try await withShop { shop in
            let program = try #require(CashPilotProcess.executable)
            let process = try CashPilotProcess(
                ["--nofile=200:200", program.path, "serve"],
                environment: [
                    "DATABASE_URL": shop.connectionString, "HTTP_PORT": "0", "MANAGEMENT_PORT": "0",
                    "PATH": "/usr/bin:/bin",
                ], executable: URL(filePath: "/usr/bin/prlimit"))
            let address = try await eventually("the service listens") {
                process.output.split(separator: "\n").first { $0.hasPrefix("cashpilot: listening on ") }
                    .map { String($0.split(separator: " ").last ?? "") }
            }
            try await eventually("the log says so") { process.errors.contains("HTTP_CONNECTIONS_MAX") ? true : nil }
            let port = try Self.port(of: address)
            let answer = try await RawConnection.talk(to: port) { _ in
                let crowd = (0..<400).compactMap { _ in RawConnection(port: port) }
                guard crowd.count == 400, let last = RawConnection(port: port) else { return "not connected" }
                last.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                return last.receive(upTo: "\r\n")
            }
            #expect(answer == "HTTP/1.1 200 OK\r\n")
            #expect(process.status == nil)
        }
    }
}
