import CashPilot
import Testing

@testable import CashPilotHTTP

@Suite("Query parameters")
struct QueryReaderTests {
    /// The errors in the query of a list as `code parameter`, in order.
    private func faults(_ text: String) throws -> [String] {
        var query = try QueryReader(path: "/v1/sessions", query: text)
        _ = SessionQuery(reading: &query)
        _ = query.limit()
        let _: Cursor<Session>? = query.cursor()
        return query.finish().map { fault in
            guard case .parameter(let name) = fault.place else { return "\(fault)" }
            return "\(fault.code.rawValue) \(name)"
        }
    }

    @Test("A valid query is read into filters")
    func filters() throws {
        var query = try QueryReader(
            path: "/v1/sessions",
            query: "status=OPEN&cashier%5Fid=0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d&business_date_from=2026-11-01"
                + "&opened_from=2026-11-23T14:15:00%2B00:00&stale=true&flagged=false&deleted=true&limit=7"
                + "&external_id=POS%3A1&terminal_id=+caja++%C3%B1%2D1")
        let filters = SessionQuery(reading: &query)
        #expect(query.limit() == 7)
        let cursor: Cursor<Session>? = query.cursor()
        #expect(cursor == nil)
        #expect(query.finish().isEmpty)
        #expect(filters.status == .open)
        #expect(filters.cashier == UserID("0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d"))
        #expect(filters.businessDateFrom == CivilDate(year: 2026, month: 11, day: 1))
        #expect(filters.businessDateTo == nil)
        #expect(filters.externalID == "POS:1")
        #expect(filters.terminal == "caja ñ-1")
        #expect(filters.openedFrom == Instant(rfc3339: "2026-11-23T14:15:00Z"))
        #expect((filters.isStale, filters.isFlagged, filters.isDeleted) == (true, false, true))
    }

    @Test(
        "All invalid query parameters are reported at once",
        arguments: [
            ("", []), ("&&", []),
            ("status=open", ["ENUM status"]), ("status=", ["ENUM status"]), ("status", ["ENUM status"]),
            ("cashier_id=1", ["FORMAT cashier_id"]), ("business_date_to=2026-02-30", ["FORMAT business_date_to"]),
            ("opened_from=2026-11-23T14:15:00+00:00", ["FORMAT opened_from"]),
            ("opened_before=1969-01-01T00:00:00Z", ["RANGE opened_before"]),
            ("stale=yes", ["ENUM stale"]), ("limit=0", ["RANGE limit"]), ("limit=201", ["RANGE limit"]),
            ("limit=-1", ["RANGE limit"]), ("limit=99999999999999999999", ["RANGE limit"]), ("limit=x", ["TYPE limit"]),
            ("limit=1.5", ["TYPE limit"]), ("limit=%31%30", []), ("limit=%3", ["FORMAT limit"]),
            ("terminal_id=", ["FORMAT terminal_id"]), ("terminal_id=a%00b", ["FORMAT terminal_id"]),
            ("terminal_id=4111111111111111", ["FORMAT terminal_id"]),
            ("status=%ff", ["FORMAT status"]), ("cursor=abc", ["INVALID_CURSOR cursor"]),
            ("foo=1", ["UNKNOWN_PARAMETER foo"]), ("f%20o+o=1", ["UNKNOWN_PARAMETER f o o"]),
            ("limit=5&limit=5&limit=6", ["DUPLICATE limit"]),
            ("limit=x&foo=1&stale=1&foo=2", ["ENUM stale", "TYPE limit", "UNKNOWN_PARAMETER foo", "DUPLICATE foo"]),
        ])
    func allFaults(_ text: String, _ expected: [String]) throws {
        #expect(try faults(text) == expected)
    }

