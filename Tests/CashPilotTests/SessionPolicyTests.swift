import Testing

@testable import CashPilot

@Suite("What may be done with a session")
struct SessionPolicyTests {
    private typealias Row = (Role, isOwn: Bool, Session.Status, isDeleted: Bool, [SessionAction])

    private func allowed(_ session: Session, _ caller: UserID, _ role: Role) -> [SessionAction] {
        SessionPolicy.allowedActions(on: session, for: caller, role: role)
    }

    @Test("Every state lists its ways out, for each role and owner")
    func table() {
        let administrative: [SessionAction] = [.delete, .flag]
        let rows: [Row] = [
            (.cashier, true, .open, false, [.view, .close, .end, .edit, .handover]),
            (.cashier, true, .ended, false, [.view, .close, .edit]),
            (.cashier, true, .closed, false, [.view, .edit]),
            (.cashier, true, .open, true, []),
            (.cashier, false, .open, false, []),
            (.cashier, false, .closed, false, []),
            (.admin, true, .open, false, [.view, .close, .end, .edit, .handover, .forceClose] + administrative),
            (.admin, false, .open, false, [.view, .close, .end, .edit, .handover, .forceClose] + administrative),
            (.admin, false, .ended, false, [.view, .close, .edit, .forceClose, .reopen] + administrative),
            (.admin, false, .closed, false, [.view, .edit, .reopen] + administrative),
            (.admin, false, .open, true, [.view, .restore]),
            (.admin, false, .closed, true, [.view, .restore]),
        ]
        for row in rows {
            let session = Example.session(row.2, isDeleted: row.isDeleted, isInEditWindow: true)
            let caller: UserID = row.isOwn ? session.cashier : ID(high: 9, low: 9)
            #expect(allowed(session, caller, row.0) == row.4, "\(row)")
        }
    }

    @Test("A cashier may edit a closed session while its window is open, an administrator always")
    func editWindow() {
        let late = Example.session(.closed)
        #expect(allowed(late, late.cashier, .cashier) == [.view])
        #expect(allowed(late, late.cashier, .admin).contains(.edit))
    }

    @Test("A flag can be taken away where there is one")
    func unflag() {
        var session = Example.session(.open)
        #expect(!allowed(session, session.cashier, .admin).contains(.unflag))
        session.flag = Session.Flag(reason: "short again", by: session.cashier, at: session.openedAt)
        #expect(allowed(session, session.cashier, .admin).contains(.unflag))
        #expect(!allowed(session, session.cashier, .cashier).contains(.unflag))
    }
}
