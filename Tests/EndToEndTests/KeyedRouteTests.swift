import Foundation
import TestSupport
import Testing
import Yams

/// The guarantees of `Idempotency-Key`, at every POST of the contract.
@Suite("Idempotency-Key at every changing POST")
struct KeyedRouteTests {
    @Test("Every changing route of openapi.yaml is tested, and every POST accepts a key or is excused")
    func complete() throws {
        let contract = try #require(try Yams.load(yaml: try Repository.text("openapi.yaml")) as? [String: Any])
        let paths = try #require(contract["paths"] as? [String: [String: Any]])
        var promised: Set<String> = []
        for (path, item) in paths {
            for method in ["post", "put", "patch", "delete"] {
                guard let operation = item[method] as? [String: Any] else { continue }
                let name = "\(method.uppercased()) \(path)"
                let parameters = (operation["parameters"] as? [[String: Any]])?.compactMap { $0["$ref"] as? String }
                let takesKey = parameters?.contains("#/components/parameters/IdempotencyKey") == true
                let isExcused = ChangingRoute.withoutKey[name] != nil
                #expect(takesKey == (method == "post" && !isExcused), "\(name)")
                if !isExcused { promised.insert(name) }
            }
        }
        #expect(Set(ChangingRoute.all.map(\.name)) == promised)
    }

    @Test(
        "Every POST replays its stored response byte for byte at any replica, and rejects other values",
        arguments: ChangingRoute.posts)
    func replay(route: ChangingRoute) async throws {
        try await withShop(replicas: 2) { shop in
            let request = try await route.request(shop, 0)
            let before = try shop.changes()
            let first = try await request.send(shop, key: "k")
            #expect((200..<300).contains(first.status), "\(first.text)")
            #expect(first[header: "Idempotent-Replayed"] == nil)
            var respelled = request
            respelled.body = try request.respelledBody()
            for (replica, key, request) in [(1, "k", request), (0, "\"k\"", respelled)] {
                let again = try await request.send(shop, at: replica, key: key)
                #expect(again.status == first.status)
                #expect(again.body == first.body)
                for name in ["Location", "ETag", "Content-Type", "Cache-Control"] {
                    #expect(again[header: name] == first[header: name])
                }
                #expect(again[header: "Idempotent-Replayed"] == "true")
            }
            #expect((request.otherBody == nil) == ChangingRoute.withoutFields.contains(route.name))
            if let body = request.otherBody {
                var other = request
                other.body = body
                let reused = try await other.send(shop, key: "k")
                #expect(reused.status == 422)
                #expect(try reused.json["code"] == "IDEMPOTENCY_KEY_REUSED", "\(reused.text)")
            }
            #expect(try shop.changes() == before + route.events)
        }
    }

    @Test("One key at several routes or of several callers is a separate key for each")
    func scope() async throws {
        try await withShop { shop in
            for (number, route) in ChangingRoute.posts.enumerated() {
                let reply = try await route.request(shop, number).send(shop, key: "same")
                #expect((200..<300).contains(reply.status), "\(route): \(reply.text)")
                #expect(reply[header: "Idempotent-Replayed"] == nil, "\(route)")
            }
            let stored = "select count(*) || ' ' || count(distinct operation) from idempotency_keys where key = 'same'"
            let count = ChangingRoute.posts.count - ChangingRoute.keyNamesID.count
            #expect(try shop.query(stored) == "\(count) \(count)")
            // A second administrator is another caller.
            try shop.execute("update users set role = 'ADMIN' where id = '\(shop.diego.id)'")
            for (number, route) in ChangingRoute.posts.enumerated() {
                let request = try await route.request(shop, 100 + number)
                guard request.person.id == shop.administrator.id else { continue }
                let theirs = ChangingRequest(
                    person: shop.diego, method: "POST", path: request.path, body: request.body)
                let reply = try await theirs.send(shop, key: "same")
                #expect((200..<300).contains(reply.status), "\(route): \(reply.text)")
                #expect(reply[header: "Idempotent-Replayed"] == nil, "\(route)")
            }
        }
    }

