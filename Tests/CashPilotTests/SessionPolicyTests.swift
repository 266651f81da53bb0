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
        let whileOpen: [SessionAction] = [.view, .close, .end, .edit, .record, .reconcile, .handover]
        let rows: [Row] = [
            (.cashier, true, .open, false, whileOpen),
            (.cashier, true, .ended, false, [.view, .close, .edit, .reconcile]),
            (.cashier, true, .closed, false, [.view, .edit, .reconcile]),
            (.cashier, true, .open, true, []),
            (.cashier, false, .open, false, []),
            (.cashier, false, .closed, false, []),
            (.admin, true, .open, false, whileOpen + [.forceClose] + administrative),
            (.admin, false, .open, false, whileOpen + [.forceClose] + administrative),
            (.admin, false, .ended, false, [.view, .close, .edit, .reconcile, .forceClose, .reopen] + administrative),
            (.admin, false, .closed, false, [.view, .edit, .reconcile, .reopen] + administrative),
            (.admin, false, .open, true, [.view, .reconcile, .restore]),
            (.admin, false, .closed, true, [.view, .reconcile, .restore]),
        ]
        for row in rows {
            let session = Example.session(row.2, isDeleted: row.isDeleted, facts: Session.Facts(isInEditWindow: true))
            let caller: UserID = row.isOwn ? session.cashier : ID(high: 9, low: 9)
            #expect(allowed(session, caller, row.0) == row.4, "\(row)")
        }
    }

    @Test("A cashier may edit a closed session while its window is open, an administrator always")
    func editWindow() {
        let late = Example.session(.closed)
        #expect(allowed(late, late.cashier, .cashier) == [.view, .reconcile])
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

    @Test("In closed books every session can be viewed and reconciled, and nothing else")
    func closedBooks() {
        let facts = Session.Facts(isInEditWindow: true, isInClosedBooks: true)
        for status in Session.Status.allCases {
            for isDeleted in [false, true] {
                var session = Example.session(status, isDeleted: isDeleted, facts: facts)
                session.flag = Session.Flag(reason: "short again", by: session.cashier, at: session.openedAt)
                #expect(allowed(session, ID(high: 9, low: 9), .admin) == [.view, .reconcile])
                #expect(allowed(session, session.cashier, .cashier) == (isDeleted ? [] : [.view, .reconcile]))
            }
        }
        let open = Example.session(.open, facts: facts)
        func decision(_ action: SessionAction, _ role: Role, edit: SessionEdit? = nil) -> SessionPolicy.Decision {
            SessionPolicy.decide(action, on: open, by: open.cashier, role: role, edit: edit)
        }
        #expect(decision(.close, .cashier) == .booksClosed)
        #expect(decision(.delete, .cashier) == .forbidden, "the role comes first")
        #expect(decision(.restore, .admin) == .wrongState, "the state comes first")
        var move = SessionEdit()
        move.cashier = Example.admin
        #expect(decision(.edit, .cashier, edit: move) == .forbidden)
        #expect(decision(.edit, .admin, edit: move) == .booksClosed)
    }

    @Test("An obstacle forbids a handover and a reopen, and no other action", arguments: Session.Obstacle.allCases)
    func obstacles(obstacle: Session.Obstacle) {
        for status in Session.Status.allCases {
            for role in [Role.cashier, .admin] {
                let facts = Session.Facts(isInEditWindow: true, obstacle: obstacle)
                let free = Example.session(status, facts: Session.Facts(isInEditWindow: true))
                let session = Example.session(status, facts: facts)
                let expected = allowed(free, free.cashier, role).filter { $0 != .handover && $0 != .reopen }
                #expect(allowed(session, session.cashier, role) == expected)
                let action: SessionAction = status == .open ? .handover : .reopen
                let decision = SessionPolicy.decide(action, on: session, by: session.cashier, role: role)
                let isForbidden = role == .cashier && action == .reopen
                #expect(decision == (isForbidden ? .forbidden : .obstructed(obstacle)))
            }
        }
    }

    @Test("A count that is another session's float changes only if an administrator acknowledges it")
    func handedOver() {
        let link = Session.Link(id: Example.ids.make(), number: 8, by: Example.ana)
        var closed = Example.session(.closed, facts: Session.Facts(isInEditWindow: true))
        closed.handedOverTo = link
        func decision(
            _ action: SessionAction, _ role: Role, count: Int64? = nil, acknowledged: Bool = false
        ) -> SessionPolicy.Decision {
            var edit = SessionEdit()
            edit.count.finalCash = count.map(Money.init(minorUnits:))
            edit.count.expenses = Money(minorUnits: 1)
            return SessionPolicy.decide(
                action, on: closed, by: closed.cashier, role: role, edit: edit, acknowledged: acknowledged)
        }
        for role in [Role.cashier, .admin] {
            #expect(decision(.edit, role, count: 1) == .handedOver(link))
            #expect(decision(.edit, role, count: 0) == .allowed, "the same count")
            #expect(decision(.edit, role) == .allowed, "not the count")
        }
        #expect(decision(.reopen, .admin) == .handedOver(link))
        #expect(decision(.reopen, .admin, acknowledged: true) == .allowed)
        #expect(decision(.edit, .admin, count: 1, acknowledged: true) == .allowed)
        #expect(decision(.edit, .cashier, count: 1, acknowledged: true) == .handedOver(link))
        #expect(decision(.reopen, .cashier, acknowledged: true) == .forbidden, "the role comes first")
        #expect(!allowed(closed, closed.cashier, .admin).contains(.reopen))
        var open = Example.session(.open)
        open.handedOverTo = link
        #expect(!allowed(open, open.cashier, .admin).contains(.handover), "it would replace the first link")
    }

    @Test("A 409 offers what the existing session's state and the caller's role allow, and only the open a resume")
    func resolvingActions() {
        let others: [RefusedRequest] = [
            .backdate, .reopen(Example.ids.make()), .handover(Example.ids.make()), .edit(Example.ids.make()),
            .unassign(Example.ana),
        ]
        func offered(_ isOwn: Bool, _ role: Role, _ refused: RefusedRequest) -> [ConflictAction] {
            SessionPolicy.resolvingActions(of: Example.existing(), isOwn: isOwn, role: role, refused: refused)
        }
        let base: [ConflictAction] = [.view, .close, .end]
        #expect(offered(true, .cashier, .open) == base + [.resume])
        #expect(offered(false, .admin, .open) == base + [.resume, .forceClose])
        #expect(offered(false, .cashier, .open) == [])
        for refused in others {
            #expect(offered(true, .cashier, refused) == base)
            #expect(offered(false, .admin, refused) == base + [.forceClose])
        }
        // An ended session still prevents the change.
        #expect(offered(false, .admin, .changeBusiness) == [.view, .close, .forceClose])
        #expect(offered(false, .admin, .restore(Example.ids.make())) == base + [.forceClose, .restoreEnded])
        #expect(offered(false, .admin, .changeUser(Example.ana)) == base + [.forceClose, .force])
    }
}
