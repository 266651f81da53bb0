import CashPilot
import CashPilotHTTP
import Logging
import Postgres

/// All settings of `serve`, read once before anything starts. `Setting` defines their meanings and defaults.
struct ServerConfiguration: Sendable {
    var database: DatabaseConfiguration
    /// The total time limit for the database statements of one request.
    var databaseTime: Duration
    var httpHost: String
    var httpPort: Int
    var httpIdleTimeout: Duration
    var httpConnectionsMax: Int
    var managementPort: Int
    var trustedProxies: TrustedProxies
    var tokens: TokenConfiguration
    var defaultLocale: Locale
    var logLevel: Logger.Level
    /// `nil` chooses the style by the log's destination.
    var logStyle: LogStyle?
    /// `nil` if spans are not exported.
    var traces: TraceConfiguration?
    var shutdownDelay: Duration
    var shutdownTimeout: Duration

    /// - Throws: ``SettingErrors`` with all errors in the settings.
    init(_ reader: SettingReader) throws {
        var reader = reader
        httpHost = reader.required(.httpHost)
        httpPort = reader.integer(.httpPort, in: 0...65_535)
        httpIdleTimeout = .seconds(reader.integer(.httpIdleTimeout, in: 1...3_600))
        httpConnectionsMax = reader.integer(.httpConnectionsMax, in: 16...1_000_000)
        managementPort = reader.integer(.managementPort, in: 0...65_535)
        trustedProxies = reader.proxies(.trustedProxies)
        tokens = TokenConfiguration(reading: &reader)
        defaultLocale = reader.choice(.defaultLocale, fallback: .spanish)
        logLevel = reader.choice(.logLevel, fallback: .info)
        logStyle = reader.choice(.logFormat, fallback: LogFormat.auto).style
        traces = TraceConfiguration(reading: &reader)
        shutdownDelay = .seconds(reader.integer(.shutdownDelay, in: 0...60))
        shutdownTimeout = .seconds(reader.integer(.shutdownTimeout, in: 1...300))
        database = DatabaseConfiguration(reading: &reader)
        database.role = reader.identifier(.databaseRole)
        databaseTime = .milliseconds(reader.integer(.databaseRequestTimeout, in: 50...60_000))
        // 500 ms longer than a request, so that the request deadline expires first.
        database.transactionTimeout = max(.seconds(5), databaseTime + .milliseconds(500))
        reader.require(
            database.statementTimeout < databaseTime,
            "\(Setting.databaseStatementTimeout.name) < \(Setting.databaseRequestTimeout.name) is required")
        guard reader.faults.isEmpty else { throw SettingErrors(faults: reader.faults) }
    }
}

/// The accepted values of `LOG_FORMAT`.
private enum LogFormat: String, CaseIterable {
    case auto, json, text

    var style: LogStyle? {
        switch self {
        case .auto: nil
        case .json: .json
        case .text: .plain
        }
    }
}

extension DatabaseConfiguration {
    /// Records errors in the settings in the reader.
    init(reading reader: inout SettingReader) {
        self.init(connectionString: reader.required(.databaseURL, orFile: .databaseURLFile))
        writeConnections = reader.integer(.databasePoolSize, in: 1...64)
        groupConnections = reader.integer(.databaseGroupedWrites, in: 0...8)
        queueMax = reader.integer(.databaseQueueMax, in: 1...65_536)
        poolWait = .milliseconds(reader.integer(.databasePoolWait, in: 10...60_000))
        lockTimeout = .milliseconds(reader.integer(.databaseLockTimeout, in: 10...60_000))
        statementTimeout = .milliseconds(reader.integer(.databaseStatementTimeout, in: 50...60_000))
        connectTimeout = .milliseconds(reader.integer(.databaseConnectTimeout, in: 50...60_000))
        if !connectionString.isEmpty {
            do {
                _ = try ConnectionString(connectionString)
            } catch {
                reader.require(false, "\(Setting.databaseURL.name) is invalid: \(error)")
            }
        }
        // Timeouts are nested so that the layer with the most context gives up first.
        reader.require(
            poolWait < lockTimeout && lockTimeout < statementTimeout,
            "\(Setting.databasePoolWait.name) < \(Setting.databaseLockTimeout.name) < "
                + "\(Setting.databaseStatementTimeout.name) is required")
    }
}