    @Test(
        "A duplicate gets REQUEST_IN_FLIGHT while the first request runs, and its response afterwards",
        arguments: ChangingRoute.posts.filter { !ChangingRoute.keyNamesID.contains($0.name) })
    func inFlight(route: ChangingRoute) async throws {
        try await withShop(replicas: 2) { shop in
            let request = try await route.request(shop, 0)
            try InjectedError.prepare(in: shop)
            let before = try shop.changes()
            let lock = try shop.connection()
            try lock.execute("select pg_advisory_lock(4711)")
            try InjectedError.raise("WAIT", at: .commit, in: shop)
            async let first = request.send(shop, key: "k")
            try await shop.untilALockIsWaitedFor()
            let duplicate = try await request.send(shop, at: 1, key: "k")
            #expect(duplicate.status == 409)
            #expect(try duplicate.json["code"] == "REQUEST_IN_FLIGHT", "\(duplicate.text)")
            #expect(duplicate[header: "Retry-After"] == "1")
            try lock.execute("select pg_advisory_unlock(4711)")
            let answer = try await first
            #expect((200..<300).contains(answer.status), "\(answer.text)")
            let late = try await request.send(shop, at: 1, key: "k")
            #expect(late[header: "Idempotent-Replayed"] == "true")
            #expect(late.status == answer.status && late.body == answer.body)
            #expect(try shop.changes() == before + route.events)
        }
    }

    @Test(
        "After kill -9 in mid-request, a retry at another replica has exactly one effect",
        arguments: ChangingRoute.posts)
    func killed(route: ChangingRoute) async throws {
        try await withShop(replicas: 2) { shop in
            let request = try await route.request(shop, 0)
            try InjectedError.prepare(in: shop)
            let before = try shop.changes()
            let lock = try shop.connection()
            try lock.execute("select pg_advisory_lock(4711)")
            try InjectedError.raise("WAIT", at: .commit, in: shop)
            async let lost = try? request.send(shop, key: "k")
            try await shop.untilALockIsWaitedFor()
            shop.services[0].process.signal(SIGKILL)
            _ = await lost
            try await shop.untilDeadClientsAreNoticed()
            try InjectedError.stop(in: shop)
            try lock.execute("select pg_advisory_unlock(4711)")
            let retried = try await request.send(shop, at: 1, key: "k")
            #expect((200..<300).contains(retried.status), "\(retried.text)")
            #expect(retried[header: "Idempotent-Replayed"] == nil)
            #expect(try shop.changes() == before + route.events)
            #expect(try await request.send(shop, at: 1, key: "k").body == retried.body)
            #expect(try shop.changes() == before + route.events)
        }
    }
}

extension ChangingRequest {
    /// The same values in other bytes: a byte order mark, spaces, members in another order, numbers with a fraction.
    fileprivate func respelledBody() throws -> String? {
        guard let body else { return nil }
        let members = try JSON(parsing: Array(body.utf8)).members.sorted { $0.key > $1.key }.map { name, value in
            switch value {
            case .integer(let number): return "\"\(name)\" : \(number).0e0"
            case .string(let text):
                let escaped = text.unicodeScalars.map { "\\u" + String(format: "%04x", $0.value) }.joined()
                return "\"\(name)\" : \"\(escaped)\""
            default: throw UnknownSpelling(name: name)
            }
        }
        return "\u{FEFF}{ " + members.joined(separator: " ,\n") + " }\n"
    }
}

/// The test has no second spelling of a member's value.
private struct UnknownSpelling: Error {
    let name: String
}

extension Shop {
    /// Waits until PostgreSQL has cancelled the waiting statements of disconnected clients.
    ///
    /// It checks for such clients every 500 ms (`client_connection_check_interval`). The lock timeout is 40 s.
    func untilDeadClientsAreNoticed() async throws {
        try await eventually("no statement waits for a lock", within: .seconds(30)) {
            try query(
                """
                select count(*)::text from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'
                """) == "0" ? true : nil
        }
    }
}
