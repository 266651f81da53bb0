import CLibPQ

/// What libpq made of one answer, read in place.
///
/// The only owner of its `PGresult`, which it clears when the last reader lets go. Every accessor copies out; no
/// pointer into the result outlives a call.
///
/// Sendable, unchecked: libpq never touches a finished result again, and nothing here changes one.
final class QueryResult: @unchecked Sendable {
    private let statement: String
    private let raw: OpaquePointer

    /// Takes ownership of a result whose status was already checked.
    init(owning raw: OpaquePointer, of statement: String) {
        self.raw = raw
        self.statement = statement
    }

    deinit { PQclear(raw) }

    var rowCount: Int32 { PQntuples(raw) }

    /// How many rows the statement inserted, updated or deleted; for a `select`, how many it answered.
    var affected: Int { Int(String(cString: PQcmdTuples(raw))) ?? 0 }

    /// The names of the columns, in order.
    var columns: [String] { (0..<PQnfields(raw)).map { String(cString: PQfname(raw, $0)) } }

    // Apart from its caller, which would else look up the type `Column?` before it knows that it is specialized.
    @inline(never)
    func require<Column: ColumnValue>(
        _ type: Column.Type, row: Int32, column: Int32
    ) throws(DatabaseError) -> Column {
        guard let value: Column = try read(row: row, column: column) else { throw decodingFault(column, "is null") }
        return value
    }

    func read<Column: ColumnValue>(row: Int32, column: Int32) throws(DatabaseError) -> Column? {
        guard column < PQnfields(raw) else { throw decodingFault(column, "is not there") }
        let typeID = PQftype(raw, column)
        guard Column.accepts(typeID: typeID) else { throw decodingFault(column, "has type \(typeID)") }
        guard PQgetisnull(raw, row, column) == 0 else { return nil }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(raw, row, column), count: Int(PQgetlength(raw, row, column)))
        guard let value = Column(binary: bytes, typeID: typeID) else { throw decodingFault(column, "does not fit") }
        return value
    }

    /// Names the column, never its value.
    func decodingFault(_ column: Int32, _ fault: String) -> DatabaseError {
        let name = PQfname(raw, column).map { String(cString: $0) } ?? "\(column + 1)"
        return DatabaseError(statement: statement, reason: .decoding, message: "column \(name) \(fault)")
    }
}
