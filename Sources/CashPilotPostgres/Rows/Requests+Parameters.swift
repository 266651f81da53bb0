import CashPilot
import Postgres

extension OpenRequest {
    /// Opens in one business wait for each other at its session counter.
    ///
    /// The key limits the number of connections that they hold, so one blocked business cannot take all of them.
    var conflictKey: UInt64 { business.low }

    /// The parameters in the order of `session_open.sql`.
    func parameters(id: SessionID, audit: AuditEventID, isKeyLocked: Bool) -> [Value] {
        [
            .caller(caller), .id(id), .id(business), .id(cashier), .money(initialCash),
            .optional(openedAt, Value.instant), .optional(terminal, Value.text), .optional(notes, Value.text),
            .id(audit), .text(caller.requestID),
            .optional(key) { .text($0.text) }, .optional(key) { .bytes($0.fingerprint) }, .bool(isKeyLocked),
            .optional(caller.clientRequestID, Value.text), .optional(externalID, Value.text),
        ]
    }
}

extension CloseRequest {
    /// Closes of one session wait for each other; closes of other sessions do not wait.
    var conflictKey: UInt64 { session.low }

    /// The parameters in the order of `session_close.sql`.
    func parameters(audit: AuditEventID) -> [Value] {
        [
            .caller(caller), .id(business), .id(session),
            .optional(expectedVersions) { .array(of: .int64, $0.map(Value.int64)) },
        ] + count.parameters + [
            .optional(notes, Value.text), .id(audit), .text(caller.requestID),
            .optional(key) { .text($0.text) }, .optional(key) { .bytes($0.fingerprint) },
            .optional(caller.clientRequestID, Value.text),
        ]
    }
}

extension Count {
    /// The parameters in the order of `session_save.sql`.
    var parameters: [Value] {
        [
            .optional(finalCash, Value.money), .money(cardTotal), .money(bankTransferTotal), .money(envelopeAmount),
            .money(expenses), .money(creditSalesTotal), .money(creditPaymentsCollected),
            .optional(declaredCashSales, Value.money), .optional(closingTicket, Value.text),
        ]
    }
}

extension SessionQuery {
    /// The status, or the kind of closed sessions, that the function `is_listed` selects.
    private var listedState: String? {
        needsReview.map { $0 ? "NEEDS_REVIEW" : "IN_ORDER" } ?? status?.rawValue
    }

    /// The parameters of all session lists from the status on, in the order of `session_list.sql`.
    var parameters: [Value] {
        [
            .optional(listedState, Value.text), .optional(cashier, Value.id),
            .optional(businessDateFrom, Value.day), .optional(businessDateTo, Value.day),
            .optional(openedFrom, Value.instant), .optional(openedBefore, Value.instant),
            .optional(isFlagged, Value.bool), .optional(isStale, Value.bool), .bool(isDeleted),
        ]
    }
}

extension CountEntry {
    /// The parameters in the order of `session_close.sql`; null leaves a stored value unchanged.
    var parameters: [Value] {
        let figures = [
            finalCash, cardTotal, bankTransferTotal, envelopeAmount, expenses, creditSalesTotal,
            creditPaymentsCollected, declaredCashSales.value,
        ]
        return figures.map { .optional($0, Value.money) } + [.optional(closingTicket.value, Value.text)]
    }
}
