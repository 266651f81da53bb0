import CLibPQ

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
