import Foundation
import TestSupport
import Testing

@Suite("cashpilot serve under a service manager")
struct ServiceManagerTests {
    /// Binds a datagram socket like systemd and prints each datagram on its own line.
    private static let listener = """
        import socket, sys
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.bind(sys.argv[1].replace("@", "\\0", 1) if sys.argv[1].startswith("@") else sys.argv[1])
        print("bound", flush=True)
        while True: print(s.recv(4096).decode(), flush=True)
        """

    @Test(
        "The service notifies systemd when it is ready and when it stops",
        arguments: ["/notify", "@cashpilot"])
    func notifies(name: String) async throws {
        try await withShop { shop in
            let unique = UUID().uuidString.prefix(8)
            let path = name.hasPrefix("@") ? "\(name)-\(unique)" : "/tmp/cashpilot-\(unique)\(name)"
            if !name.hasPrefix("@") {
                try FileManager.default.createDirectory(
                    atPath: URL(filePath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
            }
            defer {
                if !name.hasPrefix("@") { try? FileManager.default.removeItem(atPath: "/tmp/cashpilot-\(unique)") }
            }
            let manager = try CashPilotProcess(
                ["-c", Self.listener, path], environment: ["PATH": "/usr/bin:/bin"],
                executable: URL(filePath: "/usr/bin/python3"))
            try await eventually("the socket is bound") { manager.output.hasPrefix("bound\n") ? true : nil }
            let service = try await Service(database: shop.connectionString, settings: ["NOTIFY_SOCKET": path])
            try await eventually("it is ready") { manager.output == "bound\nREADY=1\n" ? true : nil }
            service.process.signal(SIGTERM)
            #expect(try await service.process.wait() == 0)
            try await eventually("it stops") { manager.output == "bound\nREADY=1\nSTOPPING=1\n" ? true : nil }
        }
    }

    @Test("The service starts even if NOTIFY_SOCKET is missing or invalid", arguments: ["/nowhere/notify", "x", "/"])
    func unheard(path: String) async throws {
        try await withShop(settings: ["NOTIFY_SOCKET": path]) { (shop: Shop) async throws in
            #expect(try await shop.stranger.get("/livez").status == 200)
        }
    }

    @Test("The connection string is read from DATABASE_URL_FILE, and an unreadable file is an error")
    func connectionStringFile() async throws {
        try await withShop { shop in
            let path = FileManager.default.temporaryDirectory.appending(path: "url-\(UUID().uuidString)").path
            try Data("\(shop.connectionString)\n".utf8).write(to: URL(filePath: path))
            defer { try? FileManager.default.removeItem(atPath: path) }
            let environment = Limits.patient.merging(["PATH": "/usr/bin:/bin", "DATABASE_URL_FILE": path]) { $1 }
            #expect(
                try await CashPilotProcess.run(["migrate", "status"], environment: environment).contains("applied"))
            let flag = ["migrate", "status", "--database-url-file", path]
            #expect(try await CashPilotProcess.run(flag, environment: Limits.patient).contains("applied"))
            let missing = try CashPilotProcess(["migrate", "status"], environment: ["DATABASE_URL_FILE": "/nowhere"])
            #expect(try await missing.wait() == 1)
            #expect(missing.errors.contains("DATABASE_URL_FILE cannot be read"), "\(missing.errors)")
        }
    }
}
