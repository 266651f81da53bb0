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
            #expect(try shop.query("select count(*)::text from login_failures") == "1", "the address is left")
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

    @Test("Only the address that tries many accounts is throttled, and a forged X-Forwarded-For has no effect")
    func address() async throws {
        try await withShop(settings: ["TRUSTED_PROXIES": "127.0.0.0/8, 10.0.0.0/8"]) { shop in
            for place in 0..<5 {
                let reply = try await logIn(
                    shop.stranger, "user\(place)@x.example", "wrong", from: "198.51.100.\(place), 192.0.2.1, 10.0.0.9")
                #expect(reply.status == 401)
            }
            try freeze(shop)
            let right = (shop.ana.email, shop.ana.password)
            try expectThrottled(try await logIn(shop.stranger, right.0, right.1, from: "192.0.2.1"))
            #expect(try await logIn(shop.stranger, right.0, right.1, from: "192.0.2.2").status == 200)
        }
        try await withShop { shop in
            for place in 0..<5 {
                _ = try await logIn(shop.stranger, "user\(place)@x.example", "wrong", from: "192.0.2.\(place)")
            }
            try freeze(shop)
            try expectThrottled(
                try await logIn(shop.stranger, "user9@x.example", "wrong", from: "192.0.2.9"), "no proxy is trusted")
        }
    }

    @Test("A hundred concurrent guesses on two replicas are throttled like sequential ones")
    func atOnce() async throws {
        try await withShop(replicas: 2) { shop in
            let start = ContinuousClock.now
            let replies = try await together(100) { turn in
                try await logIn(shop.at(turn % 2, shop.stranger), shop.ana.email, "wrong \(turn)")
            }
            let seconds = Double((ContinuousClock.now - start).components.seconds + 1)
            let checked = replies.count { $0.status == 401 }
            // The sixth guess is checked after 1 s, the seventh 2 s later and so on.
            // Five, but on a busy machine some may exceed the wait for a hashing thread.
            let wasBusy = try replies.contains {
                try $0.status == 429 && $0.json["detail"].string?.hasPrefix("Hay demasiados pedidos") == true
            }
            #expect(checked >= (wasBusy ? 1 : 5))
            #expect(checked <= 5 + Int(log2(seconds + 1).rounded(.up)), "\(seconds) s")
            for reply in replies where reply.status != 401 { #expect(reply.status == 429, "\(reply.text)") }
        }
    }

    @Test("A wrong current password counts as a failed login, and a password change clears the failures")
    func passwordChange() async throws {
        try await withShop { shop in
            func change(from current: String) async throws -> Reply {
                try await shop.ana.post(
                    "/v1/me/password",
                    #"{"current_password": "\#(current)", "new_password": "una clave nueva"}"#)
            }
            for _ in 0..<3 { #expect(try await change(from: "wrong").status == 422) }
            for _ in 0..<2 { #expect(try await logIn(shop.stranger, shop.ana.email, "wrong").status == 401) }
            try freeze(shop)
            try expectThrottled(try await change(from: shop.ana.password))
            try expectThrottled(try await logIn(shop.stranger, shop.ana.email, shop.ana.password))
            try shop.execute("update login_failures set last_at = now() - interval '1 s'")
            #expect(try await change(from: shop.ana.password).status == 204)
            #expect(try shop.query("select count(*)::text from login_failures") == "1", "the address is left")
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
                insert into login_failures
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
