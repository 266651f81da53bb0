/// The first count of a session, and the cash that was expected then. No correction changes it.
package struct AtClose: Equatable, Sendable {
    package let finalCash: Money
    /// `nil` if the cash sales were not declared then.
    package let expectedCash: Money?

    package init(finalCash: Money, expectedCash: Money?) {
        self.finalCash = finalCash
        self.expectedCash = expectedCash
    }

    /// The count minus the expected cash; negative is short.
    package var overShort: Money? {
        get throws(MoneyError) {
            try expectedCash.map { expected throws(MoneyError) in try finalCash.subtracting(expected) }
        }
    }
}

/// The corrections of a session after its first count.
package struct Corrections: Equatable, Sendable {
    /// How many times a figure of the expected cash, or the count itself, changed.
    package var times: Int32
    /// The figures at the close; `nil` until the first correction or reopen, because the current ones are the same.
    package var atClose: AtClose?

    package init(times: Int32 = 0, atClose: AtClose? = nil) {
        self.times = times
        self.atClose = atClose
    }
}

/// Why a closed session needs a review.
package enum ReviewReason: String, Sendable, CaseIterable {
    case notCounted = "NOT_COUNTED"
    case corrected = "CORRECTED"
    /// A movement was recorded after the close.
    case lateMovement = "LATE_MOVEMENT"
    /// The declared sales are not the recorded ones.
    case declaredDiffers = "DECLARED_DIFFERS"
}

extension Session {
    /// The figures of the first count; `nil` until the session is counted. A reopen and a second count keep them.
    package var atClose: AtClose? {
        if let stored = corrections.atClose { return stored }
        return count.finalCash.map { cash in
            // Accepted amounts do not overflow.
            AtClose(finalCash: cash, expectedCash: (try? totals)?.expectedCash)
        }
    }

    /// Why the session needs a review, empty if it needs none; `nil` until it is closed.
    ///
    /// `session_needs_review` in SQL has the same rule for the filter of lists.
    package var reviewReasons: [ReviewReason]? {
        guard status == .closed else { return nil }
        var reasons: [ReviewReason] = []
        if count.finalCash == nil { reasons.append(.notCounted) }
        if corrections.times > 0 { reasons.append(.corrected) }
        if let recorded {
            if recorded.late > 0 { reasons.append(.lateMovement) }
            if let declared = count.declaredCashSales, recorded.hasSales, declared != recorded.cashSales {
                reasons.append(.declaredDiffers)
            }
        }
        return reasons
    }

    /// The figures that the expected cash and its difference from the count depend on.
    private var figures: [Money?] {
        [
            initialCash, count.finalCash, count.envelopeAmount, count.expenses, count.creditPaymentsCollected,
            count.declaredCashSales,
        ]
    }

    /// Records a correction if an edit changed a figure of a closed session after its first count.
    ///
    /// A session that is open again is corrected when it is closed.
    mutating func recordCorrection(of before: Session) {
        guard before.status == .closed, let atClose = before.atClose, figures != before.figures else { return }
        corrections = Corrections(times: before.corrections.times + 1, atClose: atClose)
    }
}

/// The session whose float is the count of another session.
package struct SuccessorLink: Sendable {
    package let session: Session.Link
    package let business: BusinessID
    /// True if the caller may view the successor.
    package let isVisible: Bool

    package init(session: Session.Link, business: BusinessID, isVisible: Bool) {
        self.session = session
        self.business = business
        self.isVisible = isVisible
    }
}
