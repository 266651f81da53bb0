import CashPilot

/// The length limits of session texts, in Unicode scalars. The schema has the same limits.
enum TextLength {
    static let notes = 0...1000
    static let terminal = 1...64
    static let closingTicket = 1...50
    static let reason = 1...500
    static let flagReason = 5...500
}

/// The body of an open.
struct OpenBody {
    let initialCash: Money
    /// `nil` means the caller.
    let cashier: UserID?
    let openedAt: Instant?
    let terminal: String?
    let notes: String?

    init(reading body: inout BodyReader) {
        initialCash = body.requiredMoney("initial_cash")
        cashier = body.id("cashier_id")
        openedAt = body.instant("opened_at")
        terminal = body.text("terminal_id", length: TextLength.terminal)
        notes = body.text("notes", length: TextLength.notes)
    }

    func openRequest(by caller: Caller, in business: BusinessID, key: IdempotencyKey?) -> OpenRequest {
        OpenRequest(
            caller: caller, business: business, cashier: cashier ?? caller.id, initialCash: initialCash,
            openedAt: openedAt, terminal: terminal, notes: notes, key: key)
    }
}

/// The body of a close.
struct CloseBody {
    let count: CountEntry
    let notes: String?

    init(reading body: inout BodyReader) {
        let finalCash = body.requiredMoney("final_cash")
        count = CountEntry(reading: &body, finalCash: finalCash)
        notes = body.text("notes", length: TextLength.notes)
    }
}

extension CountEntry {
    /// Reads the fields that accompany a count. The caller reads the count first, because only some bodies require
    /// one.
    ///
    /// - Parameter clears: whether `null` removes an optional value. Otherwise `null` counts as absent.
    init(reading body: inout BodyReader, finalCash: Money?, clears: Bool = false) {
        self.init(finalCash: finalCash)
        cardTotal = body.money("card_total")
        bankTransferTotal = body.money("bank_transfer_total")
        envelopeAmount = body.money("envelope_amount")
        expenses = body.money("expenses")
        creditSalesTotal = body.money("credit_sales_total")
        creditPaymentsCollected = body.money("credit_payments_collected")
        let declared = body.replacement("declared_cash_sales") { $0.money($1) }
        let ticket = body.replacement("closing_ticket") { $0.closingTicket($1) }
        if clears || declared.value != nil { declaredCashSales = declared }
        if clears || ticket.value != nil { closingTicket = ticket }
    }
}

extension BodyReader {
    /// Reads the number on the till's closing ticket.
    mutating func closingTicket(_ name: String) -> String? {
        text(name, length: TextLength.closingTicket) { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-": true
            default: false
            }
        }
    }
}

extension SessionQuery {
    /// Reads the filters of a list.
    init(reading query: inout QueryReader) {
        self.init()
        status = query.choice("status")
        cashier = query.id("cashier_id")
        businessDateFrom = query.date("business_date_from")
        businessDateTo = query.date("business_date_to")
        openedFrom = query.instant("opened_from")
        openedBefore = query.instant("opened_before")
        isStale = query.flag("stale")
        isFlagged = query.flag("flagged")
        isDeleted = query.flag("deleted") ?? false
    }
}
