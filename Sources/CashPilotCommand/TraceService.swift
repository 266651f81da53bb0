import AsyncHTTPClient
import CashPilotHTTP
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// Sends the spans that gather to the collector, and at shutdown those that are left.
struct TraceService: Service {
    /// Between two exports.
    static let interval = Duration.seconds(1)
    /// How long one may take, from the attempt to connect to the answer. At shutdown two may be waited for.
    static let exportMax = TimeAmount.seconds(2)

    let tracer: Tracer
    let configuration: TraceConfiguration
    /// Whose loop the client works on.
    let loops: any EventLoopGroup
    let logger: Logger

    func run() async throws {
        var options = HTTPClient.Configuration()
        options.redirectConfiguration = .disallow
        options.timeout.connect = Self.exportMax
        options.connectionPool.retryConnectionEstablishment = false  // It would hide why there is no connection.
        // What it throws is that a connection could not be closed: no reason for the service to end otherwise than well.
        try? await HTTPClient.withHTTPClient(eventLoopGroup: loops, configuration: options) { await export(by: $0) }
    }

    private func export(by client: HTTPClient) async {
        var isFailing = false
        var isLast = false
        while !isLast {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
            // Before the spans are taken out: whoever made some has ended by then.
            isLast = Task.isShuttingDownGracefully || Task.isCancelled
            let batch = tracer.take()
            guard batch.count > 0 else { continue }
            do {
                try await post(batch, by: client)
                tracer.settle(batch, isExported: true)
                if isFailing { logger.notice("Spans are exported again") }
                isFailing = false
            } catch {
                // They are not sent again: what is newer is worth more.
                tracer.settle(batch, isExported: false)
                if !isFailing { logger.warning("Spans are not exported", metadata: ["error": "\(error)"]) }
                isFailing = true
            }
        }
    }

    /// - Throws: ``ServiceFault`` if the collector does not take them.
    private func post(_ batch: SpanBatch, by client: HTTPClient) async throws {
        var request = HTTPClientRequest(url: configuration.address + "/v1/traces")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-protobuf")
        request.body = .bytes(
            ByteBuffer(bytes: batch.export(service: configuration.name, version: Build.version)))
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request, timeout: Self.exportMax)
        } catch {
            throw ServiceFault(unreachable: configuration.address, error)
        }
        guard response.status == .ok else {
            throw ServiceFault(status: Int(response.status.code), at: configuration.address)
        }
    }
}
