/// Whether the database allows the service to work.
package struct Readiness: Sendable, Equatable {
    package let isWritable: Bool
    /// True if the database has this program's migrations, or later ones.
    package let isSchemaCurrent: Bool
    /// True if the one-open index exists and is valid.
    package let isIndexValid: Bool

    package init(isWritable: Bool, isSchemaCurrent: Bool, isIndexValid: Bool) {
        self.isWritable = isWritable
        self.isSchemaCurrent = isSchemaCurrent
        self.isIndexValid = isIndexValid
    }
}
