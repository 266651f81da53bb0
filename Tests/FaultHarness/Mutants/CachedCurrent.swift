import Synchronization
import TestSupport

/// A proxy before the service that remembers, for a moment, which session is open.
final class CachedCurrent: Sendable {
    private let service: Person
    private let lifetime: Duration
    private let kept = Mutex<[String: (reply: Reply, until: ContinuousClock.Instant)]>([:])

    private init(_ service: String, for lifetime: Duration) {
        self.service = Person.nobody(at: service)
        self.lifetime = lifetime
    }

    static func start(before service: String, for lifetime: Duration) async throws -> MutantServer {
        let cache = CachedCurrent(service, for: lifetime)
        return try await MutantServer.start { try await cache.answer($0) }
    }

    private func answer(_ request: MutantServer.Request) async throws -> Reply {
        guard request.path.contains("/current") else { return try await ask(request) }
        let key = request.path + (request.headers.first(name: "Authorization") ?? "")
        if let kept = kept.withLock({ $0[key] }), kept.until > .now { return kept.reply }
        let reply = try await ask(request)
        kept.withLock { $0[key] = (reply, .now + lifetime) }
        return reply
    }

    private func ask(_ request: MutantServer.Request) async throws -> Reply {
        var headers: [String: String] = [:]
        for name in ["Authorization", "Idempotency-Key"] { headers[name] = request.headers.first(name: name) }
        let body = request.body.isEmpty ? nil : String(decoding: request.body, as: UTF8.self)
        return try await service.send(request.method, request.path, body, headers: headers)
    }
}
