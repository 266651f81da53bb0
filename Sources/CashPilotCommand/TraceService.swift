import CashPilotHTTP
import Logging
import NIOCore
import ServiceLifecycle

/// Sends the spans that gather to the collector, and at shutdown those that are left.
struct TraceService: Service {
    /// Between two exports.
    static let interval = Duration.seconds(1)
    /// How long one may take, from the attempt to connect to the answer. At shutdown two may be waited for.
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
            // Before the spans are taken out: whoever made some has ended by then.
            isLast = Task.isShuttingDownGracefully || Task.isCancelled
            let batch = tracer.take()
            guard batch.count > 0 else { continue }
            do {
                try await post(batch)
                tracer.settle(batch, isExported: true)
                if isFailing { logger.notice("Spans are exported again") }
                isFailing = false
            } catch {
                // They are not sent again: what is newer is worth more.
                tracer.settle(batch, isExported: false)
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
            to: configuration.url, "application/x-protobuf",
            batch.export(service: configuration.name, version: Build.version))
        let status = try await request.send(within: Self.exportMax, on: loops.next())
        guard status == .ok else { throw HTTPPostError("the response has status \(status.code)") }
    }
}
