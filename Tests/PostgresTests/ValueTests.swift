import Postgres
import Testing

extension ServerTests {
    @Suite("Values")
    struct ValueTests {
        /// Sends a value and reads it back.
        private func check<Column: ColumnValue & Equatable>(_ type: String, _ pairs: [(Value, Column)]) async throws {
            try await withDatabase { database in
                for (value, expected) in pairs {
                    let read = try await database.first(Column.self, SQL.statement("select $1::\(type)"), [value])
                    #expect(read == expected)
                }
            }
        }

        @Test("Numbers and truth values come back as they went, to the edges of their range")
        func numbers() async throws {
            try await check("bool", [(.bool(true), true), (.bool(false), false)])
            try await check("int4", [Int32.min, -1, 0, 1, .max].map { (.int32($0), $0) })
            try await check("int8", [Int64.min, -1, 0, 1, .max].map { (.int64($0), $0) })
            try await check("int4::int2", [(.int32(-32_768), Int16.min), (.int32(32_767), Int16.max)])
        }

        @Test(
            "Text comes back as it went: empty, long, in every script, with quotes",
            arguments: ["text", "varchar", "bpchar"])
        func text(type: String) async throws {
            let texts = [
                "", "guaraní", "₲ 10 000", "🧾", "'; drop table items; --", String(repeating: "x", count: 300_000),
            ]
            try await check(type, texts.map { (.text($0), $0) })
        }

        @Test("JSON is read as text from json and from jsonb")
        func json() async throws {
            try await check("text::json", [(.text("{\"a\": 1}"), "{\"a\": 1}")])
            try await check("text::jsonb", [(.text("{\"a\":1}"), "{\"a\": 1}")])
            try await check("text::name", [(.text("ana"), "ana")])
        }

        @Test("Bytes and UUIDs come back as they went")
        func bytes() async throws {
            try await check("bytea", [[], [0], Array(0...255)].map { (.bytes($0), $0) })
            let ids = [
                UUIDBytes(high: 0, low: 0), UUIDBytes(high: .max, low: .max),
                UUIDBytes(high: 0x0123_4567_89AB_CDEF, low: 1),
            ]
            try await check("uuid", ids.map { (.uuid($0), $0) })
            try await check("uuid::text", [(.uuid(ids[2]), "01234567-89ab-cdef-0000-000000000001")])
        }

        @Test("Instants and days agree with the server's own calendar")
        func times() async throws {
            let instants: [Int64] = [0, -1, 1_786_000_000_123_456, -62_135_596_800_000_000, 9_000_000_000_000_000_000]
            try await check(
                "timestamptz", instants.map { (.timestamp(Timestamp(microseconds: $0)), Timestamp(microseconds: $0)) })
            try await check(
                "date", [0, -1, 20_000, -700_000].map { (.date(DateValue(days: $0)), DateValue(days: $0)) })
            try await check(
                "timestamptz::text", [(.timestamp(Timestamp(microseconds: 1_500_000)), "1970-01-01 00:00:01.5+00")])
            try await check("date::text", [(.date(DateValue(days: 31)), "1970-02-01")])
            try await check(
                "text::timestamp", [(.text("1970-01-02 00:00:00.000001"), LocalTimestamp(microseconds: 86_400_000_001))]
            )
        }

        @Test("An instant the server cannot hold is refused, not changed")
        func timesBeyondRange() async throws {
            try await withDatabase { database in
                for instant in [Int64.min, .min + 1, .max] {
                    let statement = SQL.statement("select $1::timestamptz")
                    let refusal = await failure {
                        let rows = try await database.read(statement, [.timestamp(Timestamp(microseconds: instant))])
                        var reader = rows[0].reader()
                        #expect(try reader.next(Timestamp.self).microseconds == instant)
                    }
                    #expect(instant == .max || refusal?.sqlState == "22008")
                }
                let infinite = await failure {
                    try await database.first(Timestamp.self, SQL.statement("select 'infinity'::timestamptz"))
                }
                #expect(infinite?.reason == .decoding)
            }
        }

        @Test("Null is null in a parameter and in a column")
        func nulls() async throws {
            try await withDatabase { database in
                let rows = try await database.read(
                    SQL.statement("select $1::text, $2::bigint, 7::bigint"), [.null, .null])
                var reader = rows[0].reader()
                #expect(try reader.nextOptional(String.self) == nil)
                #expect(try reader.nextOptional(Int64.self) == nil)
                #expect(try reader.next(Int64.self) == 7)
            }
        }

