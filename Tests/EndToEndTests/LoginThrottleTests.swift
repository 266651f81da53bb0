import Foundation
import TestSupport
import Testing

@Suite("Password guessing")
struct LoginThrottleTests {
    private func logIn(
        _ person: Person, _ email: String, _ password: String, from address: String? = nil
    ) async throws -> Reply {
        try await person.post(
            "/v1/auth/token", #"{"email": "\#(email)", "password": "\#(password)"}"#,
            headers: address.map { ["X-Forwarded-For": $0] } ?? [:])
    }

    /// A login that is sent again after a 429. On a busy machine, the hash may take longer than a request may wait.
    private func logInUntilChecked(_ person: Person, _ email: String, _ password: String) async throws -> Reply {
        try await eventually("the password is checked") {
            let reply = try await logIn(person, email, password)
            return reply.status == 429 ? nil : reply
        }
    }

    /// Stops the throttle's clock, however slow the machine is.
    private func freeze(_ shop: Shop) throws {
        try shop.execute("update login_failures set last_at = now() + interval '50 s' where level > 4")
    }

    private func expectThrottled(_ reply: Reply, _ comment: Comment? = nil) throws {
        #expect(reply.status == 429, comment)
        #expect(try reply.json["code"] == "TOO_MANY_REQUESTS", comment)
        let seconds = reply[header: "Retry-After"].flatMap { Int($0) } ?? 0
        #expect((1...60).contains(seconds), comment)
    }

