/// The answer to one statement: its rows, read in place.
package struct Rows: RandomAccessCollection, Sendable {
    private let result: QueryResult
    private let rows: Range<Int32>
    private let firstColumn: Int32

    /// All that came back.
    init(_ result: QueryResult) { self.init(result, rows: 0..<result.rowCount) }

    /// A part of what came back, from a column on.
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

    /// How many rows the statement inserted, updated or deleted; for a `select`, how many it answered.
    package var affected: Int { result.affected }

    /// The names of the columns, in order.
    package var columns: [String] { result.columns }
}

/// One row of an answer.
package struct Row: Sendable {
    fileprivate let result: QueryResult
    fileprivate let index: Int32
    fileprivate let firstColumn: Int32

    /// Of a look-up: without the place of its key.
    var withoutPlace: Row { Row(result: result, index: index, firstColumn: 1) }

    /// Reads the columns from the first, or from another, counted from 0.
    package func reader(from column: Int32 = 0) -> ColumnReader {
        ColumnReader(result: result, row: index, column: firstColumn + column)
    }
}

/// Reads the columns of a row in the order of the statement, each once.
///
/// The types of a session's columns have code of their own: in a page of sessions they would else cost more than all
/// the rest of the request.
package struct ColumnReader {
    private let result: QueryResult
    private let row: Int32
    private var column: Int32

    fileprivate init(result: QueryResult, row: Int32, column: Int32) {
        self.result = result
        self.row = row
        self.column = column
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
        return try result.require(type, row: row, column: column)
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
        return try result.read(row: row, column: column)
    }
}
