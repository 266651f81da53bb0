import CashPilot
import HummingbirdCore

/// The endpoints about the service itself: health probes, and the pages of problem codes.
struct OperationRoutes {
    let probes: Probes
    let defaultLocale: Locale

    /// `GET /livez` → 200.
    func livez(_ request: Request, context: APIContext) -> Response { probes.liveness().response }

    /// `GET /readyz` → 200, or 503 if the service cannot process requests.
    func readyz(_ request: Request, context: APIContext) async -> Response { await probes.readiness().response }

    /// `GET /problems/{slug}` → 200, an HTML page about one problem code.
    func problemPage(_ request: Request, context: APIContext) throws -> Response {
        guard let slug = context.pathValues.first, let code = ProblemCode(slug: slug) else {
            throw Problem(.notFound)
        }
        let locale = request.headers[.acceptLanguage].flatMap(Locale.preferred) ?? defaultLocale
        return StaticPage(html: ProblemPage.html(code, in: locale), policy: ProblemPage.policy, locale: locale)
            .answer(to: request)
    }
}
