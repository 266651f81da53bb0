import CashPilot

/// Why an administrator does what they do.
struct ReasonBody {
    let reason: String

    init(reading body: inout BodyReader) { reason = body.requiredReason("reason", length: TextLength.reason) }
}

/// The body of a flag: its reason is read by others, so it is a few words at least.
struct FlagBody {
    let reason: String

    init(reading body: inout BodyReader) { reason = body.requiredReason("reason", length: TextLength.flagReason) }
}

/// The body of a restore.
struct RestoreBody {
    private enum Target: String {
        case open = "OPEN"
        case ended = "ENDED"
    }

    /// Whether a session that was open comes back ended.
    let ending: Bool
    let reason: String?

    init(reading body: inout BodyReader) {
        let target: Target? = body.choice("as")
        ending = target == .ended
        reason = body.reason("reason", length: TextLength.reason)
    }
}

/// The body of a close by force: the count may be missing.
struct ForceCloseBody {
    let count: CountEntry
    let notes: String?
    let reason: String

    init(reading body: inout BodyReader) {
        reason = body.requiredReason("reason", length: TextLength.reason)
        let finalCash = body.money("final_cash")
        count = CountEntry(reading: &body, finalCash: finalCash)
        notes = body.text("notes", length: TextLength.notes)
    }
}

/// The body of a handover: who takes over, and the count.
struct HandoverBody {
    let recipient: UserID
    let close: CloseBody

    init(reading body: inout BodyReader) {
        recipient = body.requiredID("to_cashier_id")
        close = CloseBody(reading: &body)
    }
}

/// The body of an edit: what is absent stays, and `null` takes away what may be absent.
struct EditBody {
    let edit: SessionEdit
    let reason: String?

    init(reading body: inout BodyReader) {
        var edit = SessionEdit()
        body.refuseNull(in: [
            "cashier_id", "opened_at", "initial_cash", "final_cash", "card_total", "bank_transfer_total",
            "envelope_amount", "expenses", "credit_sales_total", "credit_payments_collected",
        ])
        edit.cashier = body.id("cashier_id")
        edit.openedAt = body.instant("opened_at")
        edit.initialCash = body.money("initial_cash")
        edit.terminal = body.replacement("terminal_id") { $0.text($1, length: TextLength.terminal) }
        edit.notes = body.replacement("notes") { $0.text($1, length: TextLength.notes) }
        let finalCash = body.money("final_cash")
        edit.count = CountEntry(reading: &body, finalCash: finalCash, clears: true)
        self.edit = edit
        reason = body.reason("reason", length: TextLength.reason)
    }
}
