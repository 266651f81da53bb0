import CashPilot
import HTTPTypes
import HummingbirdCore
import NIOCore
import Testing

@testable import CashPilotHTTP

@Suite("The management port")
struct MetricsRoutesTests {
    @Test("The management port serves metrics and probes to GET and HEAD only")
    func answers() async throws {
        let routes = routes(Readiness(isWritable: true, isSchemaCurrent: true, isIndexValid: true))
        let metrics = await routes.respond(to: request("/metrics"), context: APIContext())
        #expect(metrics.status == .ok)
        #expect(metrics.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(metrics.body.contentLength ?? 0 > 0)
        #expect(await routes.respond(to: request("/metrics", .head), context: APIContext()).status == .ok)
        #expect(await routes.respond(to: request("/livez"), context: APIContext()).status == .ok)
        #expect(await routes.respond(to: request("/readyz"), context: APIContext()).status == .ok)
        #expect(await routes.respond(to: request("/v1/me"), context: APIContext()).status == .notFound)
        let refused = await routes.respond(to: request("/metrics", .post), context: APIContext())
        #expect(refused.status == .methodNotAllowed)
        #expect(refused.headers[.allow] == "GET, HEAD")
    }

    @Test("A service that cannot write is alive but not ready")
    func notReady() async throws {
        let routes = routes(Readiness(isWritable: false, isSchemaCurrent: true, isIndexValid: true))
        #expect(await routes.respond(to: request("/livez"), context: APIContext()).status == .ok)
        let answer = await routes.respond(to: request("/readyz"), context: APIContext())
        #expect(answer.status == .serviceUnavailable)
        #expect(answer.headers[.retryAfter] == "1")
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
    }

    private func routes(_ readiness: Readiness) -> ManagementRoutes {
        ManagementRoutes(
            metrics: Metrics(routes: []), probes: Probes(check: { readiness }, isShuttingDown: { false }))
    }

    private func request(_ path: String, _ method: HTTPRequest.Method = .get) -> Request {
        Request(
            head: HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path),
            body: RequestBody(buffer: ByteBuffer()))
    }
}
