import CashPilot
import Postgres

extension OpenOutcome {
    /// Reads the result of `session_open.sql`.
    ///
    /// - Returns: `nil` if nothing was inserted because the one-open index is not valid and the open-session key was
    ///   not locked.
    init?(reading rows: Rows, isOpenNow: Bool) throws(DatabaseError) {
        guard var columns = rows.first?.reader() else {
            self = .checkAgain
            return
        }
        let isIndexValid = try columns.next(Bool.self)
        guard isIndexValid || isOpenNow else { return nil }
        guard try columns.next(Bool.self) else {
            self = .requestInFlight
            return
        }
        if let role = try columns.nextOptional(Role.self), let session = try Session(reading: &columns) {
            self = .opened(session, role)
        } else {
            self = .checkAgain
        }
    }
}
