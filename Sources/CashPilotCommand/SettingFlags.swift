import ArgumentParser
import FoundationEssentials
import Postgres

/// The flags of the settings that concern the database; every command that uses one has them.
struct DatabaseFlags: ParsableArguments {
    @Option(help: help(.databaseURL)) var databaseUrl: String?
    @Option(help: help(.databasePoolSize)) var databasePoolSize: String?
    @Option(help: help(.databaseQueueMax)) var databaseQueueMax: String?
    @Option(help: help(.databasePoolWait)) var databasePoolWaitMilliseconds: String?
    @Option(help: help(.databaseLockTimeout)) var databaseLockTimeoutMilliseconds: String?
    @Option(help: help(.databaseStatementTimeout)) var databaseStatementTimeoutMilliseconds: String?
    @Option(help: help(.databaseConnectTimeout)) var databaseConnectTimeoutMilliseconds: String?

    var values: [String: String] {
        [
            Setting.databaseURL.name: databaseUrl, Setting.databasePoolSize.name: databasePoolSize,
            Setting.databaseQueueMax.name: databaseQueueMax,
            Setting.databasePoolWait.name: databasePoolWaitMilliseconds,
            Setting.databaseLockTimeout.name: databaseLockTimeoutMilliseconds,
            Setting.databaseStatementTimeout.name: databaseStatementTimeoutMilliseconds,
            Setting.databaseConnectTimeout.name: databaseConnectTimeoutMilliseconds,
        ].compactMapValues { $0 }
    }

    /// - Throws: ``SettingFaults``.
    func configuration() throws -> DatabaseConfiguration {
        var reader = SettingReader(flags: values, environment: ProcessInfo.processInfo.environment)
        let configuration = DatabaseConfiguration(reading: &reader)
        guard reader.faults.isEmpty else { throw SettingFaults(faults: reader.faults) }
        return configuration
    }
}

/// The flags of all settings.
struct ServerFlags: ParsableArguments {
    @OptionGroup(title: "Database") var database: DatabaseFlags
    @Option(help: help(.databaseRole)) var databaseRole: String?
    @Option(help: help(.httpHost)) var httpHost: String?
    @Option(help: help(.httpPort)) var httpPort: String?
    @Option(help: help(.httpIdleTimeout)) var httpIdleTimeoutSeconds: String?
    @Option(help: help(.managementPort)) var managementPort: String?
    @Option(help: help(.trustedProxies)) var trustedProxies: String?
    @Option(help: help(.authSecret)) var authSecret: String?
    @Option(help: help(.authSecretFile)) var authSecretFile: String?
    @Option(help: help(.authSecretPrevious)) var authSecretPrevious: String?
    @Option(help: help(.authSecretPreviousFile)) var authSecretPreviousFile: String?
    @Option(help: help(.authTokenSeconds)) var authTokenSeconds: String?
    @Option(help: help(.defaultLocale)) var defaultLocale: String?
    @Option(help: help(.logLevel)) var logLevel: String?
    @Option(help: help(.logFormat)) var logFormat: String?
    @Option(help: help(.shutdownDelay)) var shutdownDelaySeconds: String?
    @Option(help: help(.shutdownTimeout)) var shutdownTimeoutSeconds: String?

    var reader: SettingReader {
        let values = [
            Setting.databaseRole.name: databaseRole, Setting.httpHost.name: httpHost, Setting.httpPort.name: httpPort,
            Setting.httpIdleTimeout.name: httpIdleTimeoutSeconds, Setting.managementPort.name: managementPort,
            Setting.authSecret.name: authSecret, Setting.authSecretFile.name: authSecretFile,
            Setting.trustedProxies.name: trustedProxies, Setting.authSecretPrevious.name: authSecretPrevious,
            Setting.authSecretPreviousFile.name: authSecretPreviousFile,
            Setting.authTokenSeconds.name: authTokenSeconds, Setting.defaultLocale.name: defaultLocale,
            Setting.logLevel.name: logLevel, Setting.logFormat.name: logFormat,
            Setting.shutdownDelay.name: shutdownDelaySeconds,
            Setting.shutdownTimeout.name: shutdownTimeoutSeconds,
        ].compactMapValues { $0 }
        return SettingReader(
            flags: values.merging(database.values) { flag, _ in flag },
            environment: ProcessInfo.processInfo.environment)
    }
}

private func help(_ setting: Setting) -> ArgumentHelp {
    let fallback = setting.fallback.map { "; default \($0)" } ?? ""
    return ArgumentHelp("\(setting.meaning) (\(setting.name)\(fallback))", valueName: setting.accepts)
}
