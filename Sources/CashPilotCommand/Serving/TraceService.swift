import CashPilotHTTP
import Logging
import NIOCore
import ServiceLifecycle

/// Exports spans to the collector periodically, and the remaining ones at shutdown.
struct TraceService: Service {
    /// The pause between two exports.
    static let interval = Duration.seconds(1)
    /// The time limit of one export, from connecting to the response. A shutdown may wait for two exports.
    static let exportMax = TimeAmount.seconds(2)

    let tracer: Tracer
    let configuration: TraceConfiguration
    /// Exports run on one of these loops.
    let loops: any EventLoopGroup
    let logger: Logger

    func run() async {
        var isFailing = false
        var isLast = false
        while !isLast {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
            // Checks before taking the spans, so that the last batch is complete.
            isLast = Task.isShuttingDownGracefully || Task.isCancelled
            let batch = tracer.take()
            guard batch.count > 0 else { continue }
            do {
                try await post(batch)
                tracer.report(batch, isExported: true)
                if isFailing { logger.notice("Spans are exported again") }
                isFailing = false
            } catch {
                // Failed batches are not sent again, because newer spans are more useful.
                tracer.report(batch, isExported: false)
                if !isFailing {
                    logger.warning(
                        "Spans are not exported", metadata: ["error": "\(configuration.url.absoluteString): \(error)"])
                }
                isFailing = true
            }
        }
    }

    /// - Throws: ``HTTPPostError`` unless the collector responds with 200.
    private func post(_ batch: SpanBatch) async throws {
        let request = HTTPPost(
            to: configuration.url, "application/json",
            batch.export(service: configuration.name, version: Build.version))
        let status = try await request.send(within: Self.exportMax, on: loops.next())
        guard status == .ok else { throw HTTPPostError("the response has status \(status.code)") }
    }
}
