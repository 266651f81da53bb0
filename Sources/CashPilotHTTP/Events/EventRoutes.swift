import CashPilot
import HummingbirdCore

/// What happens to sessions, for those who want to know it soon.
struct EventRoutes {
    let service: FeedService

    /// `GET /v1/events` → 200, a page of the feed or a stream of what comes, as `Accept` says.
    ///
    /// - Parameter identify: who the request's token speaks for now; a stream asks again and again.
    func list(
        _ request: Request, context: APIContext, identify: @escaping @Sendable () async throws -> TokenIdentity
    ) async throws -> Response {
        var (query, headers) = (try QueryReader(request), HeaderReader(request.headers))
        // A client that comes back says in the header where it was; its address still has where it began.
        let (begin, last) = (query.position("after"), headers.lastEventID())
        let limit = query.limit()
        try FieldFault.check(query.finish() + headers.faults)
        let position = last ?? begin
        let caller = try context.caller()
        guard headers.wantsStream, request.method != .head else {
            let page = try await service.events(after: position, limit: limit, for: caller.id)
            return .json(.ok, .revalidated) { $0.feedPage(page) }
        }
        // It follows before it reads: what comes between the two wakes it.
        let follower = try service.followers.join(caller.id, cut: context.cut)
        context.whenHungUp { [weak follower] in follower?.end() }
        let first = try await service.events(after: position, limit: limit, for: caller.id)
        let stream = EventStream(
            service: service, follower: follower, user: caller.id, limit: limit, identify: identify)
        return Response(
            status: .ok, headers: EventStream.headers,
            body: ResponseBody { try await stream.write(to: &$0, from: position ?? first.next, first) })
    }
}

extension API {
    /// `GET /v1/events`, with what a stream needs to learn whether its token still holds.
    @Sendable func listEvents(_ request: Request, context: APIContext) async throws -> Response {
        let headers = request.headers
        return try await events.list(request, context: context) { try await identity(by: headers) }
    }
}