    @Test("After five failed logins even the right password is throttled, and later it clears the failures")
    func throttles() async throws {
        try await withShop { shop in
            for _ in 0..<5 { #expect(try await logIn(shop.stranger, shop.ana.email, "wrong").status == 401) }
            try freeze(shop)
            try expectThrottled(try await logIn(shop.stranger, shop.ana.email, "wrong"))
            try expectThrottled(try await logIn(shop.stranger, shop.ana.email, shop.ana.password))
            #expect(try await shop.ana.get("/v1/me").status == 200, "a logged-in user is not throttled")
            try shop.execute("update login_failures set last_at = now() - interval '1 s'")
            #expect(try await logIn(shop.stranger, shop.ana.email, shop.ana.password).status == 200)
            #expect(try shop.query("select count(*)::text from login_failures where origin is not null") == "0")
        }
    }

    @Test("An unknown account is throttled with the same responses as an existing one")
    func unknown() async throws {
        try await withShop(settings: ["TRUSTED_PROXIES": "127.0.0.1"]) { shop in
            var answers: [[Set<JSON>]] = []
            for (place, email) in [shop.ana.email, "nobody@demo.example"].enumerated() {
                var replies: [Set<JSON>] = []
                for turn in 0..<7 {
                    let reply = try await logIn(shop.stranger, email, "wrong", from: "192.0.2.\(place * 10 + turn)")
                    #expect(reply.status == (turn < 5 ? 401 : 429))
                    var members = try reply.json.members
                    for name in ["instance", "request_id", "detail"] { members[name] = nil }
                    replies.append([.object(members)])
                    try freeze(shop)
                }
                answers.append(replies)
            }
            #expect(answers[0] == answers[1])
        }
    }

    @Test("Twelve concurrent right logins of one account, and ten of one address, succeed and count as no failure")
    func rightAtOnce() async throws {
        try await withShop { shop in
            let replies = try await together(12) { _ in
                try await logInUntilChecked(shop.stranger, shop.ana.email, shop.ana.password)
            }
            #expect(replies.allSatisfy { $0.status == 200 })
            let people = [shop.ana, shop.bruno, shop.administrator]
            let others = try await together(10) { turn in
                try await logInUntilChecked(shop.stranger, people[turn % 3].email, people[turn % 3].password)
            }
            #expect(others.allSatisfy { $0.status == 200 })
            #expect(try shop.query("select count(*)::text from login_failures") == "0")
        }
    }

    @Test("The typos of one person do not delay the others behind the same router")
    func typos() async throws {
        try await withShop { shop in
            for _ in 0..<5 { #expect(try await logIn(shop.stranger, "typo@x.example", "wrong").status == 401) }
            try freeze(shop)
            #expect(try await logIn(shop.stranger, "typo@x.example", "wrong").status == 429)
            #expect(try await logIn(shop.stranger, shop.ana.email, shop.ana.password).status == 200)
        }
    }

    @Test("An attacker with changing addresses does not keep a user out at an address where they logged in")
    func changingAddresses() async throws {
        try await withShop(settings: ["TRUSTED_PROXIES": "127.0.0.1"]) { shop in
            let right = (shop.ana.email, shop.ana.password)
            #expect(try await logIn(shop.stranger, right.0, right.1, from: "192.0.2.1").status == 200)
            for number in 0..<8 {
                _ = try await logIn(shop.stranger, right.0, "wrong", from: "198.51.100.\(number)")
                try freeze(shop)
            }
            try expectThrottled(
                try await logIn(shop.stranger, right.0, "wrong", from: "203.0.113.9, 198.51.100.77:5000"))
            #expect(try await logIn(shop.stranger, right.0, right.1, from: "192.0.2.1").status == 200)
        }
    }

    @Test("Concurrent guesses on two replicas get no more checks than the throttle allows")
    func atOnce() async throws {
        try await withShop(replicas: 2) { shop in
            let start = ContinuousClock.now
            let replies = try await together(100) { turn in
                try await logIn(shop.at(turn % 2, shop.stranger), "nobody@x.example", "wrong \(turn)")
            }
            let seconds = Double((ContinuousClock.now - start).components.seconds + 1)
            let checked = replies.count { $0.status == 401 }
            #expect(checked >= 1)
            // One more for the other replica, which may check one guess meanwhile.
            #expect(checked <= 6 + 2 * Int(log2(seconds + 1).rounded(.up)), "\(seconds) s")
            for reply in replies where reply.status != 401 { #expect(reply.status == 429, "\(reply.text)") }
        }
    }

    @Test("Wrong current passwords throttle password changes, and no login")
    func passwordChange() async throws {
        try await withShop { shop in
            func change(from current: String) async throws -> Reply {
                try await shop.ana.post(
                    "/v1/me/password",
                    #"{"current_password": "\#(current)", "new_password": "una clave nueva"}"#)
            }
            for _ in 0..<5 { #expect(try await change(from: "wrong").status == 422) }
            try freeze(shop)
            try expectThrottled(try await change(from: shop.ana.password))
            #expect(try await logIn(shop.stranger, shop.ana.email, shop.ana.password).status == 200)
            try shop.execute("update login_failures set last_at = now() - interval '1 s'")
            #expect(try await change(from: shop.ana.password).status == 204)
        }
    }

    @Test("A flood of one repeated password change with a key blocks no login")
    func replays() async throws {
        try await withShop { shop in
            let body = #"{"current_password": "\#(shop.ana.password)", "new_password": "una clave nueva"}"#
            let key = ["Idempotency-Key": "k"]
            #expect(try await shop.ana.post("/v1/me/password", body, headers: key).status == 204)
            async let flood = together(100) { _ in try await shop.ana.post("/v1/me/password", body, headers: key) }
            async let logins = together(6) { turn in
                let (email, password) =
                    turn % 2 == 0 ? (shop.ana.email, "una clave nueva") : (shop.bruno.email, shop.bruno.password)
                return try await logInUntilChecked(shop.stranger, email, password)
            }
            let statuses = try await (logins.map(\.status), Set(flood.map(\.status)))
            #expect(statuses.0.allSatisfy { $0 == 200 })
            #expect(statuses.1.isSubset(of: [204, 429]))
        }
    }

    @Test("Expired login failures are deleted, and neither e-mails nor addresses are stored")
    func expired() async throws {
        try await withShop { shop in
            _ = try await logIn(shop.stranger, "secret-as-an-email", "wrong")
            let columns = "select string_agg(f::text, ' ') from login_failures as f"
            #expect(try shop.query(columns)?.contains(#/secret|127\.0/#) == false)
            try shop.execute(
                """
                insert into login_failures (subject, level, last_at)
                select sha256(n::text::bytea), 3, now() - interval '3 h' from generate_series(1, 1200) as n
                """)
            let service = try await Service(database: shop.connectionString)
            try await eventually("the old ones are gone") {
                try shop.query("select count(*)::text from login_failures") == "2" ? true : nil
            }
            service.process.signal(SIGTERM)
            try await service.process.wait()
        }
    }
}
