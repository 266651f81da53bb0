import TestSupport
import Testing

@Suite("Fair use")
struct FairUseTests {
    @Test("The 17th request of a user is 429, and other users, probes and the user's next requests continue")
    func requestsInFlight() async throws {
        // A key that waits for a lock holds two connections. Others need one.
        let settings = Limits.fair.merging(["DATABASE_POOL_SIZE": "4"]) { $1 }
        try await withShop(settings: settings) { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let lock = try shop.connection()
            try lock.execute("begin")
            try lock.execute("select 1 from cash_sessions for update")
            let (ana, path) = (shop.ana, Person.path(of: session))
            try await withThrowingTaskGroup(of: Int.self) { held in
                for _ in 0..<16 {
                    held.addTask { try await ana.send("PATCH", path, #"{"notes":"held"}"#).status }
                }
                try await eventually("16 requests are in flight") {
                    try await shop.services[0].metric("cashpilot_http_requests_in_flight") == "16" ? true : nil
                }
                let refused = try await ana.get("/v1/me")
                #expect(refused.status == 429)
                #expect(refused[header: "Retry-After"] == "1")
                #expect(try refused.json["code"] == "TOO_MANY_REQUESTS")
                #expect(try await shop.bruno.get("/v1/me").status == 200)
                #expect(try await shop.stranger.get("/livez").status == 200)
                try await eventually("the service is ready") {
                    try await shop.stranger.get("/readyz").status == 200 ? true : nil
                }
                #expect(
                    try await shop.services[0].metrics().contains(
                        #"cashpilot_requests_refused_total{limit="user"} "#))
                try lock.execute("rollback")
                for try await status in held { #expect(status != 429) }
            }
            #expect(try await ana.get("/v1/me").status == 200)
        }
    }

    @Test("A login whose body has not arrived takes no place of its address")
    func slowBody() async throws {
        let settings = Limits.fair.merging(["ADDRESS_REQUESTS_MAX": "1"]) { $1 }
        try await withShop(settings: settings) { shop in
            let port = try #require(shop.stranger.address.split(separator: ":").last.flatMap { Int($0) })
            let head = "POST /v1/auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            async let slow = RawConnection.talk(to: port) { connection in
                connection.send(head + "Content-Length: 9\r\n\r\n")
                // The server ends it after 10 s.
                return connection.receive(upTo: "\r\n\r\n")
            }
            try await eventually("the login is in flight") {
                try await shop.services[0].metric("cashpilot_http_requests_in_flight") == "1" ? true : nil
            }
            let login = #"{"email": "\#(shop.ana.email)", "password": "\#(shop.ana.password)"}"#
            #expect(try await shop.stranger.post("/v1/auth/token", login).status == 200)
            _ = try await slow
        }
    }

    @Test("Changes beyond the budget are 429 with the budget's headers, and reads continue")
    func budget() async throws {
        let settings = Limits.fair.merging(["USER_WRITES_PER_SECOND": "1", "USER_WRITE_BURST": "2"]) { $1 }
        try await withShop(settings: settings) { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            // A busy machine may need more than a second for a request, which refills the budget.
            let refused = try await eventually("the budget is used up") {
                let reply = try await shop.ana.send("PATCH", Person.path(of: session), #"{"notes":"x"}"#)
                return reply.status == 429 ? reply : nil
            }
            #expect(refused[header: "RateLimit-Policy"] == #""writes";q=2;w=2"#)
            #expect(refused[header: "RateLimit"]?.hasPrefix(#""writes";r=0;t="#) == true)
            #expect(refused[header: "Retry-After"] == "1")
            #expect(try await shop.ana.get("/v1/me").status == 200)
            #expect(try await shop.bruno.open(in: shop.centro).status == 201)
        }
    }
}
