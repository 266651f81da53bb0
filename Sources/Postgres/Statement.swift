/// One SQL statement and the name it is prepared under.
///
/// A connection prepares a statement the first time it needs it, so the name stands for the text: two statements
/// with one name must have one text.
package struct Statement: Sendable, Hashable {
    /// Unique in the program, at most 63 bytes. It is the only thing about a statement that logs and errors show.
    package let name: String
    /// One statement, parameters written `$1`, `$2`. The types that the server infers decide how a ``Value`` must be
    /// sent, so write `$1::uuid`, and `$1::text::jsonb` for JSON.
    package let text: String

    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}
