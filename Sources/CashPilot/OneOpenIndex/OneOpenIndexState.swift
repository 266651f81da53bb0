/// The state of the one-open index, the unique index that enforces the one-open rule.
package enum OneOpenIndexState: String, Sendable, CaseIterable {
    case enforced
    case missing
    /// A build failed or is in progress. The index enforces nothing, or not for every row.
    case invalid
    case notUnique = "not_unique"
    /// The index has the right name but the wrong columns or the wrong predicate.
    case wrongDefinition = "wrong_definition"
}
