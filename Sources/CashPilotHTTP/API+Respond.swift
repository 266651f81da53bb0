import CashPilot
import HTTPServer
import HTTPTypes
import HummingbirdCore
import Logging
import Telemetry

extension API {
    /// Converts a request into a response. Only this method turns thrown errors into problem documents.
    package func respond(to request: Request, on connection: RequestConnection) async throws -> Response {
        let start = ContinuousClock.now
        var context = APIContext(connection)
        context.span = tracer?.begin(request.headers)
        context.requestID = RequestNames.requestID(in: request.headers, ids: ids)
        let match = Self.routes.match(request.method, request.uri.path)
        metrics.requests.begin()
        var response: Response
        do {
            response = try await answer(request, match, &context)
        } catch let broken as BrokenBody {
            // Logs 499, as nginx does, if the client disconnects before the response.
            finish(request, match, context, start, status: 499, bytes: 0)
            throw broken.cause
        } catch {
            response = refuse(request, context, Problem(describing: error))
        }
        response.headers[.requestID] = context.requestID
        if let span = context.span { response.headers[.traceresponse] = span.context.text }
        let bytes = response.body.contentLength ?? 0
        finish(request, match, context, start, status: response.status.code, bytes: bytes)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(
        _ request: Request, _ match: RoutingTable.Match, _ context: inout APIContext
    ) async throws -> Response {
        guard request.isFramedPlainly else { throw Problem.ambiguous }
        guard !request.isTooLong else { throw Problem.tooLong }
        switch match {
        case .notFound: throw Problem(.notFound)
        case .methodNotAllowed(let allow): throw Problem(.methodNotAllowed, headers: [.allow: allow])
        case .endpoint(let place, let values):
            let endpoint = Self.endpoints[place]
            context.pathValues = values
            guard endpoint.access == .authenticated else {
                let address = endpoint.isLimited ? proxies.client(of: request, at: context.peer) : nil
                return try await fairUse.anonymously(at: address) {
                    try await endpoint.handler(self)(request, context)
                }
            }
            let identity = try await identity(by: request.headers) { [peer = context.peer] in
                proxies.client(of: request, at: peer)
            }
            context.identity = identity
            try fairUse.begin(identity.userID, isWrite: endpoint.changes)
            defer { fairUse.end(identity.userID) }
            let response = try await endpoint.handler(self)(request, context)
            if endpoint.changes { onChange() }
            return response
        }
    }

    /// Returns the identity of the request's bearer token or API key (RFC 6750).
    ///
    /// - Parameter address: the address whose limit a lookup of an unknown bearer counts toward; `nil` for no limit.
    func identity(
        by headers: HTTPFields, at address: () -> String? = { nil }
    ) async throws -> TokenIdentity {
        guard let text = headers.only(.authorization), let space = text.utf8.firstIndex(of: UInt8(ascii: " ")),
            text[..<space].lowercased() == "bearer"
        else { throw Problem.noToken }
        let token = text[text.utf8.index(after: space)...]
        guard token.utf8.starts(with: APIKeySecret.prefix.utf8) else { return try tokens.verify(token) }
        // API keys are not cached, so a revoked key fails from the next request on.
        guard let key = APIKeySecret(token) else { throw Problem.invalidToken }
        let owner = try await fairUse.anonymously(at: address()) { try await keys.owner(ofHash: key.hash) }
        guard let owner else { throw Problem.invalidToken }
        return TokenIdentity(userID: owner.user, locale: owner.locale, expiry: .max)
    }

    private func refuse(_ request: Request, _ context: APIContext, _ problem: Problem) -> Response {
        if problem.code == .sessionAlreadyOpen { metrics.conflicts.increment() }
        if problem.code.status.kind == .serverError { failures.log(problem, requestID: context.requestID) }
        let locale =
            request.headers[.acceptLanguage].flatMap(Locale.preferred) ?? context.identity?.locale ?? defaultLocale
        return problem.response(requestID: context.requestID, in: locale)
    }

    private func finish(
        _ request: Request, _ match: RoutingTable.Match, _ context: APIContext, _ start: ContinuousClock.Instant,
        status: Int, bytes: Int
    ) {
        var place: Int?
        var business: BusinessID?
        if case .endpoint(let found, _) = match {
            place = found
            if Self.endpoints[found].isInBusiness { business = try? context.business() }
        }
        let duration = ContinuousClock.now - start
        metrics.requests.end(place, status: status, duration: duration)
        let record = RequestRecord(
            endpoint: place, method: request.method, status: status, duration: duration, bytes: bytes,
            requestID: context.requestID, trace: context.span?.context ?? TraceContext(request.headers),
            user: context.identity?.userID, business: business)
        accessLog.note(record)
        if let span = context.span { tracer?.end(span, record) }
    }
}
