import CashPilot

/// The passwords that guessing tries first. No user may set one of them.
enum CommonPasswords {
    /// In lower case.
    static let all = Set(
        EmbeddedText.commonPasswords.split(separator: "\n").filter { !$0.hasPrefix("# ") && $0 != "#" }.map(String.init)
    )

    /// Whether the list has a password, regardless of case and of white space around it.
    static func contains(_ password: String) -> Bool { all.contains(CanonicalText.line(password).lowercased()) }
}
