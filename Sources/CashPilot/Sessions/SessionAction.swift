/// The actions on a session. The raw value is the API name and the last path segment of its endpoint.
package enum SessionAction: String, Sendable, CaseIterable {
    case view
    case close
    /// Ends the shift without a count and frees the open-session key.
    case end
    case edit
    /// Closes the session and opens a colleague's with the count as float.
    case handover
    case forceClose = "force-close"
    case reopen
    case delete
    case restore
    case flag
    case unflag
}

extension SessionAction {
    var isForAdministrators: Bool {
        switch self {
        case .view, .close, .end, .edit, .handover: false
        case .forceClose, .reopen, .delete, .restore, .flag, .unflag: true
        }
    }
}
