/// Who changes people and businesses. The command line has no account: whoever may run it on the database may do what
/// an administrator may, and the audit trail names nobody.
package enum ChangeActor: Sendable {
    case user(Caller)
    case commandLine

    package var id: UserID? {
        switch self {
        case .user(let caller): caller.id
        case .commandLine: nil
        }
    }

    package var requestID: String? {
        switch self {
        case .user(let caller): caller.requestID
        case .commandLine: nil
        }
    }
}
