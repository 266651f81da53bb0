import ArgumentParser

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show the effective settings without secrets, and their errors.")

    @OptionGroup(title: "Database") var database: DatabaseFlags
    @OptionGroup var server: ServerFlags
    @Flag(help: "Print one JSON object per line. The value of a secret is always null.") var json = false
    @Flag(help: "Print the table of all settings in Markdown instead.") var markdown = false

    func run() throws {
        guard !markdown else { return print(Setting.markdown) }
        let reader = SettingReader(database, server)
        for setting in Setting.all {
            let value = reader.text(setting)
            print(json ? JSONTree(setting, value).json : setting.line(value))
        }
        _ = try ServerConfiguration(reader)
    }
}

extension Setting {
    fileprivate func line(_ value: String?) -> String {
        let shown = isSecret && value != nil ? "(hidden)" : value ?? "(not set)"
        return "\(name)=\(shown)"
    }
}

extension JSONTree {
    fileprivate init(_ setting: Setting, _ value: String?) {
        self = .object([
            "name": .string(setting.name), "value": setting.isSecret ? .null : value.map { .string($0) } ?? .null,
            "is_secret": .bool(setting.isSecret), "is_set": .bool(value != nil),
        ])
    }
}
