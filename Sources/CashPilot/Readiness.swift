/// Whether the service can do its work, as far as the database is concerned.
package struct Readiness: Sendable, Equatable {
    package let isWritable: Bool
    /// It has this program's migrations, or later ones.
    package let isSchemaCurrent: Bool
    /// The one-open index is there and valid.
    package let guardStands: Bool

    package init(isWritable: Bool, isSchemaCurrent: Bool, guardStands: Bool) {
        self.isWritable = isWritable
        self.isSchemaCurrent = isSchemaCurrent
        self.guardStands = guardStands
    }
}