    @Test("A query with 60 parameters is rejected")
    func isBounded() throws {
        #expect(throws: Problem.self) {
            try QueryReader(path: "/", query: String(repeating: "a&", count: 60))
        }
    }

    @Test("An unknown parameter whose name has a card number is not named")
    func cardNumber() throws {
        let query = try QueryReader(path: "/", query: "4111+1111+1111+1111=1&x=1")
        let places: [FieldError.Place] = [.parameter("***"), .parameter("x")]
        #expect(query.finish() == places.map { FieldError(.unknownParameter, $0, .knownName([])) })
    }

    @Test("The default limit of a page is 50")
    func defaultLimit() throws {
        var query = try QueryReader(path: "/", query: nil)
        #expect(query.limit() == 50)
        #expect(query.finish().isEmpty)
    }
}

@Suite("Cursors")
struct CursorTests {
    private let cursor = Cursor<Session>(
        instant: Instant(milliseconds: 5), id: ID(high: 0x0197_f4a0_8a2b_7c33, low: .max))

    private func read(_ text: String, path: String, _ filters: String) throws -> Cursor<Session>? {
        var query = try QueryReader(path: path, query: filters + "&cursor=" + text)
        _ = SessionQuery(reading: &query)
        return query.cursor()
    }

    private func scope(_ query: String) throws -> String {
        var query = try QueryReader(path: "/v1/sessions", query: query)
        _ = SessionQuery(reading: &query)
        return query.cursorScope
    }

    @Test("A cursor returns to its place in its own list, with the filters in any order")
    func roundTrip() throws {
        let scope = try scope("status=OPEN&stale=true&limit=2")
        let text = cursor.opaque(scope: scope)
        #expect(text.count == 40)
        #expect(text.utf8.allSatisfy { byte in "-_".utf8.contains(byte) || (48...122).contains(byte) })
        #expect(try read(text, path: "/v1/sessions", "status=OPEN&stale=true") == cursor)
        #expect(try read(text, path: "/v1/sessions", "stale=%74rue&limit=9&status=OPEN") == cursor)
    }

    @Test("A cursor belongs to the values of its filters, and not to their spelling")
    func spelling() throws {
        let id = "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d"
        let filters =
            "cashier_id=\(id)&business_date_from=2026-11-01&opened_from=2026-11-23T14:15:00Z&terminal_id=caja%201"
        let text = cursor.opaque(scope: try scope(filters))
        let same =
            "opened_from=2026-11-23t11:15:00.000-03:00&cashier_id=\(id.uppercased())&business_date_from=2026-11-%301"
            + "&terminal_id=+caja++1"
        #expect(try read(text, path: "/v1/sessions", same) == cursor)
        #expect(try read(text, path: "/v1/sessions", same.replacing("11:15", with: "11:16")) == nil)
        #expect(try read(text, path: "/v1/sessions", same.replacing("caja++1", with: "caja++2")) == nil)
    }

    @Test(
        "A forged cursor with an impossible time is rejected",
        arguments: [
            Int64.max, .min, .max / 1_000 + 1, -1, 253_402_300_800_000,
        ])
    func forged(milliseconds: Int64) throws {
        let scope = try scope("")
        let forged = Cursor<Session>(instant: Instant(milliseconds: milliseconds), id: cursor.id)
        #expect(Cursor<Session>(opaque: forged.opaque(scope: scope), scope: scope) == nil)
    }

    @Test("A cursor is rejected by another list, with other filters, or with a changed character")
    func isBound() throws {
        let text = cursor.opaque(scope: try scope("stale=true"))
        #expect(try read(text, path: "/v1/businesses", "stale=true") == nil)
        #expect(try read(text, path: "/v1/sessions", "stale=false") == nil)
        #expect(try read(text, path: "/v1/sessions", "") == nil)
        for place in text.indices {
            var wrong = text
            wrong.replaceSubrange(place...place, with: text[place] == "A" ? "B" : "A")
            #expect(try read(wrong, path: "/v1/sessions", "stale=true") == nil)
        }
        for wrong in ["", "A", text + "A", String(text.dropLast()), String(repeating: "=", count: 40)] {
            #expect(try read(wrong, path: "/v1/sessions", "stale=true") == nil)
        }
    }
}
