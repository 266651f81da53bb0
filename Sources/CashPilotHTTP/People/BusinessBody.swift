import CashPilot

/// The body of a new business, or of a change to one.
struct BusinessBody {
    private(set) var change = BusinessChange()

    /// - Parameter isNew: whether a name, a currency and a time zone must be there.
    init(reading body: inout BodyReader, isNew: Bool) {
        change.name = body.text("name", .name, isRequired: isNew)
        change.currency = body.text("currency", .currency, isRequired: isNew)
        change.timeZone = body.text("time_zone", .timeZone, isRequired: isNew)
        change.dayCutoffMinutes = body.minuteOfDay("day_cutoff")
        change.staleAfterHours = body.integer("stale_after_hours", in: Business.staleAfterHours)
        change.editWindowHours = body.integer("edit_window_hours", in: Business.editWindowHours)
        change.isActive = body.flag("is_active")
    }

    /// Puts the time zone's proper name in the place of what was written, or notes that there is no such zone. Before
    /// the faults are told, so that they are told together.
    mutating func resolveTimeZone(
        of body: inout BodyReader, _ find: (String) async throws -> String?
    ) async throws {
        guard let name = change.timeZone else { return }
        change.timeZone = try await find(name) ?? body.fail("time_zone", .format)
    }

    /// The new business, once there are no faults.
    var draft: BusinessDraft {
        var draft = BusinessDraft(
            name: change.name ?? "", currency: change.currency ?? "", timeZone: change.timeZone ?? "")
        draft.dayCutoffMinutes = change.dayCutoffMinutes ?? draft.dayCutoffMinutes
        draft.staleAfterHours = change.staleAfterHours ?? draft.staleAfterHours
        draft.editWindowHours = change.editWindowHours ?? draft.editWindowHours
        draft.isActive = change.isActive ?? draft.isActive
        return draft
    }
}
