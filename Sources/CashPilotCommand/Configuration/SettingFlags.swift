import ArgumentParser
import FoundationEssentials
import Postgres

/// The flags of the database settings. Each command that uses a database has them.
struct DatabaseFlags: ParsableArguments {
    @Option(help: .setting(.databaseURL)) var databaseUrl: String?
    @Option(help: .setting(.databaseURLFile)) var databaseUrlFile: String?
    @Option(help: .setting(.databasePoolSize)) var databasePoolSize: String?
    @Option(help: .setting(.databaseGroupedWrites)) var databaseGroupedWrites: String?
    @Option(help: .setting(.databaseQueueMax)) var databaseQueueMax: String?
    @Option(help: .setting(.databasePoolWait)) var databasePoolWaitMilliseconds: String?
    @Option(help: .setting(.databaseLockTimeout)) var databaseLockTimeoutMilliseconds: String?
    @Option(help: .setting(.databaseStatementTimeout)) var databaseStatementTimeoutMilliseconds: String?
    @Option(help: .setting(.databaseConnectTimeout)) var databaseConnectTimeoutMilliseconds: String?

    var values: [String: String] {
        [
            Setting.databaseURL.name: databaseUrl, Setting.databaseURLFile.name: databaseUrlFile,
            Setting.databasePoolSize.name: databasePoolSize,
            Setting.databaseGroupedWrites.name: databaseGroupedWrites,
            Setting.databaseQueueMax.name: databaseQueueMax,
            Setting.databasePoolWait.name: databasePoolWaitMilliseconds,
            Setting.databaseLockTimeout.name: databaseLockTimeoutMilliseconds,
            Setting.databaseStatementTimeout.name: databaseStatementTimeoutMilliseconds,
            Setting.databaseConnectTimeout.name: databaseConnectTimeoutMilliseconds,
        ].compactMapValues { $0 }
    }

    /// - Throws: ``SettingErrors``.
    func configuration() throws -> DatabaseConfiguration {
        try SettingReader.read(flags: values) { DatabaseConfiguration(reading: &$0) }
    }
}

/// The flags of the settings outside the database and token groups.
struct ServerFlags: ParsableArguments {
    @Option(help: .setting(.databaseRole)) var databaseRole: String?
    @Option(help: .setting(.databaseRequestTimeout)) var databaseRequestTimeoutMilliseconds: String?
    @Option(help: .setting(.httpHost)) var httpHost: String?
    @Option(help: .setting(.httpPort)) var httpPort: String?
    @Option(help: .setting(.httpIdleTimeout)) var httpIdleTimeoutSeconds: String?
    @Option(help: .setting(.httpConnectionsMax)) var httpConnectionsMax: String?
    @Option(help: .setting(.managementPort)) var managementPort: String?
    @Option(help: .setting(.trustedProxies)) var trustedProxies: String?
    @Option(help: .setting(.defaultLocale)) var defaultLocale: String?
    @Option(help: .setting(.logLevel)) var logLevel: String?
    @Option(help: .setting(.logFormat)) var logFormat: String?
    @Option(help: .setting(.traceEndpoint)) var otelExporterOtlpEndpoint: String?
    @Option(help: .setting(.traceServiceName)) var otelServiceName: String?
    @Option(help: .setting(.traceRatio)) var otelTracesSamplerArg: String?
    @Option(help: .setting(.shutdownDelay)) var shutdownDelaySeconds: String?
    @Option(help: .setting(.shutdownTimeout)) var shutdownTimeoutSeconds: String?

    var values: [String: String] {
        [
            Setting.databaseRole.name: databaseRole,
            Setting.databaseRequestTimeout.name: databaseRequestTimeoutMilliseconds,
            Setting.httpConnectionsMax.name: httpConnectionsMax, Setting.httpHost.name: httpHost,
            Setting.httpPort.name: httpPort,
            Setting.httpIdleTimeout.name: httpIdleTimeoutSeconds, Setting.managementPort.name: managementPort,
            Setting.trustedProxies.name: trustedProxies, Setting.defaultLocale.name: defaultLocale,
            Setting.logLevel.name: logLevel, Setting.logFormat.name: logFormat,
            Setting.traceEndpoint.name: otelExporterOtlpEndpoint, Setting.traceServiceName.name: otelServiceName,
            Setting.traceRatio.name: otelTracesSamplerArg,
            Setting.shutdownDelay.name: shutdownDelaySeconds,
            Setting.shutdownTimeout.name: shutdownTimeoutSeconds,
        ].compactMapValues { $0 }
    }
}

extension SettingReader {
    /// Reads all settings. Flags take precedence over the environment.
    init(_ database: DatabaseFlags, _ tokens: TokenFlags, _ server: ServerFlags) {
        self.init(flags: database.values.merging(tokens.values) { $1 }.merging(server.values) { $1 })
    }
}

extension ArgumentHelp {
    /// The help of a setting's flag: its meaning, its variable and its default.
    static func setting(_ setting: Setting) -> ArgumentHelp {
        let fallback = setting.fallback.map { "; default \($0)" } ?? ""
        return ArgumentHelp("\(setting.meaning) (\(setting.name)\(fallback))", valueName: setting.accepts)
    }
}
