import Synchronization
import TestSupport

/// A mutant: a proxy that caches the responses to `current` for a short time.
final class CachedCurrent: Sendable {
    private let service: Person
    private let lifetime: Duration
    private let cached = Mutex<[String: (reply: Reply, until: ContinuousClock.Instant)]>([:])

    private init(_ service: String, for lifetime: Duration) {
        self.service = Person.nobody(at: service)
        self.lifetime = lifetime
    }

    static func start(before service: String, for lifetime: Duration) async throws -> MutantServer {
        let cache = CachedCurrent(service, for: lifetime)
        return try await MutantServer.start { try await cache.respond(to: $0) }
    }

    private func respond(to request: MutantServer.Request) async throws -> Reply {
        guard request.path.contains("/current") else { return try await forward(request) }
        let key = request.path + (request.headers.first(name: "Authorization") ?? "")
        if let entry = cached.withLock({ $0[key] }), entry.until > .now { return entry.reply }
        let reply = try await forward(request)
        cached.withLock { $0[key] = (reply, .now + lifetime) }
        return reply
    }

    private func forward(_ request: MutantServer.Request) async throws -> Reply {
        var headers: [String: String] = [:]
        for name in ["Authorization", "Idempotency-Key"] { headers[name] = request.headers.first(name: name) }
        let body = request.body.isEmpty ? nil : String(decoding: request.body, as: UTF8.self)
        return try await service.send(request.method, request.path, body, headers: headers)
    }
}
