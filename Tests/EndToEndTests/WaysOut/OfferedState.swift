import TestSupport

/// A session in some state, with every fact around it that the rules look at.
struct OfferedState: CustomStringConvertible {
    enum Status: String, CaseIterable {
        case open = "OPEN"
        case ended = "ENDED"
        case closed = "CLOSED"
    }

    var status = Status.open
    var isDeleted = false
    var isFlagged = false
    /// The session is the administrator's instead of Ana's.
    var isAdministrators = false
    var isCashierActive = true
    var isCashierAssigned = true
    /// The cashier has another open session in the business.
    var hasOtherOpen = false
    /// Bruno has no open session in the business.
    var isColleagueFree = true
    /// The administrator has no open session in the business.
    var isAdministratorFree = true
    var isBusinessActive = true
    var areBooksClosed = false
    var isEditWindowOver = false
    /// The session's count is the float of a later session of Bruno.
    var isHandedOver = false

    init() {}

    init(_ change: (inout OfferedState) -> Void) {
        change(&self)
        normalize()
    }

    init(random generator: inout some RandomNumberGenerator) {
        func isRare() -> Bool { Int.random(in: 0..<4, using: &generator) == 0 }
        status = Status.allCases.randomElement(using: &generator) ?? .open
        (isDeleted, isFlagged, isAdministrators) = (isRare(), isRare(), isRare())
        (isCashierActive, isCashierAssigned) = (!isRare(), !isRare())
        hasOtherOpen = isRare()
        (isColleagueFree, isAdministratorFree) = (.random(using: &generator), .random(using: &generator))
        (isBusinessActive, areBooksClosed, isEditWindowOver) = (!isRare(), isRare(), isRare())
        isHandedOver = isRare()
        normalize()
    }

    /// Removes what cannot be: two open sessions of one cashier, and an inactive caller.
    private mutating func normalize() {
        if status == .open && !isDeleted { hasOtherOpen = false }
        if isAdministrators {
            isCashierActive = true
            isAdministratorFree = !hasOtherOpen && (status != .open || isDeleted)
        }
    }

    var description: String {
        let facts: [(String, Bool)] = [
            ("deleted", isDeleted), ("flagged", isFlagged), ("the administrator's", isAdministrators),
            ("of an inactive cashier", !isCashierActive), ("of an unassigned cashier", !isCashierAssigned),
            ("beside another open one", hasOtherOpen), ("Bruno is busy", !isColleagueFree),
            ("the administrator is busy", !isAdministratorFree), ("inactive business", !isBusinessActive),
            ("closed books", areBooksClosed), ("edit window over", isEditWindowOver),
            ("handed over", isHandedOver),
        ]
        return ([status.rawValue] + facts.filter(\.1).map(\.0)).joined(separator: ", ")
    }

    /// The states in which an action is offered to one caller only, or to none for one reason.
    static let table: [OfferedState] =
        [
            OfferedState(), OfferedState { $0.isColleagueFree = false },
            OfferedState { ($0.isColleagueFree, $0.isAdministratorFree) = (false, false) },
            OfferedState { $0.isBusinessActive = false }, OfferedState { $0.isCashierActive = false },
            OfferedState { $0.isCashierAssigned = false }, OfferedState { $0.isFlagged = true },
            OfferedState { $0.isAdministrators = true },
            OfferedState { ($0.isAdministrators, $0.isColleagueFree) = (true, false) },
            OfferedState { ($0.isDeleted, $0.hasOtherOpen) = (true, true) },
            OfferedState { ($0.isDeleted, $0.isBusinessActive) = (true, false) },
            OfferedState { ($0.isDeleted, $0.isCashierAssigned) = (true, false) },
            OfferedState { ($0.isDeleted, $0.areBooksClosed) = (true, true) },
            OfferedState { $0.areBooksClosed = true }, OfferedState { $0.isHandedOver = true },
        ]
        + [Status.ended, .closed].flatMap { status in
            [
                OfferedState { $0.status = status },
                OfferedState { ($0.status, $0.hasOtherOpen) = (status, true) },
                OfferedState { ($0.status, $0.isBusinessActive) = (status, false) },
                OfferedState { ($0.status, $0.isCashierActive) = (status, false) },
                OfferedState { ($0.status, $0.isCashierAssigned) = (status, false) },
                OfferedState { ($0.status, $0.isEditWindowOver) = (status, true) },
                OfferedState { ($0.status, $0.isHandedOver) = (status, true) },
                OfferedState { ($0.status, $0.areBooksClosed, $0.isFlagged) = (status, true, true) },
                OfferedState {
                    ($0.status, $0.isAdministrators, $0.isCashierAssigned) = (status, true, false)
                },
            ]
        }
}

