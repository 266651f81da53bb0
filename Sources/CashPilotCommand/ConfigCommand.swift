import ArgumentParser

/// `cashpilot config`: what the settings are, without the secrets.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show the configuration in force, secrets hidden, or what is wrong with it.")

    @OptionGroup var flags: ServerFlags
    @Flag(help: "Print the table of all settings in Markdown instead.") var markdown = false

    func run() throws {
        guard !markdown else { return print(Setting.markdown) }
        let reader = flags.reader
        for setting in Setting.all {
            let value = reader.text(setting)
            let shown = setting.isSecret && value != nil ? "(hidden)" : value ?? "(not set)"
            print("\(setting.name)=\(shown)")
        }
        _ = try ServerConfiguration(reader)
    }
}
