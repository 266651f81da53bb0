import CashPilotHTTP
import FoundationEssentials

/// The settings for signing and verifying tokens.
struct TokenConfiguration: Sendable {
    let secret: String
    /// Former secrets, whose tokens stay valid until they expire.
    let previous: [String]
    var lifetime: Duration

    /// The accepted range of a lifetime, in seconds.
    static let seconds = 60...604_800

    /// Records errors in the settings in the reader.
    init(reading reader: inout SettingReader) {
        secret = reader.secret(.authSecret, orFile: .authSecretFile, bytesMin: TokenKey.secretLengthMin)
        previous = reader.secrets(
            .authSecretPrevious, orFile: .authSecretPreviousFile, bytesMin: TokenKey.secretLengthMin)
        reader.require(
            Set(previous + [secret]).count == previous.count + 1,
            "\(Setting.authSecretPrevious.name) repeats a secret, or contains that of \(Setting.authSecret.name)")
        lifetime = .seconds(reader.integer(.authTokenSeconds, in: Self.seconds))
    }

    func tokens() throws -> Tokens {
        try Tokens(
            signing: TokenKey(secret: Array(secret.utf8)),
            accepting: previous.map { try TokenKey(secret: Array($0.utf8)) },
            lifetime: lifetime.components.seconds, now: { System.milliseconds() / 1_000 })
    }
}
