import CLibPQ

/// The answer to one statement: its rows, read in place.
///
/// The only owner of its `PGresult`, which it clears when the last reader lets go. Every accessor copies out; no
/// pointer into the result outlives a call.
///
/// Sendable, unchecked: libpq never touches a finished result again, and nothing here changes one.
package final class Rows: RandomAccessCollection, @unchecked Sendable {
    let statement: String
    private let raw: OpaquePointer

    /// Takes ownership of a result whose status was already checked.
    init(owning raw: OpaquePointer, of statement: String) {
        self.raw = raw
        self.statement = statement
    }

    deinit { PQclear(raw) }

    package var startIndex: Int { 0 }
    package var endIndex: Int { Int(PQntuples(raw)) }
    package subscript(position: Int) -> Row {
        precondition(indices.contains(position), "row \(position) of \(count)")
        return Row(rows: self, index: Int32(position))
    }

    /// How many rows the statement inserted, updated or deleted; for a `select`, how many it answered.
    package var affected: Int { Int(String(cString: PQcmdTuples(raw))) ?? 0 }

    /// The names of the columns, in order.
    package var columns: [String] { (0..<PQnfields(raw)).map { String(cString: PQfname(raw, $0)) } }

    // Apart from its caller, which would else look up the type `Column?` before it knows that it is specialized.
    @inline(never)
    func require<Column: ColumnValue>(
        _ type: Column.Type, row: Int32, column: Int32
    ) throws(DatabaseError) -> Column {
        guard let value = try read(type, row: row, column: column) else { throw decodingFault(column, "is null") }
        return value
    }

    func read<Column: ColumnValue>(
        _: Column.Type, row: Int32, column: Int32
    ) throws(DatabaseError) -> Column? {
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

/// One row of an answer.
package struct Row: Sendable {
    fileprivate let rows: Rows
    fileprivate let index: Int32

    /// Reads the columns from the first.
    package func reader() -> ColumnReader { ColumnReader(rows: rows, row: index) }
}

/// Reads the columns of a row in the order of the statement, each once.
///
/// The types of a session's columns have code of their own: in a page of sessions they would else cost more than all
/// the rest of the request.
package struct ColumnReader {
    fileprivate let rows: Rows
    fileprivate let row: Int32
    private var column: Int32 = 0

    fileprivate init(rows: Rows, row: Int32) {
        self.rows = rows
        self.row = row
    }

    /// The next column, which must not be null.
    ///
    /// - Throws: ``DatabaseError`` with reason `decoding` if the column is null, missing, of another type, or holds
    ///   what `Column` cannot.
    @specialized(where Column == Bool)
    @specialized(where Column == Int32)
    @specialized(where Column == Int64)
    @specialized(where Column == String)
    @specialized(where Column == UUIDBytes)
    @specialized(where Column == Timestamp)
    @specialized(where Column == LocalTimestamp)
    @specialized(where Column == DateValue)
    package mutating func next<Column: ColumnValue>(_ type: Column.Type = Column.self) throws(DatabaseError) -> Column {
        defer { column += 1 }
        return try rows.require(type, row: row, column: column)
    }

    /// The next column, nil if it is null.
    ///
    /// - Throws: as ``next(_:)``, but not for null.
    @specialized(where Column == Bool)
    @specialized(where Column == Int32)
    @specialized(where Column == Int64)
    @specialized(where Column == String)
    @specialized(where Column == UUIDBytes)
    @specialized(where Column == Timestamp)
    @specialized(where Column == LocalTimestamp)
    @specialized(where Column == DateValue)
    package mutating func nextOptional<Column: ColumnValue>(
        _ type: Column.Type = Column.self
    ) throws(DatabaseError) -> Column? {
        defer { column += 1 }
        return try rows.read(type, row: row, column: column)
    }
}
