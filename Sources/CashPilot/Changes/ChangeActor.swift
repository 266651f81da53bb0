/// The user or operator that changes accounts and businesses.
///
/// The command line has no account. It has an administrator's permissions, and the audit trail records no user.
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
