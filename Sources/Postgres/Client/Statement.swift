/// One SQL statement and its prepared-statement name.
///
/// A connection prepares a statement on first use. Two statements with the same name must have the same text.
package struct Statement: Sendable, Hashable {
    /// A unique name of at most 63 bytes. Logs and errors show only the name of a statement.
    package let name: String
    /// The SQL of one statement, with parameters `$1`, `$2`. The server infers each parameter's type, which ``Value``
    /// must match. So write `$1::uuid`, and `$1::text::jsonb` for JSON.
    package let text: String

    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}
