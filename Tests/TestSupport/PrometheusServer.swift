import Foundation

/// Debian's Prometheus with a given configuration, and promtool.
package struct PrometheusServer: Sendable {
    private let process: CashPilotProcess
    private let server: Person

    /// Starts it, and waits until it is ready.
    ///
    /// - Parameter folder: contains `prometheus.yml` and the files that it names.
    package init(folder: URL) async throws {
        let process = try CashPilotProcess(
            [
                "--config.file=\(folder.path)/prometheus.yml", "--storage.tsdb.path=\(folder.path)/data",
                "--web.listen-address=127.0.0.1:0",
            ], environment: ["PATH": "/usr/bin:/bin"], executable: URL(filePath: "/usr/bin/prometheus"))
        let port = try await eventually("Prometheus listens") {
            if let status = process.status {
                throw CashPilotProcess.Failure(description: "prometheus ended with \(status): \(process.errors)")
            }
            return process.errors.firstMatch(of: #/"Listening on" address=127.0.0.1:(\d+)/#)?.1
        }
        self.process = process
        let server = Person.nobody(at: "http://127.0.0.1:\(port)")
        self.server = server
        try await eventually("Prometheus is ready") {
            try await server.get("/-/ready").status == 200 ? true : nil
        }
    }

    /// The values of an expression, one for each series.
    package func values(of expression: String) async throws -> [Double] {
        let query = expression.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let reply = try await server.get("/api/v1/query?query=\(query)")
        guard reply.status == 200 else { throw CashPilotProcess.Failure(description: reply.text) }
        return reply.text.matches(of: #/"value":\[[^,]+,"([^"]+)"\]/#).compactMap { Double($0.1) }
    }

    /// The health of each rule: `ok`, `unknown` before its evaluation, or `err`.
    package func ruleHealth() async throws -> [String] {
        try await server.get("/api/v1/rules").text.matches(of: #/"health":"([a-z]+)"/#).map { String($0.1) }
    }

    /// Runs promtool.
    ///
    /// - Returns: its exit status and its output.
    package static func tool(_ arguments: [String], input: String = "") async throws -> (status: Int32, said: String) {
        let process = try CashPilotProcess(
            arguments, environment: ["PATH": "/usr/bin:/bin"], input: input,
            executable: URL(filePath: "/usr/bin/promtool"))
        let status = try await process.wait()
        return (status, process.output + process.errors)
    }
}
