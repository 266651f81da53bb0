import CashPilot

/// The body that creates or changes a business.
struct BusinessBody {
    private(set) var change = BusinessChange()

    /// - Parameter isNew: whether name, currency and time zone are required.
    init(reading body: inout BodyReader, isNew: Bool) {
        change.name = body.text("name", .name, isRequired: isNew)
        change.currency = body.text("currency", .currency, isRequired: isNew)
        change.timeZone = body.text("time_zone", .timeZone, isRequired: isNew)
        change.dayCutoffMinutes = body.minuteOfDay("day_cutoff")
        change.staleAfterHours = body.integer("stale_after_hours", in: Business.staleAfterHours)
        change.editWindowHours = body.integer("edit_window_hours", in: Business.editWindowHours)
        change.isActive = body.flag("is_active")
    }

    /// Replaces the time zone with its canonical name, or records an unknown zone. Call it before reporting errors,
    /// so that one response contains all of them.
    mutating func resolveTimeZone(
        of body: inout BodyReader, _ find: (String) async throws -> String?
    ) async throws {
        guard let name = change.timeZone else { return }
        change.timeZone = try await find(name) ?? body.fail("time_zone", .format)
    }

    /// The new business. Valid only if the body has no errors.
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