extension OfferedState {
    private static let (session, other) = (
        "0197f4a0-8a2b-7c33-8d41-000000000001", "0197f4a0-8a2b-7c33-8d41-000000000002"
    )
    private static let (colleagues, administrators) = (
        "0197f4a0-8a2b-7c33-8d41-000000000003", "0197f4a0-8a2b-7c33-8d41-000000000004"
    )
    private static let successor = "0197f4a0-8a2b-7c33-8d41-000000000005"

    func cashier(in shop: Shop) -> Person { isAdministrators ? shop.administrator : shop.ana }

    /// A cashier who can take the session over; any colleague if there is none.
    func recipient(for caller: Person, in shop: Shop) -> Person {
        if isColleagueFree { return shop.bruno }
        if isAdministrators { return shop.ana }
        return caller.id == shop.administrator.id && isAdministratorFree ? shop.administrator : shop.bruno
    }

    /// Makes the state in the business `centro`, in place of all sessions.
    func make(in shop: Shop) throws -> JSON {
        // The session is always the same one, and begins without movements.
        try shop.tamper("delete from movements")
        let cashier = cashier(in: shop).id
        func unfinished(_ id: String, of cashier: String, _ number: Int) -> String {
            """
            ('\(id)', \(number), '\(cashier)', 'OPEN', now() - interval '1 h', current_date, null, null, null, null,
            null, null, null, false, null, null, null)
            """
        }
        let ended = status == .open ? "null" : "now() - interval '2 h'"
        let closed = status == .closed ? "now() - interval '1 h', '\(cashier)', 5" : "null, null, null"
        let flag = isFlagged ? "'short again', '\(shop.administrator.id)', now()" : "null, null, null"
        let deletion = isDeleted ? "true, 'mistake', '\(shop.administrator.id)', now()" : "false, null, null, null"
        var rows = [
            """
            ('\(Self.session)', 1, '\(cashier)', '\(status.rawValue)', now() - interval '3 days', current_date - 3,
            \(ended), \(closed), \(flag), \(deletion))
            """
        ]
        if hasOtherOpen { rows.append(unfinished(Self.other, of: cashier, 2)) }
        if !isColleagueFree { rows.append(unfinished(Self.colleagues, of: shop.bruno.id, 3)) }
        if !isAdministratorFree && !isAdministrators {
            rows.append(unfinished(Self.administrators, of: shop.administrator.id, 4))
        }
        if isHandedOver {
            rows.append(
                """
                ('\(Self.successor)', 5, '\(shop.bruno.id)', 'CLOSED', now() - interval '2 days', current_date - 2,
                null, now() - interval '1 day', '\(shop.bruno.id)', 5, null, null, null, false, null, null, null)
                """)
        }
        let books = areBooksClosed ? "current_date - 2" : "null"
        let assigned = [shop.ana.id, shop.bruno.id].filter { $0 != cashier } + (isCashierAssigned ? [cashier] : [])
        let assignments = assigned.map { "('\(shop.centro)', '\($0)')" }.joined(separator: ", ")
        try shop.execute(
            """
            begin;
            delete from cash_sessions;
            insert into cash_sessions (
                business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
                initial_cash, opened_at, ended_at, closed_at, closed_by, final_cash,
                flag_reason, flagged_by, flagged_at, is_deleted, delete_reason, deleted_by, deleted_at
            )
            select '\(shop.centro)', id::uuid, n, cashier::uuid, cashier::uuid, status, 'PYG', 'America/Asuncion', date,
                1, opened_at, ended_at::timestamptz, closed_at::timestamptz, closed_by::uuid, final_cash::bigint,
                flag_reason, flagged_by::uuid, flagged_at::timestamptz,
                is_deleted, delete_reason, deleted_by::uuid, deleted_at::timestamptz
            from (values \(rows.joined(separator: ",\n"))) as v (
                id, n, cashier, status, opened_at, date, ended_at, closed_at, closed_by, final_cash,
                flag_reason, flagged_by, flagged_at, is_deleted, delete_reason, deleted_by, deleted_at
            );
            update cash_sessions as s
            set handed_over_to = n.id, handed_over_to_number = n.session_number
            from cash_sessions as n
            where s.id = '\(Self.session)'
                and n.id = '\(Self.successor)';
            insert into business_counters values ('\(shop.centro)', 10)
            on conflict (business_id) do update set last_session_number = 10;
            update businesses
            set is_active = \(isBusinessActive), books_closed_until = \(books),
                edit_window_hours = \(isEditWindowOver ? 0 : 32)
            where id = '\(shop.centro)';
            update users set is_active = (id <> '\(cashier)' or \(isCashierActive))
            where id in ('\(shop.ana.id)', '\(shop.bruno.id)', '\(shop.administrator.id)');
            delete from business_cashiers where business_id = '\(shop.centro)';
            insert into business_cashiers (business_id, cashier_id) values \(assignments);
            commit
            """)
        return .object(["business_id": .string(shop.centro), "id": .string(Self.session)])
    }
}
