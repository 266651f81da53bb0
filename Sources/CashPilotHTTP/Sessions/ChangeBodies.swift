import CashPilot

/// The body of a change that needs only a reason.
struct ReasonBody {
    let reason: String

    init(reading body: inout BodyReader) { reason = body.requiredReason("reason", length: TextLength.reason) }
}

/// The body of a flag. Colleagues read its reason, so it has a minimum length.
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

    /// Whether to restore an open session as ended.
    let ending: Bool
    let reason: String?

    init(reading body: inout BodyReader) {
        let target: Target? = body.choice("as")
        ending = target == .ended
        reason = body.reason("reason", length: TextLength.reason)
    }
}

/// The body of a forced close. The count is optional.
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

/// The body of a handover: the next cashier and the count.
struct HandoverBody {
    let recipient: UserID
    let close: CloseBody

    init(reading body: inout BodyReader) {
        recipient = body.requiredID("to_cashier_id")
        close = CloseBody(reading: &body)
    }
}

/// The body of an edit. An absent field does not change, and `null` removes an optional value.
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
