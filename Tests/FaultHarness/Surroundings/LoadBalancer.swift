import Foundation
import TestSupport

/// haproxy in front of three replicas, with the configuration in deploy/haproxy.
package final class LoadBalancer: Sendable {
    /// `http://127.0.0.1:PORT`.
    package let address: String
    private let process: CashPilotProcess
    private let operations: Person
    private let replicas: Int

    private static let file = "deploy/haproxy/haproxy.cfg"
    private static let programs = ["/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/usr/bin/haproxy"]

    /// Starts haproxy and waits until it finds every replica ready.
    ///
    /// - Parameter ports: of three replicas, on loopback.
    package init(to ports: [Int]) async throws {
        guard let program = Self.programs.first(where: FileManager.default.isExecutableFile) else {
            throw Trial.Failure(description: "haproxy is not installed: scripts/install --with-faults")
        }
        let (port, operationsPort) = (try freePort(), try freePort())
        address = "http://127.0.0.1:\(port)"
        operations = Person.nobody(at: "http://127.0.0.1:\(operationsPort)")
        replicas = ports.count
        // Only the ports differ from the file.
        var text = try Repository.text(Self.file).replacing("127.0.0.1:8080", with: "127.0.0.1:\(port)")
        text = text.replacing("127.0.0.1:8404", with: "127.0.0.1:\(operationsPort)")
        for (place, port) in ports.enumerated() {
            text = text.replacing("127.0.0.1:808\(place + 1)", with: "127.0.0.1:\(port)")
        }
        // `in` is the file with its standard input, in its working directory.
        process = try CashPilotProcess(
            ["-db", "-f", "in"], environment: ["PATH": "/usr/bin:/bin"], input: text,
            executable: URL(filePath: program))
        try await untilAllAreReady()
    }

    /// Waits until haproxy finds every replica ready.
    package func untilAllAreReady() async throws {
        try await eventually("haproxy finds every replica ready") {
            if let status = process.status { throw Trial.Failure(description: "haproxy \(status): \(process.errors)") }
            let lines = try? await operations.get("/stats;csv").text.split(separator: "\n")
            return lines?.count { $0.hasPrefix("replicas,replica") && $0.contains(",UP,") } == replicas ? true : nil
        }
    }
}
