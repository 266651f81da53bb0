/// What became of the guard, the unique index that the one-open rule rests on.
package enum GuardState: String, Sendable, CaseIterable {
    case enforced
    case missing
    /// A build of it failed or is under way: it enforces nothing, or not for all rows.
    case invalid
    case notUnique = "not_unique"
    /// Its name is right, its columns or its condition are not.
    case wrongDefinition = "wrong_definition"
}
