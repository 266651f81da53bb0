import CashPilot
import Testing

@Suite("What may be done with a session")
struct SessionActionTests {
    @Test("Every state lists its ways out, for each role and owner")
    func table() {
        let rows: [(Role, isOwn: Bool, Session.Status, isDeleted: Bool, [SessionAction])] = [
            (.cashier, true, .open, false, [.view, .close]),
            (.cashier, true, .ended, false, [.view, .close]),
            (.cashier, true, .closed, false, [.view]),
            (.cashier, true, .open, true, []),
            (.cashier, false, .open, false, []),
            (.cashier, false, .closed, false, []),
            (.admin, true, .open, false, [.view, .close]),
            (.admin, false, .open, false, [.view, .close]),
            (.admin, false, .ended, false, [.view, .close]),
            (.admin, false, .closed, false, [.view]),
            (.admin, false, .open, true, [.view]),
        ]
        for row in rows {
            #expect(
                SessionAction.allowed(to: row.0, isOwn: row.isOwn, status: row.2, isDeleted: row.isDeleted) == row.4)
        }
    }
}
