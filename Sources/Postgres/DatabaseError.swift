/// Why a statement has no answer, and whether it may have taken effect all the same.
///
/// Nothing in it holds a value: not a parameter, not a column, not the server's DETAIL, HINT or CONTEXT. It can be
/// logged as it is.
package struct DatabaseError: Error, Sendable, Hashable {
    /// What became of the work.
    package enum Outcome: Sendable, Hashable {
        /// It had no effect and will have none.
        case notApplied
        /// It may have been committed: the connection, or a standby, was lost between sending and answer.
        case unknown
    }

    /// Who refused, and at what point.
    package enum Reason: Sendable, Hashable {
        /// The server answered with an error.
        case server
        /// The connection broke, or the server ended it (severity FATAL or PANIC).
        case connectionLost
        /// No connection came free within ``DatabaseConfiguration/poolWait``.
        case poolTimeout
        /// ``DatabaseConfiguration/queueMax`` were waiting already.
        case queueFull
        /// The database is being closed, or the transaction is over.
        case closing
        /// No answer came in time, so the connection was given up.
        case deadline
        /// The answer is not what the program expected; see ``ColumnReader``.
        case decoding
    }

    /// The name of the statement, or a few words for what was done instead of one.
    package let statement: String
    /// Five characters. The server's, or for a fault of the driver's own ``Reason/sqlState``.
    package let sqlState: String
    /// The constraint or unique index that was violated.
    package let constraint: String?
    /// `ERROR`, `FATAL`, `PANIC` or `WARNING`, in English whatever the server's language.
    package let severity: String
    package let outcome: Outcome
    package let reason: Reason
    /// The server's primary message where its class cannot quote values, else empty.
    package let message: String
    /// Where in the statement's text the fault is, in characters from 1, if the server says.
    package let position: Int?

    package init(
        statement: String, sqlState: String? = nil, constraint: String? = nil, severity: String = "ERROR",
        outcome: Outcome = .notApplied, reason: Reason, message: String = "", position: Int? = nil
    ) {
        self.statement = statement
        self.sqlState = sqlState ?? reason.sqlState
        self.constraint = constraint
        self.severity = severity
        self.outcome = outcome
        self.reason = reason
        self.message = message
        self.position = position
    }

    /// Whether a unique index refused a row: SQLSTATE 23505 by that constraint.
    ///
    /// The index that refuses may be the one of a partition, whose name has `_p` and a number appended. While `reindex
    /// concurrently` runs it may be the new one or the old one, whose names end in `_ccnew` or `_ccold`, and a number
    /// if there are several.
    package func violates(_ constraint: String) -> Bool {
        guard sqlState == "23505", let name = self.constraint, name.hasPrefix(constraint) else { return false }
        return name.dropFirst(constraint.count).wholeMatch(of: #/(_p\d+)?(_cc(new|old)\d*)?/#) != nil
    }

    /// Whether the server gave up waiting for a lock (55P03), or ran out of time (57014), which mostly is the same.
    var isLockTimeout: Bool { sqlState == "55P03" || sqlState == "57014" }

    /// Whether trying later may help: the fault is in the server's state or the way to it, not in the statement.
    package var isUnavailable: Bool {
        guard outcome == .notApplied else { return true }
        switch reason {
        case .connectionLost, .poolTimeout, .queueFull, .closing, .deadline: return true
        case .decoding: return false
        case .server: break
        }
        switch sqlState {
        case "08P01": return false  // The program and the statement disagree about parameters.
        case "0A000", "26000", "42P05": return true  // The plan was lost; it is made anew.
        case "25006", "40001", "40P01", "55P03", "58030": return true
        default: return ["08", "53", "57"].contains(sqlState.prefix(2))
        }
    }
}

extension DatabaseError.Reason {
    /// The SQLSTATE that stands for a fault of the driver's own.
    package var sqlState: String {
        switch self {
        case .server: "XX000"
        case .connectionLost: "08006"
        case .poolTimeout: "08001"
        case .queueFull: "53000"
        case .closing: "57P03"
        case .deadline: "08007"
        case .decoding: "22P03"
        }
    }
}

extension DatabaseError: CustomStringConvertible {
    package var description: String {
        var text = "\(statement): \(sqlState) \(severity), \(reason), \(outcome)"
        if let constraint { text += ", constraint \(constraint)" }
        if !message.isEmpty { text += ": \(message)" }
        return text
    }
}
