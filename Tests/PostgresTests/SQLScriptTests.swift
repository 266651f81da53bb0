import Testing

@testable import Postgres

@Suite("SQL scripts")
struct SQLScriptTests {
    private func check(_ text: String, _ expected: [String]) {
        #expect(SQLScript(text, firstLine: 1).statements.map(\.text) == expected)
    }

    @Test("A semicolon inside a string, a name, dollar quotes or a comment ends nothing")
    func quoting() {
        check("select 1; select 2", ["select 1", "select 2"])
        check(" ; ;; -- nothing;\n/* ; */ ;", [])
        check("select 'a;b', 'it''s;', \"x;y\"; select 2;", ["select 'a;b', 'it''s;', \"x;y\"", "select 2"])
        check(#"select e'a\';b', E'\\'; select 2"#, [#"select e'a\';b', E'\\'"#, "select 2"])
        check(#"select 'a\'; select 2"#, [#"select 'a\'"#, "select 2"])
        check("do $$ begin; end; $$; select 2", ["do $$ begin; end; $$", "select 2"])
        check("do $a$ ; $$ ; $b$ ; $a$; select 2", ["do $a$ ; $$ ; $b$ ; $a$", "select 2"])
        check("select $1; select a$b$c; select 2", ["select $1", "select a$b$c", "select 2"])
        check("select 1 -- a; b\n + 2; select 2", ["select 1 -- a; b\n + 2", "select 2"])
        check("select /* ; /* ; */ ; */ 1; select 2", ["select /* ; /* ; */ ; */ 1", "select 2"])
        check("select 'guaraní; ₲'; select 2", ["select 'guaraní; ₲'", "select 2"])
    }

    @Test("What is never closed reaches to the end", arguments: ["'a;", "\"a;", "$$ a;", "/* a;", "e'a\\"])
    func unterminated(text: String) {
        #expect(SQLScript("select \(text)", firstLine: 1).statements.count == 1)
    }

    @Test("Each statement knows its line")
    func lines() {
        let script = SQLScript("-- one\n\nselect 1;\n/* two\n */ select\n 2;\nselect 3", firstLine: 10)
        #expect(script.statements.map(\.line) == [12, 14, 16])
    }
}
