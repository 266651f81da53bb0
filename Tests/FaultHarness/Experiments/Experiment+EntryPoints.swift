import TestSupport

extension Experiment {
    static let entryPoints = Experiment(
        "entry-points", fault: "restore, reopen, handover against open",
        action: "rounds of 15 concurrent requests that would each open a session of one cashier, over 3 replicas"
    ) { trial in
        let rounds = trial.scaled(short: 5, full: 60)
        try await Fleet.withShop { shop, _ in
            for round in 0..<rounds {
                let replies = try await requests(round, shop, trial.generator())
                let winners = replies.filter { $0.status < 300 }
                let opened = Set(try winners.map { try $0.json["id"].string })
                trial.expect(opened.count == 1, "round \(round): \(winners.map(\.text))")
                // 412, 422: Bruno's session has already been handed over or moved.
                trial.expect(
                    replies.allSatisfy { [200, 201, 409, 412, 422].contains($0.status) },
                    "round \(round): \(replies.map(\.status))")
                let open = try shop.query(
                    """
                    select count(*)::text from cash_sessions
                    where status = 'OPEN' and not is_deleted and cashier_id = '\(shop.ana.id)'
                    """)
                trial.expect(open == "1", "round \(round): \(open ?? "") sessions are open")
                try shop.execute(
                    "update cash_sessions set status = 'ENDED', ended_at = opened_at where status = 'OPEN'")
            }
            let deadlocks = try shop.query(
                "select deadlocks::text from pg_stat_database where datname = current_database()")
            trial.expect(deadlocks == "0", "\(deadlocks ?? "") deadlocks")
            trial.report("\(rounds) rounds: each one winner, \(deadlocks ?? "?") deadlocks")
        }
    }

    private static func requests(_ round: Int, _ shop: Shop, _ generator: SeededGenerator) async throws -> [Reply] {
        var generator = generator
        let closed = try await shop.ana.open(in: shop.centro).json
        _ = try await shop.ana.close(closed)
        let deleted = try await shop.ana.open(in: shop.centro).json
        _ = try await shop.administrator.delete(deleted)
        let brunos = try await shop.bruno.open(in: shop.centro).json
        let anas = shop.ana.id
        let asOpened = ["If-Match": "\"1\""]
        let order = (0..<15).shuffled(using: &generator)
        return try await together(15) { place -> Reply in
            let admin = shop.at(place % 3, shop.administrator)
            return switch order[place] % 5 {
            case 0: try await admin.change("reopen", closed, #"{"reason": "again"}"#)
            case 1: try await admin.change("restore", deleted)
            case 2:
                try await admin.change(
                    "handover", brunos, #"{"to_cashier_id": "\#(anas)", "final_cash": 1}"#, headers: asOpened)
            case 3: try await admin.edit(brunos, #"{"cashier_id": "\#(anas)"}"#, headers: asOpened)
            default: try await shop.at(place % 3, shop.ana).open(in: shop.centro)
            }
        }
    }
}
