import CashPilot
import Postgres

extension OpenOrder {
    /// Opens in one business wait for each other at its counter, so only a few of them may hold connections: one
    /// business that is stuck must not take them all.
    var lane: UInt64 { business.low }

    /// In the order of `session_open.sql`.
    func parameters(id: SessionID, audit: AuditEventID, holdsSlot: Bool) -> [Value] {
        [
            .id(id), .id(caller.id), .id(business), .id(cashier), .money(initialCash),
            .optional(openedAt, Value.instant), .optional(terminal, Value.text), .optional(notes, Value.text),
            .id(audit), .text(caller.requestID),
            .optional(key) { .text($0.text) }, .optional(key) { .bytes($0.fingerprint) }, .bool(holdsSlot),
        ]
    }
}

extension CloseOrder {
    /// Closes of one session queue behind each other, and hold up nobody else.
    var lane: UInt64 { session.low }

    /// In the order of `session_close.sql`.
    func parameters(audit: AuditEventID) -> [Value] {
        [
            .id(caller.id), .id(business), .id(session),
            .optional(expectedVersions) { .array(of: .int64, $0.map(Value.int64)) },
        ] + count.parameters + [
            .optional(notes, Value.text), .id(audit), .text(caller.requestID),
            .optional(key) { .text($0.text) }, .optional(key) { .bytes($0.fingerprint) },
        ]
    }
}

extension Count {
    /// In the order of `session_save.sql`.
    var parameters: [Value] {
        [
            .optional(finalCash, Value.money), .money(cardTotal), .money(bankTransferTotal), .money(envelopeAmount),
            .money(expenses), .money(creditSalesTotal), .money(creditPaymentsCollected),
            .optional(declaredCashSales, Value.money), .optional(closingTicket, Value.text),
        ]
    }
}

extension SessionQuery {
    /// In the order that `session_list.sql` and `session_list_everywhere.sql` share.
    var parameters: [Value] {
        [
            .optional(status) { .text($0.rawValue) }, .optional(cashier, Value.id),
            .optional(businessDateFrom, Value.day), .optional(businessDateTo, Value.day),
            .optional(openedFrom, Value.instant), .optional(openedBefore, Value.instant),
            .optional(isFlagged, Value.bool), .optional(isStale, Value.bool), .bool(isDeleted),
        ]
    }
}

extension CountEntry {
    /// In the order of `session_close.sql`; null keeps what stands.
    var parameters: [Value] {
        let figures = [
            finalCash, cardTotal, bankTransferTotal, envelopeAmount, expenses, creditSalesTotal,
            creditPaymentsCollected, declaredCashSales.value,
        ]
        return figures.map { .optional($0, Value.money) } + [.optional(closingTicket.value, Value.text)]
    }
}
