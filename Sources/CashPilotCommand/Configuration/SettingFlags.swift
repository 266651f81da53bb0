import ArgumentParser
import FoundationEssentials
import Postgres

/// The flags of the database settings. Each command that uses a database has them.
///
/// A secret has no flag, because other users of the machine can read a command line. Its file has one.
struct DatabaseFlags: ParsableArguments {
    @Option(help: .setting(.databaseURLFile)) var databaseUrlFile: String?
    @Option(help: .setting(.databasePoolSize)) var databasePoolSize: String?
    @Option(help: .setting(.databaseGroupedWrites)) var databaseGroupedWrites: String?
    @Option(help: .setting(.databaseQueueMax)) var databaseQueueMax: String?
    @Option(help: .setting(.databasePoolWait)) var databasePoolWaitMilliseconds: String?
    @Option(help: .setting(.databaseLockTimeout)) var databaseLockTimeoutMilliseconds: String?
    @Option(help: .setting(.databaseStatementTimeout)) var databaseStatementTimeoutMilliseconds: String?
    @Option(help: .setting(.databaseConnectTimeout)) var databaseConnectTimeoutMilliseconds: String?

    var values: [(Setting, String?)] {
        [
            (.databaseURLFile, databaseUrlFile), (.databasePoolSize, databasePoolSize),
            (.databaseGroupedWrites, databaseGroupedWrites), (.databaseQueueMax, databaseQueueMax),
            (.databasePoolWait, databasePoolWaitMilliseconds),
            (.databaseLockTimeout, databaseLockTimeoutMilliseconds),
            (.databaseStatementTimeout, databaseStatementTimeoutMilliseconds),
            (.databaseConnectTimeout, databaseConnectTimeoutMilliseconds),
        ]
    }

    /// - Throws: ``SettingErrors``.
    func configuration() throws -> DatabaseConfiguration {
        try SettingReader.read(flags: values) { DatabaseConfiguration(reading: &$0) }
    }
}

/// The flags of the settings outside the database group.
struct ServerFlags: ParsableArguments {
    @Option(help: .setting(.databaseRole)) var databaseRole: String?
    @Option(help: .setting(.databaseRequestTimeout)) var databaseRequestTimeoutMilliseconds: String?
    @Option(help: .setting(.httpHost)) var httpHost: String?
    @Option(help: .setting(.httpPort)) var httpPort: String?
    @Option(help: .setting(.httpIdleTimeout)) var httpIdleTimeoutSeconds: String?
    @Option(help: .setting(.httpConnectionsMax)) var httpConnectionsMax: String?
    @Option(help: .setting(.userRequestsMax)) var userRequestsMax: String?
    @Option(help: .setting(.addressRequestsMax)) var addressRequestsMax: String?
    @Option(help: .setting(.userWritesPerSecond)) var userWritesPerSecond: String?
    @Option(help: .setting(.userWriteBurst)) var userWriteBurst: String?
    @Option(help: .setting(.managementPort)) var managementPort: String?
    @Option(help: .setting(.trustedProxies)) var trustedProxies: String?
    @Option(help: .setting(.corsAllowedOrigins)) var corsAllowedOrigins: String?
    @Option(help: .setting(.publicBasePath)) var publicBasePath: String?
    @Option(help: .setting(.authTokenSeconds)) var authTokenSeconds: String?
    @Option(help: .setting(.conflictRetention)) var conflictRetentionDays: String?
    @Option(help: .setting(.eventLogRetention)) var eventLogRetentionDays: String?
    @Option(help: .setting(.defaultLocale)) var defaultLocale: String?
    @Option(help: .setting(.logLevel)) var logLevel: String?
    @Option(help: .setting(.logFormat)) var logFormat: String?
    @Option(help: .setting(.traceEndpoint)) var otelExporterOtlpEndpoint: String?
    @Option(help: .setting(.traceServiceName)) var otelServiceName: String?
    @Option(help: .setting(.traceRatio)) var otelTracesSamplerArg: String?
    @Option(help: .setting(.shutdownDelay)) var shutdownDelaySeconds: String?
    @Option(help: .setting(.shutdownTimeout)) var shutdownTimeoutSeconds: String?

    var values: [(Setting, String?)] {
        [
            (.databaseRole, databaseRole), (.databaseRequestTimeout, databaseRequestTimeoutMilliseconds),
            (.userRequestsMax, userRequestsMax), (.addressRequestsMax, addressRequestsMax),
            (.userWritesPerSecond, userWritesPerSecond), (.userWriteBurst, userWriteBurst),
            (.httpConnectionsMax, httpConnectionsMax), (.httpHost, httpHost), (.httpPort, httpPort),
            (.httpIdleTimeout, httpIdleTimeoutSeconds), (.managementPort, managementPort),
            (.trustedProxies, trustedProxies), (.corsAllowedOrigins, corsAllowedOrigins),
            (.publicBasePath, publicBasePath), (.authTokenSeconds, authTokenSeconds),
            (.conflictRetention, conflictRetentionDays), (.eventLogRetention, eventLogRetentionDays),
            (.defaultLocale, defaultLocale), (.logLevel, logLevel),
            (.logFormat, logFormat), (.traceEndpoint, otelExporterOtlpEndpoint), (.traceServiceName, otelServiceName),
            (.traceRatio, otelTracesSamplerArg), (.shutdownDelay, shutdownDelaySeconds),
            (.shutdownTimeout, shutdownTimeoutSeconds),
        ]
    }
}

extension SettingReader {
    /// Reads all settings. Flags take precedence over the environment.
    init(_ database: DatabaseFlags, _ server: ServerFlags) {
        self.init(flags: database.values + server.values)
    }
}

extension ArgumentHelp {
    static func setting(_ setting: Setting) -> ArgumentHelp {
        let fallback = setting.fallback.map { "; default \($0)" } ?? ""
        return ArgumentHelp("\(setting.meaning) (\(setting.name)\(fallback))", valueName: setting.accepts)
    }
}
