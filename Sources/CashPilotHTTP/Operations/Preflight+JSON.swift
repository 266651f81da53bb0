import CashPilot

extension JSONWriter {
    /// Writes the duplicate open sessions that prevent the one-open index.
    mutating func preflight(_ report: Preflight) {
        object { json in
            json.name("items")
            json.array(report.duplicates) { $0.duplicate($1) }
            json.member("has_more", report.hasMore)
        }
    }

    private mutating func duplicate(_ duplicate: DuplicateOpenSessions) {
        object { json in
            json.member("business_id", duplicate.business)
            json.member("business_name", duplicate.businessName)
            json.member("cashier_id", duplicate.cashier)
            json.member("cashier_name", duplicate.cashierName)
            json.member("open_sessions", Int64(duplicate.openSessions))
            json.name("keep")
            json.duplicate(duplicate.keep)
            json.name("end")
            json.array(duplicate.end) { $0.duplicate($1) }
        }
    }

    private mutating func duplicate(_ session: DuplicateSession) {
        object { json in
            json.member("id", session.id)
            json.member("session_number", session.number)
            json.member("opened_at", session.openedAt)
            json.member("last_activity_at", session.lastActivityAt)
        }
    }
}

extension Preflight {
    /// The JSON body of `GET /v1/admin/preflight`.
    package var json: String {
        var writer = JSONWriter(capacity: 1_024)
        writer.preflight(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
