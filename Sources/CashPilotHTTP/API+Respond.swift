import CashPilot
import HTTPServer
import HTTPTypes
import HummingbirdCore
import Logging
import Telemetry

extension API {
    package func respond(to request: Request, on connection: RequestConnection) async throws -> Response {
        try await basePath.apply(to: request) { try await handle($0, on: connection) }
    }

    package func respond(to fault: InvalidRequest) -> Response {
        let id = RequestNames.make(ids)
        var response = basePath.apply { Problem(fault).response(requestID: id, in: defaultLocale) }
        response.headers[.requestID] = id
        crossOrigin.markAsVarying(&response)
        return response
    }

    /// Converts a request into a response. Only this method turns thrown errors into problem documents.
    private func handle(_ request: Request, on connection: RequestConnection) async throws -> Response {
        let start = ContinuousClock.now
        var context = APIContext(connection)
        context.span = tracer?.begin(request.headers)
        context.requestID = RequestNames.make(ids)
        context.clientRequestID = RequestNames.clientID(in: request.headers)
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
            response = refuse(request, context, await refusal(for: error, context))
        }
        response.headers[.requestID] = context.shownRequestID
        crossOrigin.mark(&response, to: request)
        if let span = context.span { response.headers[.traceresponse] = span.context.text }
        let bytes = response.body.contentLength ?? 0
        finish(request, match, context, start, status: response.status.code, bytes: bytes)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(
        _ request: Request, _ match: RoutingTable.Match, _ context: inout APIContext
    ) async throws -> Response {
        try request.checkFraming()
        // A browser sends a preflight without the bearer.
        if request.method == .options { return try options(request, match) }
        if case .endpoint(let place, _) = match {
            switch Self.endpoints[place].access {
            case .anyone: break
            case .authenticated: try await authenticate(request, &context)
            case .terminal: context.terminal = try request.bearer().hash
            }
        }
        guard !request.isTooLong else { throw Problem.tooLong }
        switch match {
        case .notFound: throw Problem(.notFound)
        case .methodNotAllowed(let allow): throw Problem(.methodNotAllowed, headers: [.allow: allow])
        case .endpoint(let place, let values):
            let endpoint = Self.endpoints[place]
            context.pathValues = values
            // Without a principal, only logins and terminals have limits, of their own. Probes have none: the load balancer would
            // remove a replica that refuses them.
            guard let principal = context.principal else { return try await endpoint.handler(self)(request, context) }
            try fairUse.begin(principal.user, isWrite: endpoint.changes)
            defer { fairUse.end(principal.user) }
            let response = try await endpoint.handler(self)(request, context)
            if endpoint.changes { onChange() }
            return response
        }
    }

    /// `OPTIONS` → 204 with the methods of the path; `OPTIONS *` with those of the service.
    ///
    /// A preflight succeeds for each path. The page then sees the 404 of its request instead of a network error.
    private func options(_ request: Request, _ match: RoutingTable.Match) throws(Problem) -> Response {
        var response = Response.done()
        switch match {
        case .endpoint: break  // No endpoint has this method.
        case .methodNotAllowed(let allow):
            response.headers[.allow] = allow
            if allow.contains("PATCH") { response.headers[.acceptPatch] = Request.patchTypes }
        case .notFound where request.uri.path == "*": response.headers[.allow] = Self.routes.methods
        case .notFound: guard crossOrigin.isPreflight(request) else { throw Problem(.notFound) }
        }
        return response
    }

    /// Finds the principal of the request's bearer (RFC 6750).
    ///
    /// - Throws: a ``Problem``, 401, if the bearer is missing or the database does not know it.
    private func authenticate(_ request: Request, _ context: inout APIContext) async throws {
        let bearer = try request.bearer().hash
        var principal = callers.principal(of: bearer)
        if principal == nil {
            // A flood of unknown bearers counts toward the limit of its address.
            principal = try await fairUse.anonymously(at: proxies.client(of: request, at: context.peer)) {
                try await credentials.principal(of: bearer)
            }
            if let principal { callers.insert(principal, for: bearer) }
        }
        guard let principal else { throw Problem.invalidToken }
        (context.bearer, context.principal) = (bearer, principal)
        uses.note(principal.credential)
    }

    /// Returns the problem of a failed request. A bearer that is no longer valid gets 401 before other client errors.
    ///
    /// The cache may know a bearer whose credential has ended. If no statement decided the error, the credential was
    /// not read, so this method reads it. After a 429 it does not: a flood must stay cheap.
    private func refusal(for error: any Error, _ context: APIContext) async -> Problem {
        let problem = Problem(describing: error)
        guard let bearer = context.bearer else { return problem }
        let isDecided = error is DomainError || problem.code == .tooManyRequests
        if problem.code.status.kind == .clientError, !isDecided {
            do {
                guard try await credentials.principal(of: bearer) == nil else { return problem }
            } catch {
                return Problem(describing: error)
            }
            callers.remove(bearer)
            return .invalidToken
        }
        if problem.code == .unauthenticated { callers.remove(bearer) }
        return problem
    }

    private func refuse(_ request: Request, _ context: APIContext, _ problem: Problem) -> Response {
        if problem.code == .sessionAlreadyOpen { metrics.conflicts.increment() }
        if problem.code.status.kind == .serverError { failures.log(problem, context) }
        let locale =
            request.headers[.acceptLanguage].flatMap(Locale.preferred) ?? context.principal?.locale ?? defaultLocale
        return problem.response(requestID: context.shownRequestID, in: locale)
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
            requestID: context.requestID, clientRequestID: context.clientRequestID,
            trace: context.span?.context ?? TraceContext(request.headers), user: context.principal?.user,
            business: business, client: proxies.client(of: request, at: context.peer),
            credential: context.principal?.credential)
        accessLog.note(record)
        if let span = context.span { tracer?.end(span, record) }
    }
}
