import Foundation
import Glibc

/// An example of `deploy/` that serves one replica below `/cashpilot`, on a free port.
package final class ReverseProxy: Sendable {
    /// The program of an example.
    package enum Program: String, CaseIterable, Sendable {
        /// Keeps the prefix.
        case haproxy
        /// Removes the prefix.
        case nginx

        fileprivate var file: String {
            self == .haproxy ? "deploy/haproxy/below-path.cfg" : "deploy/nginx/below-path.conf"
        }

        /// Its configuration is the file `in` of its working directory.
        fileprivate var arguments: [String] {
            switch self {
            case .haproxy: ["-db", "-f", "in"]
            case .nginx:
                [
                    "-p", "./", "-c", "in", "-g",
                    "daemon off; master_process off; pid nginx.pid; error_log stderr;",
                ]
            }
        }
    }

    /// `http://127.0.0.1:PORT`.
    package let address: String
    private let process: CashPilotProcess

    /// Starts the program, and waits until it forwards requests.
    package init(_ program: Program, to service: Service) async throws {
        let places = ["/usr/sbin/", "/usr/local/sbin/", "/usr/bin/"].map { $0 + program.rawValue }
        guard let executable = places.first(where: FileManager.default.isExecutableFile) else {
            throw CashPilotProcess.Failure(
                description: "\(program) is not installed: scripts/install --with-tests")
        }
        let port = try freePort()
        let address = "http://127.0.0.1:\(port)"
        // Only the addresses differ from the file, and the places where nginx keeps large bodies.
        let text = try Repository.text(program.file).replacing("127.0.0.1:8080", with: "127.0.0.1:\(port)")
            .replacing("127.0.0.1:8081", with: service.address.replacing("http://", with: ""))
            .replacing("http {", with: "http {\n" + Self.folders)
        let process = try CashPilotProcess(
            program.arguments, environment: ["PATH": "/usr/bin:/bin"], input: text,
            executable: URL(filePath: executable))
        (self.address, self.process) = (address, process)
        try await eventually("\(program) forwards requests") {
            if let status = process.status {
                throw CashPilotProcess.Failure(description: "\(program) \(status): \(process.errors)")
            }
            let reply = try? await Person.nobody(at: address).get("/cashpilot/livez")
            return reply?.status == 200 ? true : nil
        }
    }

    private static let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map { "    \($0)_temp_path \($0);\n" }.joined()
}

/// A free TCP port on loopback.
package func freePort() throws -> Int {
    let place = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(place) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            bind(place, pointer, length) == 0 && getsockname(place, pointer, &length) == 0
        }
    }
    guard isBound else { throw CashPilotProcess.Failure(description: "no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
}
