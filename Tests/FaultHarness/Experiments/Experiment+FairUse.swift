import Foundation
import TestSupport

extension Experiment {
    static let fairUse = Experiment(
        "fair-use", fault: "1 400 hostile connections",
        action: """
            one cashier edits two own sessions; then floods of `/readyz`, of logins and of random keys; \
            under a small load of other businesses with the default limits
            """,
        limit: .seconds(180)
    ) { trial in
        let connections = 1_400
        let duration = Duration.seconds(trial.scaled(short: 3, full: 10))
        try IdleCrowd.allowFiles(2 * connections + 2_000)
        try await Fleet.withShop(replicas: 1, settings: Limits.fair) { shop, fleet in
            let port = fleet.ports[0]
            let quiet = try await latencies(in: shop, trial) { try await Task.sleep(for: duration) }
            let limit = max(quiet * 2, .milliseconds(50))
            trial.report("quiet p99 \(quiet.seconds)")
            for (name, requests) in try await hostileRequests(shop) {
                let flooded = try await latencies(in: shop, trial) {
                    await Flood.send(requests, to: port, on: connections, for: duration)
                }
                trial.expect(flooded <= limit, "\(name): p99 \(flooded.seconds), \(quiet.seconds) when quiet")
                trial.report("\(name): p99 \(flooded.seconds)")
            }
            let lines = try fleet.services[0].log("Request failed").count
            trial.expect(lines < 1_000, "\(lines) lines about failed requests")
        }
    }

    /// The requests of each hostile kind, as HTTP text.
    private static func hostileRequests(_ shop: Shop) async throws -> [(String, [String])] {
        func text(_ method: String, _ path: String, _ token: String?, _ body: String = "") -> String {
            let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
            return "\(method) \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\(authorization)"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }
        let own = [
            try await shop.ana.open(in: shop.centro).json, try await shop.ana.open(in: shop.villaMorra).json,
        ]
        let login = #"{"email":"nobody@example.com","password":"a wrong password"}"#
        let key = "cpk_" + String(repeating: "A", count: 43)
        return [
            ("edits", own.map { text("PATCH", Person.path(of: $0), shop.ana.token, #"{"notes":"x"}"#) }),
            ("/readyz", [text("GET", "/readyz", nil)]),
            ("logins", [text("POST", "/v1/auth/token", nil, login)]),
            ("random keys", [text("GET", "/v1/me", key)]),
        ]
    }

    /// Opens, reads and closes sessions of other cashiers while `body` runs.
    ///
    /// - Returns: the 99th percentile of their durations. Every failure is reported.
    private static func latencies(
        in shop: Shop, _ trial: Trial, during body: @escaping @Sendable () async throws -> Void
    ) async throws -> Duration {
        let others = [(shop.bruno, shop.centro), (shop.carla, shop.corner)]
        return try await withThrowingTaskGroup(of: [Duration].self) { group in
            let end = DoneFlag()
            for (person, business) in others {
                group.addTask {
                    var times: [Duration] = []
                    while !end.isSet {
                        let begin = ContinuousClock.now
                        let opened = try await person.open(in: business)
                        trial.expect(opened.status == 201, "an open: \(opened.status)")
                        guard opened.status == 201 else { break }
                        let session = try opened.json
                        let read = try await person.get(Person.path(of: session)).status
                        let closed = try await person.close(session).status
                        trial.expect(read == 200 && closed == 200, "a read: \(read), a close: \(closed)")
                        times.append((ContinuousClock.now - begin) / 3)
                        // 3 changes and reads every 200 ms stay within the budget.
                        try await Task.sleep(for: .milliseconds(200))
                    }
                    return times
                }
            }
            do {
                try await body()
            } catch {
                end.set()
                throw error
            }
            end.set()
            let times = try await group.reduce(into: [Duration]()) { $0 += $1 }.sorted()
            return times.isEmpty ? .zero : times[min(times.count - 1, times.count * 99 / 100)]
        }
    }
}
