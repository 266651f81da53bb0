import CashPilot

/// The body of a new account, or of a change to one.
struct UserBody {
    private(set) var change = UserChange()

    /// - Parameter isNew: whether an address, a name and a password must be there.
    init(reading body: inout BodyReader, isNew: Bool) {
        change.email = body.text("email", .email, isRequired: isNew)
        change.name = body.text("name", .name, isRequired: isNew)
        change.role = body.choice("role")
        change.locale = body.choice("locale")
        change.isActive = body.flag("is_active")
        change.password = body.text("password", .password, isRequired: isNew)
    }

    /// The new account, once there are no faults: a cashier who reads Spanish, unless the body says otherwise.
    var draft: UserDraft {
        var draft = UserDraft(
            email: change.email ?? "", name: change.name ?? "", role: change.role ?? .cashier,
            locale: change.locale ?? .spanish, password: change.password ?? "")
        draft.isActive = change.isActive ?? draft.isActive
        return draft
    }
}

/// The body of a change of one's own password.
struct PasswordBody {
    let current: String
    let new: String

    init(reading body: inout BodyReader) {
        current = body.requiredSecret("current_password", length: 1...128)
        new = body.text("new_password", .password, isRequired: true) ?? ""
    }
}
