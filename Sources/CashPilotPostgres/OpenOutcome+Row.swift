import CashPilot
import Postgres

extension OpenOutcome {
    /// Reads the answer of `session_open.sql`.
    ///
    /// - Returns: `nil` if nothing was tried, because the guard does not stand and the slot was not locked.
    init?(reading rows: Rows, holdsSlot: Bool) throws(DatabaseError) {
        guard var columns = rows.first?.reader() else {
            self = .lookAgain
            return
        }
        let guardStands = try columns.next(Bool.self)
        guard guardStands || holdsSlot else { return nil }
        guard try columns.next(Bool.self) else {
            self = .requestInFlight
            return
        }
        if let role = try columns.nextOptional(Role.self), let session = try Session(reading: &columns) {
            self = .opened(session, role)
        } else {
            self = .lookAgain
        }
    }
}
