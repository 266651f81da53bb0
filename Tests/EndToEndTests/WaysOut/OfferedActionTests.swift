import TestSupport
import Testing

@Suite("What is offered is accepted")
struct OfferedActionTests {
    private static let actions = [
        "view", "close", "end", "edit", "record", "reconcile", "handover", "force-close", "reopen", "delete", "restore",
        "flag", "unflag",
    ]

    /// A generator of the same states on every platform (SplitMix64).
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    /// Takes an action with a sensible body.
    private func perform(
        _ action: String, on session: JSON, by caller: Person, in state: OfferedState, _ shop: Shop
    ) async throws -> Reply {
        let (path, reason) = (Person.path(of: session), #"{"reason": "a mistake"}"#)
        switch action {
        case "view": return try await caller.get(path)
        case "close": return try await caller.close(session, #"{"final_cash": 5}"#)
        case "end": return try await caller.change("end", session)
        case "edit": return try await caller.edit(session, #"{"notes": "counted twice", "reason": "a mistake"}"#)
        case "record": return try await caller.change("movements", session, #"{"type": "DROP", "amount": 1}"#)
        case "reconcile": return try await caller.get("\(path)/reconciliation")
        case "handover":
            let recipient = state.recipient(for: caller, in: shop).id
            return try await caller.change(
                "handover", session, #"{"to_cashier_id": "\#(recipient)", "final_cash": 5}"#)
        case "delete": return try await caller.delete(session)
        case "restore":
            let open = try await caller.change("restore", session, #"{"as": "OPEN"}"#)
            return open.status < 300 ? open : try await caller.change("restore", session, #"{"as": "ENDED"}"#)
        case "flag": return try await caller.send("PUT", "\(path)/flag", #"{"reason": "look at this"}"#)
        case "unflag": return try await caller.send("DELETE", "\(path)/flag")
        default: return try await caller.change(action, session, reason)
        }
    }

    private func digest(_ shop: Shop) throws -> String? {
        try shop.query("select md5(string_agg(s::text, '|' order by s.id)) from cash_sessions as s")
    }

    /// Compares what each caller is offered with what they can do, in one state.
    private func check(_ state: OfferedState, _ name: String, in shop: Shop) async throws {
        var session = try state.make(in: shop)
        for caller in [shop.ana, shop.bruno, shop.administrator] {
            let seen = try await caller.get(Person.path(of: session))
            let offered = seen.status == 200 ? try seen.json["allowed_actions"].items.compactMap(\.string) : []
            #expect([200, 401, 403, 404].contains(seen.status), "\(name): \(seen.text)")
            for action in Self.actions {
                let before = try digest(shop)
                let reply = try await perform(action, on: session, by: caller, in: state, shop)
                let hasChanged = try digest(shop) != before
                // A repeated deletion, or the removal of no flag, succeeds without an effect, so it is not offered.
                let isDone =
                    (200..<300).contains(reply.status) && (hasChanged || ["view", "reconcile"].contains(action))
                #expect(
                    offered.contains(action) == isDone,
                    "\(name): \(caller.name) is offered \(offered), and \(action) is \(reply.status) \(reply.text)")
                #expect(reply.status < 500 && (isDone || !hasChanged), "\(name): \(action) \(reply.text)")
                if hasChanged { session = try state.make(in: shop) }
            }
        }
    }

    @Test("An action is in allowed_actions if and only if performing it as that caller succeeds, in chosen states")
    func table() async throws {
        try await withShop { shop in
            for state in OfferedState.table { try await check(state, "\(state)", in: shop) }
        }
    }

    @Test("An action is in allowed_actions if and only if performing it as that caller succeeds, in random states")
    func random() async throws {
        try await withShop { shop in
            for _ in 0..<25 {
                let seed = UInt64.random(in: 0...UInt64(UInt32.max))
                var generator = Seeded(state: seed)
                let state = OfferedState(random: &generator)
                try await check(state, "seed \(seed): \(state)", in: shop)
            }
        }
    }

    @Test("Every action that the 409 of an open offers succeeds, and no other way to finish the session does")
    func conflict() async throws {
        try await withShop { shop in
            let body = #"{"initial_cash": 7, "cashier_id": "\#(shop.ana.id)"}"#
            let fields = ["close": #"{"final_cash": 5}"#, "force_close": #"{"reason": "left"}"#, "resume": body]
            var states = [OfferedState(), OfferedState { $0.isFlagged = true }]
            states.append(OfferedState { $0.areBooksClosed = true })
            states.append(OfferedState { ($0.isColleagueFree, $0.isAdministratorFree) = (false, false) })
            for state in states {
                var session = try state.make(in: shop)
                for caller in [shop.ana, shop.administrator] {
                    let dialog = try Dialog(try await caller.open(in: shop.centro, body))
                    for action in dialog.actions {
                        let reply = try await caller.take(action, fields[action["name"].string ?? ""])
                        #expect(reply.status == 200, "\(state): \(action) is \(reply.text)")
                        session = try state.make(in: shop)
                    }
                    for (name, path) in [("close", "close"), ("end", "end"), ("force_close", "force-close")]
                    where !dialog.names.contains(name) {
                        let reply = try await caller.change(path, session, fields[name])
                        #expect(reply.status >= 400, "\(state): \(name) is not offered")
                    }
                }
            }
        }
    }
}
