import ArgumentParser
import FoundationEssentials

/// The flags of the settings that concern tokens.
struct TokenFlags: ParsableArguments {
    @Option(help: .setting(.authSecret)) var authSecret: String?
    @Option(help: .setting(.authSecretFile)) var authSecretFile: String?
    @Option(help: .setting(.authSecretPrevious)) var authSecretPrevious: String?
    @Option(help: .setting(.authSecretPreviousFile)) var authSecretPreviousFile: String?
    @Option(help: .setting(.authTokenSeconds)) var authTokenSeconds: String?

    var values: [String: String] {
        [
            Setting.authSecret.name: authSecret, Setting.authSecretFile.name: authSecretFile,
            Setting.authSecretPrevious.name: authSecretPrevious,
            Setting.authSecretPreviousFile.name: authSecretPreviousFile,
            Setting.authTokenSeconds.name: authTokenSeconds,
        ].compactMapValues { $0 }
    }

    /// - Throws: ``SettingErrors``.
    func configuration() throws -> TokenConfiguration {
        try SettingReader.read(flags: values) { TokenConfiguration(reading: &$0) }
    }
}
