import Foundation
import TestSupport
import Testing

@Suite("A blind count")
struct BlindCountTests {
    /// The routes that cannot tell what is expected in a session, because they have nothing of sessions.
    private static let withoutSessions: Set = [
        "/livez", "/readyz", "/openapi.yaml", "/docs", "/problems/{slug}", "/till", "/", "/v1/terminal",
        "/v1/terminal/cashiers",
    ]

    /// Removes ids, times, digests and numbers of sessions, which differ between two sessions.
    private func comparable(_ text: String) -> String {
        text.replacing(#/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/#, with: "ID")
            .replacing(#/\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)/#, with: "TIME")
            .replacing(#/"(session_number|position|next_cursor|next|version|last_seen_at)": ?("[^"]*"|\d+)/#, with: "N")
            .replacing(#/(?m)^id: \d+$/#, with: "N")
    }

    @Test(
        "Before a blind count, no response to the cashier depends on the recorded sales, on any route")
    func everywhere() async throws {
        let operations = try Contract.operations.get().map(\.description).filter { $0.hasPrefix("GET ") }
        let paths = operations.map { String($0.dropFirst(4)) }.filter { !Self.withoutSessions.contains($0) }
        #expect(paths.count > 15)
        var bodies: [[String]] = []
        let sales = [[7_000_001, 31_337], [5_111_113, 27_183]]
        for amounts in sales {
            try await withShop { shop in
                try shop.adopt()
                let blind = try await shop.administrator.send(
                    "PATCH", "/v1/businesses/\(shop.centro)", #"{"blind_count": true}"#)
                #expect(blind.status == 200)
                let session = try await shop.ana.open(in: shop.centro, #"{"initial_cash": 1234567}"#).json
                var movement = ""
                for amount in amounts {
                    for type in ["CASH_SALE", "CASH_REFUND"] {
                        let value = type == "CASH_SALE" ? amount : amount / 7
                        let recorded = try await shop.administrator.change(
                            "movements", session, #"{"type": "\#(type)", "amount": \#(value)}"#)
                        #expect(recorded.status == 201, "\(recorded.text)")
                        movement = try recorded.json["id"].string ?? ""
                    }
                }
                let path = Person.path(of: session)
                let reversal = try await shop.ana.post("\(path)/movements/\(movement)/reverse", #"{"reason": "x"}"#)
                #expect(reversal.status == 201, "\(reversal.text)")
                // The last refund, with its own amount.
                let guess = try await shop.ana.change(
                    "movements", session,
                    #"{"id": "\#(movement)", "type": "CASH_REFUND", "amount": \#(amounts[1] / 7)}"#)
                #expect(guess.status == 409)
                var seen = [
                    reversal, guess, try await shop.ana.edit(session, #"{"notes": "n"}"#),
                    try await shop.ana.change("end", session, headers: ["Idempotency-Key": "end"]),
                    try await shop.ana.change("end", session, headers: ["Idempotency-Key": "end"]),
                    try await shop.ana.get("\(path)/movements/\(movement)"),
                    try await shop.ana.change("movements", session, #"{"type": "CASH_SALE", "amount": 1}"#),
                ]
                try await shop.untilSealed()
                for path in paths {
                    let address = path.replacing("{business_id}", with: shop.centro)
                        .replacing("{session_id}", with: session["id"].string ?? "")
                        .replacing("{movement_id}", with: movement).replacing("{user_id}", with: shop.ana.id)
                    seen.append(try await shop.ana.get(address))
                }
                let texts = seen.map { comparable($0.text) }
                let secrets = amounts + amounts.map { $0 / 7 } + [amounts.reduce(0, +), amounts.reduce(1_234_567, +)]
                for (text, raw) in zip(texts, seen.map(\.text)) {
                    for secret in secrets { #expect(!raw.contains("\(secret)"), "\(secret) in \(text)") }
                }
                bodies.append(texts)
            }
        }
        for (one, other) in zip(bodies[0], bodies[1]) { #expect(one == other) }
    }
}
