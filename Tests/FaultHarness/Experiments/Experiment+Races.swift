import TestSupport

/// Requests that come together.
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

    static let closes = Experiment(
        "closes", fault: "two closes with different counts",
        deed: "rounds of two closes at once, each at its own replica"
    ) { trial in
        let rounds = trial.scaled(short: 20, full: 300)
        try await Fleet.withShop(replicas: 2) { shop, _ in
            for round in 0..<rounds {
                let session = try await shop.ana.open(in: shop.centro).json
                let replies = try await together(2) { place in
                    try await shop.at(place, shop.ana).close(session, #"{"final_cash": \#(round * 2 + place)}"#)
                }
                let winner = try trial.require(replies.first { $0.status == 200 }, "round \(round): nobody closed").json
                let loser = try trial.require(replies.first { $0.status == 409 }, "round \(round): two closed").json
                trial.expect(
                    loser["code"] == "SESSION_ALREADY_CLOSED"
                        && loser["existing_session"]["final_cash"] == winner["final_cash"],
                    "the loser was told \(loser)")
            }
            trial.saw("\(rounds) rounds: each 1×200, 1×409 with the winner's figures")
        }
    }

    static let closeAgainstOpen = Experiment(
        "close-open", fault: "close against open", deed: "rounds of one close and five opens at once, over 3 replicas"
    ) { trial in
        let rounds = trial.scaled(short: 15, full: 200)
        let recorder = Recorder()
        try await Fleet.withShop { shop, _ in
            let slot = Slot(cashier: shop.ana.id, business: shop.centro)
            for _ in 0..<rounds {
                let standing = await RecordedTill(shop.ana, slot, recorder).open()
                guard case .took(let session) = standing.outcome else {
                    return trial.complain("the first open was answered \(standing.outcome)")
                }
                let operations = try await together(6) { place -> Operation in
                    let till = RecordedTill(shop.at(place % 3, shop.ana), slot, recorder)
                    return place == 0 ? await till.close(session) : await till.open()
                }
                trial.expect(operations[0].outcome == .took(session), "the close: \(operations[0].outcome)")
                for operation in operations {
                    if case .took(let opened) = operation.outcome, opened != session {
                        await RecordedTill(shop.ana, slot, recorder).close(opened)
                    }
                }
            }
            trial.saw("\(rounds) rounds: each open 201, or 409 with an id")
            try trial.judge(recorder, in: shop)
        }
    }
}
