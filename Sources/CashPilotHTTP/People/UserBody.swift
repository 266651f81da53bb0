import CashPilot

/// The body that creates or changes an account.
struct UserBody {
    private(set) var change = UserChange()

    /// - Parameter isNew: whether email address, name and password are required.
    init(reading body: inout BodyReader, isNew: Bool) {
        change.email = body.text("email", .email, isRequired: isNew)
        change.name = body.text("name", .name, isRequired: isNew)
        change.role = body.choice("role")
        change.locale = body.choice("locale")
        change.isActive = body.flag("is_active")
        change.password = body.text("password", .password, isRequired: isNew)
    }

    /// The new account, valid only if the body has no errors. Defaults: role cashier, language Spanish.
    var draft: UserDraft {
        var draft = UserDraft(
            email: change.email ?? "", name: change.name ?? "", role: change.role ?? .cashier,
            locale: change.locale ?? .spanish, password: change.password ?? "")
        draft.isActive = change.isActive ?? draft.isActive
        return draft
    }
}

/// The body with which users change their own password.
struct PasswordBody {
    let current: String
    let new: String

    init(reading body: inout BodyReader) {
        current = body.requiredSecret("current_password", length: 1...128)
        new = body.text("new_password", .password, isRequired: true) ?? ""
    }
}
