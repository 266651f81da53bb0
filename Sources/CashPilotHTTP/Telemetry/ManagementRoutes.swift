import HTTPServer
import HummingbirdCore
import NIOCore
import Telemetry

/// The endpoints of the management port, for operators instead of API clients.
package struct ManagementRoutes: HTTPResponder {
    private let metrics: APIMetrics
    private let probes: Probes

    package init(metrics: APIMetrics, probes: Probes) {
        self.metrics = metrics
        self.probes = probes
    }

    package func respond(to request: Request, on connection: RequestConnection) async -> Response {
        guard request.isValid else { return Response(status: .badRequest) }
        guard request.method == .get || request.method == .head else {
            return Response(status: .methodNotAllowed, headers: [.allow: "GET, HEAD"])
        }
        let response = await answer(to: request.uri.path)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(to path: String) async -> Response {
        switch path {
        case "/metrics":
            Response(
                status: .ok, headers: [.contentType: Metrics.mediaType, .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: await metrics.text())))
        case "/livez": probes.liveness().response
        case "/readyz": await probes.readiness().response
        default: Response(status: .notFound)
        }
    }
}
