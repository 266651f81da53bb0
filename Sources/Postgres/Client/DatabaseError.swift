import CLibPQ

/// The failure of a statement, and whether the statement may have taken effect.
///
/// It is safe to log. It contains no parameter, no column value, and none of the server's DETAIL, HINT or CONTEXT. The
/// message of a ``BlockingConnection`` is the exception.
package struct DatabaseError: Error, Sendable, Hashable {
    /// Whether the statement took effect.
    package enum Outcome: Sendable, Hashable {
        /// The statement had no effect and will have none.
        case notApplied
        /// The statement may have committed. The connection or a standby was lost before the response.
        case unknown
    }

    /// The component that failed the request, and the stage.
    package enum Reason: Sendable, Hashable {
        /// The server returned an error.
        case server
        /// The connection broke, or the server ended it (severity FATAL or PANIC).
        case connectionLost
        /// No connection became free within ``DatabaseConfiguration/poolWait``.
        case poolTimeout
        /// The queue for the kind of request or for the conflict key was full: ``DatabaseConfiguration/queueMax``.
        case queueFull
        /// The database is closing, or the transaction has ended.
        case closing
        /// The request deadline or the driver's own limit passed without a response.
        case deadline
        /// A column does not match the type that the program expects; see ``ColumnReader``.
        case decoding
    }

    /// The statement's name, or a short label for an operation without a statement.
    package let statement: String
    /// Five characters: the server's SQLSTATE, or ``Reason/sqlState`` for an error of the driver.
    package let sqlState: String
    /// The violated constraint or unique index.
    package let constraint: String?
    /// `ERROR`, `FATAL`, `PANIC` or `WARNING`.
    package let severity: String
    package let outcome: Outcome
    package let reason: Reason
    /// The server's primary message if its SQLSTATE class never quotes values; otherwise empty.
    package let message: String
    /// The error's position in the statement text, if the server reports it. Characters count from 1.
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

    /// Whether the error is a unique violation (SQLSTATE 23505) of `constraint`.
    ///
    /// The violated index may belong to a partition: its name ends in `_p` and a number. During `reindex concurrently`
    /// the violated index may be the new or the old copy: its name ends in `_ccnew` or `_ccold`, and a number if there
    /// are several.
    package func violates(_ constraint: String) -> Bool {
        guard sqlState == "23505", let name = self.constraint, name.hasPrefix(constraint) else { return false }
        return name.dropFirst(constraint.count).wholeMatch(of: #/(_p\d+)?(_cc(new|old)\d*)?/#) != nil
    }

    /// Whether a lock wait (55P03) or the statement (57014) timed out. The usual cause of 57014 is a lock wait too.
    var isLockTimeout: Bool { sqlState == "55P03" || sqlState == "57014" }

    /// Whether a later retry may succeed. The cause is the server's state or the connection, not the statement.
    package var isUnavailable: Bool {
        guard outcome == .notApplied else { return true }
        switch reason {
        case .connectionLost, .poolTimeout, .queueFull, .closing, .deadline: return true
        case .decoding: return false
        case .server: break
        }
        switch sqlState {
        case "08P01": return false  // The parameters do not match the statement.
        case "0A000", "26000", "42P05": return true  // The prepared statement was lost. The driver prepares it again.
        case "25006", "40001", "40P01", "55P03", "58030": return true
        default: return ["08", "53", "57"].contains(sqlState.prefix(2))
        }
    }
}

extension DatabaseError.Reason: CustomStringConvertible {
    /// The SQLSTATE for an error of the driver.
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

    /// A phrase for the log.
    package var description: String {
        switch self {
        case .server: "PostgreSQL reported an error"
        case .connectionLost: "the connection failed"
        case .poolTimeout: "no connection became free in time"
        case .queueFull: "too many statements wait for a connection"
        case .closing: "the database client is closing"
        case .deadline: "the deadline passed without a response"
        case .decoding: "a column has an unexpected type"
        }
    }
}

extension DatabaseError: CustomStringConvertible {
    package var description: String {
        var text = "\(statement): " + (reason == .server ? "PostgreSQL reported \(severity)" : "\(reason)")
        text += " (SQLSTATE \(sqlState)" + (constraint.map { ", constraint \($0)" } ?? "") + ")"
        if !message.isEmpty { text += ": \(message)" }
        switch outcome {
        case .notApplied: return text + "; nothing was changed"
        case .unknown: return text + "; the outcome is unknown"
        }
    }
}

extension DatabaseError {
    /// SQLSTATE classes whose primary message never contains a row's or a parameter's value.
    private static let quotableClasses: Set<Substring> = [
        "08", "0A", "25", "26", "28", "40", "42", "53", "54", "55", "57", "58", "XX",
    ]

    /// Creates an error from an unsuccessful result.
    ///
    /// - Parameters:
    ///   - raw: the result, which the caller continues to own.
    ///   - commits: whether the statement commits by itself, so that a lost response leaves its outcome unknown.
    ///   - quoting: whether to keep the primary message of every class. Such an error is for the operator, never for a
    ///     log.
    init(reading raw: OpaquePointer, of statement: String, commits: Bool, quoting: Bool = false) {
        // libpq itself creates a result without SQLSTATE when the connection breaks.
        let sqlState = Self.field(CLIBPQ_DIAG_SQLSTATE, of: raw)
        let severity = Self.field(CLIBPQ_DIAG_SEVERITY, of: raw) ?? "FATAL"
        let isLost = sqlState == nil || severity == "FATAL" || severity == "PANIC"
        let isQuotable = quoting || sqlState.map { Self.quotableClasses.contains($0.prefix(2)) } == true
        self.init(
            statement: statement,
            sqlState: sqlState,
            constraint: Self.field(CLIBPQ_DIAG_CONSTRAINT_NAME, of: raw),
            severity: severity,
            outcome: isLost && commits ? .unknown : .notApplied,
            reason: isLost ? .connectionLost : .server,
            message: isQuotable ? Self.field(CLIBPQ_DIAG_MESSAGE_PRIMARY, of: raw) ?? "" : "",
            position: Self.field(CLIBPQ_DIAG_STATEMENT_POSITION, of: raw).flatMap { Int($0) })
    }

    private static func field(_ code: Int32, of raw: OpaquePointer) -> String? {
        PQresultErrorField(raw, code).map { String(cString: $0) }
    }
}