        @Test("Arrays arrive whole: empty, with nulls, of every element type")
        func arrays() async throws {
            let id = UUIDBytes(high: 1, low: 2)
            let cases: [(Value, String, String)] = [
                (.array(of: .text, []), "text[]", "{}"),
                (.array(of: .text, [.text("a,b"), .null, .text("")]), "text[]", "{\"a,b\",NULL,\"\"}"),
                (
                    .array(of: .int64, [.int64(.min), .int64(.max)]), "bigint[]",
                    "{-9223372036854775808,9223372036854775807}"
                ),
                (.array(of: .int32, [.int32(1)]), "int[]", "{1}"),
                (.array(of: .bool, [.bool(true), .bool(false)]), "bool[]", "{t,f}"),
                (.array(of: .uuid, [.uuid(id)]), "uuid[]", "{00000000-0000-0001-0000-000000000002}"),
                (.array(of: .bytes, [.bytes([255])]), "bytea[]", "{\"\\\\xff\"}"),
                (.array(of: .date, [.date(DateValue(days: 0))]), "date[]", "{1970-01-01}"),
                (
                    .array(of: .timestamp, [.timestamp(Timestamp(microseconds: 0))]), "timestamptz[]",
                    "{\"1970-01-01 00:00:00+00\"}"
                ),
            ]
            try await withDatabase { database in
                for (value, type, text) in cases {
                    let statement = SQL.statement("select $1::\(type)::text")
                    let read = try await database.first(String.self, statement, [value])
                    #expect(read == text)
                }
            }
        }

        @Test("A list of bigints is read from one dimension without nulls, and from nothing else")
        func lists() async throws {
            let numbers = [Int64.min, -1, 0, 7, .max]
            try await check(
                "bigint[]",
                [
                    (.array(of: .int64, numbers.map(Value.int64)), Int64List(numbers)),
                    (.array(of: .int64, []), Int64List([])),
                ])
            try await withDatabase { database in
                for text in ["'{1,null}'::bigint[]", "'{{1},{2}}'::bigint[]", "'{1}'::int[]", "1::bigint"] {
                    let error = await failure {
                        try await database.first(Int64List.self, SQL.statement("select \(text)"), [])
                    }
                    #expect(error?.reason == .decoding, "\(text)")
                }
            }
            // Cut, or longer than it says.
            let sound: [UInt8] =
                [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 8]
                + [UInt8](repeating: 0, count: 8)
            #expect(sound.withUnsafeBytes { Int64List(binary: $0, typeID: 1016) } == Int64List([0]))
            for count in 0..<sound.count {
                #expect(sound.prefix(count).withUnsafeBytes { Int64List(binary: $0, typeID: 1016) } == nil)
            }
            #expect((sound + [0]).withUnsafeBytes { Int64List(binary: $0, typeID: 1016) } == nil)
        }

        @Test("Rows know their number, their columns and how many were affected")
        func rows() async throws {
            try await withDatabase(setup: SQL.items) { database in
                let inserted = try await database.write(
                    SQL.statement("insert into items select n, 'item ' || n from generate_series(1, 3) as n"))
                #expect(inserted.affected == 3)
                #expect(inserted.isEmpty)
                let rows = try await database.read(SQL.statement("select id, label from items order by id"))
                #expect(rows.columns == ["id", "label"])
                let labels = try rows.map { row in
                    var reader = row.reader()
                    _ = try reader.next(Int64.self)
                    return try reader.next(String.self)
                }
                #expect(labels == ["item 1", "item 2", "item 3"])
            }
        }

        @Test("A column that is null, missing or of another type is an error that names it and no value")
        func decodingFaults() async throws {
            try await withDatabase { database in
                let rows = try await database.read(SQL.statement("select null::bigint as absent, 'secret' as word"))
                var reader = rows[0].reader()
                let null = await failure { try reader.next(Int64.self) }
                #expect(null?.reason == .decoding)
                #expect(null?.message == "column absent is null")
                let type = await failure { try reader.next(Int64.self) }
                #expect(type?.message == "column word has type 25")
                let missing = await failure { try reader.next(Int64.self) }
                #expect(missing?.message == "column 3 is not there")
            }
        }
    }
}
