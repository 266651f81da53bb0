import CashPilot
import HTTPServer
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
        let metrics = await routes.respond(to: request("/metrics"), on: RequestConnection())
        #expect(metrics.status == .ok)
        #expect(metrics.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(metrics.body.contentLength ?? 0 > 0)
        #expect(await routes.respond(to: request("/metrics", .head), on: RequestConnection()).status == .ok)
        #expect(await routes.respond(to: request("/livez"), on: RequestConnection()).status == .ok)
        #expect(await routes.respond(to: request("/readyz"), on: RequestConnection()).status == .ok)
        #expect(await routes.respond(to: request("/v1/me"), on: RequestConnection()).status == .notFound)
        let refused = await routes.respond(to: request("/metrics", .post), on: RequestConnection())
        #expect(refused.status == .methodNotAllowed)
        #expect(refused.headers[.allow] == "GET, HEAD")
    }

    @Test("A service that cannot write is alive but not ready")
    func notReady() async throws {
        let routes = routes(Readiness(isWritable: false, isSchemaCurrent: true, isIndexValid: true))
        #expect(await routes.respond(to: request("/livez"), on: RequestConnection()).status == .ok)
        let answer = await routes.respond(to: request("/readyz"), on: RequestConnection())
        #expect(answer.status == .serviceUnavailable)
        #expect(answer.headers[.retryAfter] == "1")
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
    }

    private func routes(_ readiness: Readiness) -> ManagementRoutes {
        ManagementRoutes(
            metrics: APIMetrics(),
            probes: Probes(version: "0.1.2", check: { readiness }, isShuttingDown: { false }))
    }

    private func request(_ path: String, _ method: HTTPRequest.Method = .get) -> Request {
        Request(
            head: HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path),
            body: RequestBody(buffer: ByteBuffer()))
    }
}
