import Foundation

/// A trace collector. It checks each export against the definitions of OTLP/JSON.
package struct TraceCollector: Sendable {
    private let process: CashPilotProcess
    /// For `OTEL_EXPORTER_OTLP_ENDPOINT`.
    package let endpoint: String

    /// Starts it, and waits until it listens.
    ///
    /// - Parameters:
    ///   - status: that it gives to everything.
    ///   - delay: until it does.
    package init(answering status: Int = 200, after delay: Duration = .zero) async throws {
        let process = try CashPilotProcess(
            [
                Repository.root.appending(path: "scripts/trace-collector.py").path, "\(status)",
                "\(delay.components.seconds)",
            ],
            environment: ["PATH": "/usr/bin:/bin"],
            executable: URL(filePath: "/usr/bin/python3"))
        let port = try await eventually("the collector listens", within: .seconds(30)) {
            if let status = process.status {
                throw CashPilotProcess.Failure(description: "it ended with \(status): \(process.errors)")
            }
            return process.output.split(separator: "\n").first.flatMap { Int($0) }
        }
        self.process = process
        endpoint = "http://127.0.0.1:\(port)"
    }

    /// What each request had in it, in order.
    package func exports() throws -> [JSON] {
        // Without the port, and what is not a whole line yet.
        try process.output.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().dropLast()
            .map { try JSON(parsing: Data($0.utf8)) }
    }

    /// The spans of all requests, in order.
    package func spans() throws -> [TraceSpan] {
        try exports().flatMap { $0["export"]["resourceSpans"].items }.flatMap { $0["scopeSpans"].items }
            .flatMap { $0["spans"].items }.map { TraceSpan(json: $0) }
    }
}

/// A span in OTLP/JSON.
package struct TraceSpan: Sendable {
    package let json: JSON

    /// 32 hexadecimal digits.
    package var trace: String { json["traceId"].string ?? "" }
    /// 16 hexadecimal digits.
    package var id: String { json["spanId"].string ?? "" }
    /// 16 hexadecimal digits; empty if there is none.
    package var parent: String { json["parentSpanId"].string ?? "" }

    /// In nanoseconds since 1970.
    package var start: Int64 { json["startTimeUnixNano"].string.flatMap { Int64($0) } ?? 0 }
    /// In nanoseconds since 1970.
    package var end: Int64 { json["endTimeUnixNano"].string.flatMap { Int64($0) } ?? 0 }

    package var attributes: [String: String] {
        let pairs = json["attributes"].items.map { pair in
            let value = pair["value"]
            return (pair["key"].string ?? "", value["stringValue"].string ?? value["intValue"].string ?? "")
        }
        return Dictionary(pairs) { first, second in "\(first), \(second)" }
    }
}
