import CashPilot
import JSON

extension JSONWriter {
    /// Writes a movement. Its amounts are `null` if the caller must not know them before the count.
    mutating func movement(_ seen: MovementView) {
        let movement = seen.movement
        object { json in
            json.member("id", movement.id)
            json.member("business_id", movement.business)
            json.member("session_id", movement.session)
            json.member("number", Int64(movement.number))
            json.member("type", movement.kind.name.rawValue)
            json.member("category", movement.kind.category)
            json.member("amount", seen.showsAmount ? movement.amount : nil)
            json.member("effect", seen.showsAmount ? movement.effect : nil)
            json.currency(seen.currency)
            json.member("reason", movement.reason)
            json.member("reference", movement.reference)
            json.member("counterpart_cashier_id", movement.counterpart)
            json.member("reverses_id", movement.reverses)
            json.member("reversed_by_id", movement.reversedBy)
            json.member("late", movement.isLate)
            json.member("terminal_id", movement.terminal)
            json.member("occurred_at", movement.occurredAt)
            json.member("recorded_at", movement.recordedAt)
            json.member("recorded_by", movement.recordedBy)
        }
    }

    /// Writes what movements add up to, or `null` before the count.
    mutating func recorded(_ recorded: Recorded?) {
        name("recorded")
        guard let recorded else { return null() }
        object { json in
            json.member("movements", recorded.movements)
            json.member("cash_sales", recorded.cashSales)
            json.member("cash_refunds", recorded.cashRefunds)
            json.member("paid_in", recorded.paidIn)
            json.member("paid_out", recorded.paidOut)
            json.member("expenses", recorded.expenses)
            json.member("drops", recorded.drops)
        }
    }

    mutating func reconciliation(_ found: Reconciliation) throws {
        let session = found.session
        try object { json in
            json.member("session_id", session.id)
            json.member("session_number", session.number)
            json.member("business_id", session.business)
            json.member("cashier_id", session.cashier)
            json.member("status", session.status.rawValue)
            json.member("kind", session.status == .closed ? "Z" : "X")
            json.currency(session.currency)
            json.member("as_of", found.instant)
            json.name("terms")
            json.array(found.terms) { $0.term($1) }
            json.member("expected_cash", found.expectedCash)
            json.member("counted_cash", session.count.finalCash)
            json.member("over_short", found.overShort)
            json.member("declared_cash_sales", session.count.declaredCashSales)
            json.member("declared_gap", found.declaredGap)
            json.movements(of: found)
            json.name("late")
            json.object { json in
                json.member("movements", found.recorded.late)
                json.member("effect", found.lateEffect)
            }
            try json.atClose(of: session)
            json.review(of: session)
        }
    }

    private mutating func term(_ term: Reconciliation.Term) {
        object { json in
            json.member("name", term.name)
            json.member("sign", term.sign)
            json.member("amount", term.amount)
            json.name("parts")
            json.array(term.parts) { json, part in
                json.object { json in
                    switch part.source {
                    case .entered(let field):
                        json.member("source", "ENTERED")
                        if field != term.name { json.member("field", field) }
                        json.member("amount", part.amount)
                    case .recorded(let category, let movements):
                        json.member("source", "RECORDED")
                        if let category { json.member("category", category) }
                        json.member("amount", part.amount)
                        json.member("movements", movements)
                    }
                }
            }
        }
    }

    private mutating func movements(of found: Reconciliation) {
        name("movements")
        object { json in
            let last = found.recorded.movements
            json.member("first", last > 0 ? Int64(1) : nil)
            json.member("last", last > 0 ? last : nil)
            json.member("reversals", found.reversals)
            json.member("no_sales", found.noSales)
            json.member("sha256", found.hash.map(Self.hex))
        }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
