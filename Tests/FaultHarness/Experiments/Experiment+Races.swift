import TestSupport

/// Concurrent requests.
extension Experiment {
    static let race = Experiment(
        "race", fault: "200 simultaneous opens for one cashier, over 3 replicas",
        action: "rounds of 200 concurrent opens, alternately by the cashier and by an administrator",
        limit: .seconds(1_800)
    ) { trial in
        let rounds = trial.scaled(short: 4, full: 100, long: 1_000)
        try await Fleet.withShop(settings: ["DATABASE_POOL_SIZE": "8"]) { shop, _ in
            for round in 0..<rounds {
                let caller = round.isMultiple(of: 2) ? shop.ana : shop.administrator
                let body = #"{"initial_cash": \#(round), "cashier_id": "\#(shop.ana.id)"}"#
                let replies = try await together(200) {
                    try await shop.at($0 % 3, caller).open(in: shop.centro, body)
                }
                let winner = try expectOneWinner(replies, trial)
                let open = try shop.query(
                    "select string_agg(id::text, ',') from cash_sessions where status = 'OPEN'")
                trial.expect(open == winner["id"].string, "round \(round): \(open ?? "none") is open")
                let closed = try await shop.ana.close(winner)
                trial.expect(closed.status == 200, "the winner's close: \(closed.text)")
                guard trial.failures.isEmpty else { return }
            }
            trial.report("\(rounds) rounds: each 1×201, 199×409 with the winner's id and `opened_at`, one row")
        }
    }

    /// - Returns: the opened session.
    private static func expectOneWinner(_ replies: [Reply], _ trial: Trial) throws -> JSON {
        let winners = replies.filter { $0.status == 201 }
        let refused = replies.filter { $0.status == 409 }
        trial.expect(
            winners.count == 1 && refused.count == replies.count - 1,
            "\(winners.count)×201, \(refused.count)×409, other \(replies.filter { ![201, 409].contains($0.status) })")
        let winner = try trial.require(winners.first, "no open succeeded").json
        for reply in refused {
            let existing = try reply.json["existing_session"]
            trial.expect(
                existing["id"] == winner["id"] && existing["opened_at"] == winner["opened_at"],
                "a 409 does not name the winner: \(reply.text)")
        }
        return winner
    }

    static let closes = Experiment(
        "closes", fault: "two closes with different counts",
        action: "rounds of two concurrent closes, each at its own replica"
    ) { trial in
        let rounds = trial.scaled(short: 20, full: 300)
        try await Fleet.withShop(replicas: 2) { shop, _ in
            for round in 0..<rounds {
                let session = try await shop.ana.open(in: shop.centro).json
                let replies = try await together(2) { place in
                    try await shop.at(place, shop.ana).close(session, #"{"final_cash": \#(round * 2 + place)}"#)
                }
                let winner = try trial.require(replies.first { $0.status == 200 }, "round \(round): not closed").json
                let loser = try trial.require(replies.first { $0.status == 409 }, "round \(round): two closed").json
                trial.expect(
                    loser["code"] == "SESSION_ALREADY_CLOSED"
                        && loser["existing_session"]["final_cash"] == winner["final_cash"],
                    "the loser got \(loser)")
            }
            trial.report("\(rounds) rounds: each 1×200, 1×409 with the winner's figures")
        }
    }

    static let closeAgainstOpen = Experiment(
        "close-open", fault: "close against open",
        action: "rounds of one close and five concurrent opens, over 3 replicas"
    ) { trial in
        let rounds = trial.scaled(short: 15, full: 200)
        let recorder = Recorder()
        try await Fleet.withShop { shop, _ in
            let key = OpenSessionKey(cashier: shop.ana.id, business: shop.centro)
            for _ in 0..<rounds {
                let first = await RecordedTill(shop.ana, key, recorder).open()
                guard case .succeeded(let session) = first.outcome else {
                    return trial.fail("the first open: \(first.outcome)")
                }
                let operations = try await together(6) { place -> Operation in
                    let till = RecordedTill(shop.at(place % 3, shop.ana), key, recorder)
                    return place == 0 ? await till.close(session) : await till.open()
                }
                trial.expect(operations[0].outcome == .succeeded(session), "the close: \(operations[0].outcome)")
                for operation in operations {
                    if case .succeeded(let opened) = operation.outcome, opened != session {
                        await RecordedTill(shop.ana, key, recorder).close(opened)
                    }
                }
            }
            trial.report("\(rounds) rounds: each open 201, or 409 with an id")
            try trial.check(recorder, in: shop)
        }
    }
}
