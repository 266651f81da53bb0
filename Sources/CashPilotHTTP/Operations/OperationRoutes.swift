import CashPilot
import Hummingbird

/// What the service says of itself: probes, its contract, and the pages about its problems.
struct OperationRoutes {
    let probes: Probes
    /// One copy for all answers, however many wait for their clients.
    let openAPI: ByteBuffer
    let defaultLocale: Locale

    /// `GET /livez` → 200.
    func livez(_ request: Request, context: APIContext) -> Response { probes.liveness().response }

    /// `GET /readyz` → 200, or 503 when the service cannot do its work.
    func readyz(_ request: Request, context: APIContext) async -> Response { await probes.readiness().response }

    /// `GET /openapi.yaml` → 200 (RFC 9512).
    func openAPI(_ request: Request, context: APIContext) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "application/yaml", .cacheControl: "public, max-age=300",
                .xContentTypeOptions: "nosniff",
            ],
            body: ResponseBody(byteBuffer: openAPI))
    }

    /// `GET /problems/{slug}` → 200, a page for people about one code.
    func problemPage(_ request: Request, context: APIContext) throws -> Response {
        guard let slug = context.pathValues.first, let code = ProblemCode(slug: slug) else {
            throw Problem(.notFound)
        }
        let locale = request.headers[.acceptLanguage].flatMap(Locale.preferred) ?? defaultLocale
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .contentLanguage: locale.rawValue,
                .vary: "Accept-Language", .cacheControl: "public, max-age=300",
                .contentSecurityPolicy: ProblemPage.policy, .frameOptions: "DENY", .referrerPolicy: "no-referrer",
                .xContentTypeOptions: "nosniff",
            ],
            body: .bytes(Array(ProblemPage.html(code, in: locale).utf8)))
    }
}
