import TestSupport

extension Experiment {
    static let race = Experiment(
        "race", fault: "200 simultaneous opens for one cashier, over 3 replicas",
        deed: "rounds of 200 opens at once, by the cashier and by an administrator in turn",
        limit: .seconds(1_800)
    ) { trial in
        let rounds = trial.scaled(short: 4, full: 100, long: 1_000)
        try await Fleet.withShop(settings: ["DATABASE_POOL_SIZE": "8"]) { shop, _ in
            for round in 0..<rounds {
                let asker = round.isMultiple(of: 2) ? shop.ana : shop.administrator
                let body = #"{"initial_cash": \#(round), "cashier_id": "\#(shop.ana.id)"}"#
                let replies = try await together(200) { try await shop.at($0 % 3, asker).open(in: shop.centro, body) }
                let winner = try expectOneWinner(replies, trial)
                let standing = try shop.ask(
                    "select string_agg(id::text, ',') from cash_sessions where status = 'OPEN'")
                trial.expect(standing == winner["id"].string, "round \(round): \(standing ?? "none") stands")
                let closed = try await shop.ana.close(winner)
                trial.expect(closed.status == 200, "the winner's close: \(closed.text)")
                guard trial.complaints.isEmpty else { return }
            }
            trial.saw("\(rounds) rounds: each 1×201, 199×409 with the winner's id and `opened_at`, one row")
        }
    }

    /// - Returns: the session that won.
    private static func expectOneWinner(_ replies: [Reply], _ trial: Trial) throws -> JSON {
        let winners = replies.filter { $0.status == 201 }
        let refused = replies.filter { $0.status == 409 }
        trial.expect(
            winners.count == 1 && refused.count == replies.count - 1,
            "\(winners.count)×201, \(refused.count)×409, else \(replies.filter { ![201, 409].contains($0.status) })")
        let winner = try trial.require(winners.first, "nobody won").json
        for reply in refused {
            let existing = try reply.json["existing_session"]
            trial.expect(
                existing["id"] == winner["id"] && existing["opened_at"] == winner["opened_at"],
                "a 409 does not name the winner: \(reply.text)")
        }
        return winner
    }
}
