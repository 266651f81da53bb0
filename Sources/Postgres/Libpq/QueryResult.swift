import CLibPQ

/// One libpq result, read in place.
///
/// It is the only owner of its `PGresult`, and clears it when the last reader is released. Every accessor copies, so no
/// pointer into the result outlives a call.
///
/// It is unchecked `Sendable`: neither libpq nor this class changes a finished result.
final class QueryResult: @unchecked Sendable {
    private let statement: String
    private let raw: OpaquePointer

    /// Takes ownership of a successful result. The caller has checked its status.
    init(owning raw: OpaquePointer, of statement: String) {
        self.raw = raw
        self.statement = statement
    }

    deinit { PQclear(raw) }

    var rowCount: Int32 { PQntuples(raw) }

    /// The rows that the statement inserted, updated, deleted or selected.
    var affected: Int { Int(String(cString: PQcmdTuples(raw))) ?? 0 }

    /// The column names, in order.
    var columns: [String] { (0..<PQnfields(raw)).map { String(cString: PQfname(raw, $0)) } }

    // Not inlined: the caller would otherwise look up the type `Column?` before it knows the specialization.
    @inline(never)
    func require<Column: ColumnValue>(
        _ type: Column.Type, row: Int32, column: Int32
    ) throws(DatabaseError) -> Column {
        guard let value: Column = try read(row: row, column: column) else { throw decodingError(column, "is null") }
        return value
    }

    func read<Column: ColumnValue>(row: Int32, column: Int32) throws(DatabaseError) -> Column? {
        guard column < PQnfields(raw) else { throw decodingError(column, "is not there") }
        let typeID = PQftype(raw, column)
        guard Column.accepts(typeID: typeID) else { throw decodingError(column, "has type \(typeID)") }
        guard PQgetisnull(raw, row, column) == 0 else { return nil }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(raw, row, column), count: Int(PQgetlength(raw, row, column)))
        guard let value = Column(binary: bytes, typeID: typeID) else { throw decodingError(column, "does not fit") }
        return value
    }

    /// The error names the column, never its value.
    func decodingError(_ column: Int32, _ problem: String) -> DatabaseError {
        let name = PQfname(raw, column).map { String(cString: $0) } ?? "\(column + 1)"
        return DatabaseError(statement: statement, reason: .decoding, message: "column \(name) \(problem)")
    }
}
