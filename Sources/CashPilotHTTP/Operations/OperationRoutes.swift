import CashPilot
import HummingbirdCore
import JSON

/// The endpoints about the service itself: health probes, and the pages of problem codes.
struct OperationRoutes {
    let probes: Probes
    let defaultLocale: Locale

    /// `GET /livez` → 200.
    func livez(_ request: Request, context: APIContext) -> Response { probes.liveness().response }

    /// `GET /readyz` → 200, or 503 if the service cannot process requests.
    func readyz(_ request: Request, context: APIContext) async -> Response { await probes.readiness().response }

    /// `GET /` → 302 to the till, for people who enter only the host.
    func root(_ request: Request, context: APIContext) -> Response {
        Response(
            status: .found,
            headers: [
                .location: BasePath.prefixed("/till"), .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
            ])
    }

    /// `GET /problems/{slug}` → 200, an HTML page about one problem code.
    func problemPage(_ request: Request, context: APIContext) throws -> Response {
        guard let slug = context.pathValues.first, let code = ProblemCode(slug: slug) else { throw Problem(.notFound) }
        let locale = request.headers[.acceptLanguage].flatMap(Locale.preferred) ?? defaultLocale
        return StaticPage(html: ProblemPage.html(code, in: locale), policy: ProblemPage.policy, locale: locale)
            .answer(to: request)
    }
}

/// Reports the data that prevents the one-open index, for administrators.
struct PreflightRoutes {
    let service: PreflightService
    let accounts: AccountService

    /// `GET /v1/admin/preflight` → 200: duplicate open sessions, and which to keep. It changes nothing.
    func report(_ request: Request, context: APIContext) async throws -> Response {
        try QueryReader(request).check()
        try await accounts.checkIsAdministrator(try context.caller())
        let report = try await service.report()
        return .json(.ok, .revalidated) { $0.preflight(report) }
    }
}

extension JSONWriter {
    mutating func preflight(_ report: Preflight) {
        object { json in
            json.name("items")
            json.array(report.duplicates) { $0.duplicate($1) }
            json.member("has_more", report.hasMore)
        }
    }

    private mutating func duplicate(_ duplicate: DuplicateOpenSessions) {
        object { json in
            json.member("business_id", duplicate.business)
            json.member("business_name", duplicate.businessName)
            json.member("cashier_id", duplicate.cashier)
            json.member("cashier_name", duplicate.cashierName)
            json.member("open_sessions", Int64(duplicate.openSessions))
            json.name("keep")
            json.duplicate(duplicate.keep)
            json.name("end")
            json.array(duplicate.end) { $0.duplicate($1) }
        }
    }

    private mutating func duplicate(_ session: DuplicateSession) {
        object { json in
            json.member("id", session.id)
            json.member("session_number", session.number)
            json.member("opened_at", session.openedAt)
            json.member("last_activity_at", session.lastActivityAt)
        }
    }
}
