import ArgumentParser
import FoundationEssentials

/// Where a service is and who asks it; for commands that work from elsewhere.
struct ServiceFlags: ParsableArguments {
    @Option(help: "The service's address; without it, what \(Setting.serviceURL.name) says.")
    var url: String?
    @Option(
        help: "A file with an API key; without it, what \(Setting.serviceKey.name) or its file says.",
        completion: .file())
    var keyFile: String?

    /// - Throws: ``SettingFaults``.
    func configuration() throws -> ServiceClient.Configuration {
        var environment = ProcessInfo.processInfo.environment
        // The key that a flag names wins over one that the environment holds.
        if keyFile != nil { environment[Setting.serviceKey.name] = nil }
        return try SettingReader.read(
            flags: [Setting.serviceURL.name: url, Setting.serviceKeyFile.name: keyFile].compactMapValues { $0 },
            environment: environment
        ) { ServiceClient.Configuration(reading: &$0) }
    }
}

extension ServiceClient.Configuration {
    /// Adds what is wrong to the reader's faults.
    fileprivate init(reading reader: inout SettingReader) {
        let address = reader.address(.serviceURL) ?? ""
        let key = reader.secret(.serviceKey, orFile: .serviceKeyFile, bytesMin: 1)
        reader.require(
            key.utf8.allSatisfy(\.isVisible),
            "\(Setting.serviceKey.name) is not accepted: \(Setting.serviceKey.accepts)")
        self.init(address: address, key: key)
    }
}

extension Setting {
    static let serviceURL = Setting(
        name: "CASHPILOT_URL", fallback: "http://127.0.0.1:8080",
        accepts: "http:// or https://, a host, and a path if there is one before /v1", meaning: "Where the service is.")
    static let serviceKey = Setting(
        name: "CASHPILOT_KEY", fallback: nil, accepts: "an API key, or a token", meaning: "Who asks.", isSecret: true)
    static let serviceKeyFile = Setting(
        name: "CASHPILOT_KEY_FILE", fallback: nil, accepts: "a path", meaning: "A file with the key.")
}

extension UInt8 {
    fileprivate var isVisible: Bool { (0x21...0x7e).contains(self) }
}
