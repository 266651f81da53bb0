import CLibPQ

/// One libpq result, read in place.
///
/// It is the only owner of its `PGresult`, and clears it after the last reader. Every accessor copies, so no pointer
/// into the result outlives a call.
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

    var affected: Int { Int(String(cString: PQcmdTuples(raw))) ?? 0 }

    var columns: [String] { (0..<PQnfields(raw)).map { String(cString: PQfname(raw, $0)) } }

    // Not inlined. An inlining caller would look up the type `Column?` before it knows the specialization.
    @inline(never)
    func require<Column: ColumnValue>(_ type: Column.Type, row: Int32, column: Int32) throws(DatabaseError) -> Column {
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
        error("column " + (PQfname(raw, column).map { String(cString: $0) } ?? "\(column + 1)") + " \(problem)")
    }

    func error(_ problem: String) -> DatabaseError {
        DatabaseError(statement: statement, reason: .decoding, message: problem)
    }
}

/// The rows of one statement, read in place from libpq's result.
package struct Rows: RandomAccessCollection, Sendable {
    private let result: QueryResult
    private let rows: Range<Int32>
    private let firstColumn: Int32

    init(_ result: QueryResult) { self.init(result, rows: 0..<result.rowCount) }

    /// Creates a collection of some rows, without the columns before `firstColumn`.
    init(_ result: QueryResult, rows: Range<Int32>, firstColumn: Int32 = 0) {
        self.result = result
        self.rows = rows
        self.firstColumn = firstColumn
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { rows.count }
    package subscript(position: Int) -> Row {
        precondition(indices.contains(position), "row \(position) of \(count)")
        return Row(result: result, index: rows.lowerBound + Int32(position), firstColumn: firstColumn)
    }

    /// Returns a reader of the single row that the statement always returns.
    ///
    /// - Throws: ``DatabaseError`` with reason `decoding` if there is no row.
    package func one() throws(DatabaseError) -> ColumnReader {
        guard let row = first else { throw result.error("no row") }
        return row.reader()
    }

    /// The rows that the statement inserted, updated, deleted or selected.
    package var affected: Int { result.affected }

    /// The column names, in order.
    package var columns: [String] { result.columns }
}

/// One row of a result.
package struct Row: Sendable {
    fileprivate let result: QueryResult
    fileprivate let index: Int32
    fileprivate let firstColumn: Int32

    /// The row of a lookup without its first column, the position of the key.
    var withoutPlace: Row { Row(result: result, index: index, firstColumn: 1) }

    /// Returns a reader that begins at `column`, counted from 0.
    package func reader(from column: Int32 = 0) -> ColumnReader {
        ColumnReader(result: result, row: index, column: firstColumn + column)
    }
}

/// Reads the columns of a row in order, each once.
///
/// The methods are specialized for the types of a session's columns. Without that, reading a page of sessions would
/// cost more than the rest of the request.
package struct ColumnReader {
    private let result: QueryResult
    private let row: Int32
    private var column: Int32

    fileprivate init(result: QueryResult, row: Int32, column: Int32) {
        self.result = result
        self.row = row
        self.column = column
    }

    /// Returns the next column, which must not be null.
    ///
    /// - Throws: ``DatabaseError`` with reason `decoding` if the column is null, missing, of another type, or out of
    ///   range for `Column`.
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
        return try result.require(type, row: row, column: column)
    }

    /// Returns the next column, or nil if it is null.
    ///
    /// - Throws: as ``next(_:)``, except for null.
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
        return try result.read(row: row, column: column)
    }
}
