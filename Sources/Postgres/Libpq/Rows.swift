/// The rows of one statement, read in place from libpq's result.
package struct Rows: RandomAccessCollection, Sendable {
    private let result: QueryResult
    private let rows: Range<Int32>
    private let firstColumn: Int32

    /// Creates a collection of all rows in `result`.
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
