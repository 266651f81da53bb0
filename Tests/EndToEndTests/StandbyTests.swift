import Postgres
import TestSupport
import Testing

@Suite("When the synchronous standby is away", .serialized)
struct StandbyTests {
    @Test("A commit that nobody stands by for is 503 unknown, and so is its replay, until somebody does")
    func replayWaits() async throws {
        let server = try await PostgresServer.start()
        try await withShop(template: try await ShopTemplate.make(on: server)) { shop in
            try await demandStandby(of: server)
            let key = ["Idempotency-Key": "till-1-0001"]
            for _ in 0..<2 {
                async let reply = shop.ana.open(in: shop.centro, headers: key)
                let lost = try await givingUpWaits(on: server, until: reply)
                #expect(lost.status == 503)
                #expect(try lost.json["outcome"] == "unknown")
                #expect(try shop.ask("select count(*)::text from cash_sessions") == "1")
            }
            try server.execute("alter system reset synchronous_standby_names")
            try server.execute("select pg_reload_conf()")
            let replayed = try await eventually("a replay is answered") {
                let reply = try await shop.ana.open(in: shop.centro, headers: key)
                return reply.status == 503 ? nil : reply
            }
            #expect(replayed.status == 201)
            #expect(replayed[header: "Idempotent-Replayed"] == "true")
            #expect(try shop.ask("select count(*)::text from cash_sessions") == "1")
        }
        try await server.stop()
    }

    /// Asks for a standby that is not there, and waits until commits wait for it.
    private func demandStandby(of server: PostgresServer) async throws {
        try server.execute("alter system set synchronous_standby_names = 'nobody'")
        try server.execute("select pg_reload_conf()")
        let connection = try server.connect()
        try connection.execute("set statement_timeout = '100ms'")
        try await eventually("commits wait for the standby") {
            let begin = ContinuousClock.now
            try connection.execute("select pg_logical_emit_message(true, 'test', '')")
            return ContinuousClock.now - begin >= .milliseconds(100) ? true : nil
        }
    }

    /// Ends the service's waits for the standby, as an administrator would, until `reply` is there.
    private func givingUpWaits(
        on server: PostgresServer, until reply: @autoclosure @Sendable () async throws -> Reply
    ) async throws -> Reply {
        let cancel = "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'"
        let canceller = Task {
            let connection = try server.connect()
            while !Task.isCancelled {
                try connection.execute(cancel)
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        defer { canceller.cancel() }
        return try await reply()
    }
}
