import CashPilot
import CashPilotHTTP
import Logging
import Postgres

/// Everything that `serve` is told, read once, before anything starts. `Setting` has the meanings and defaults.
struct ServerConfiguration: Sendable {
    var database: DatabaseConfiguration
    /// All that one request asks of the database, together.
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
    /// `nil` for the one that suits where the log goes.
    var logStyle: LogStyle?
    /// `nil` if spans are not exported.
    var traces: TraceConfiguration?
    var shutdownDelay: Duration
    var shutdownTimeout: Duration

    /// - Throws: ``SettingFaults`` with all that is wrong.
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
            "\(Setting.databaseStatementTimeout.name) < \(Setting.databaseRequestTimeout.name) does not hold")
        guard reader.faults.isEmpty else { throw SettingFaults(faults: reader.faults) }
    }
}

/// How `LOG_FORMAT` is written.
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
    /// Adds what is wrong to the reader's faults.
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
                reader.require(false, "\(Setting.databaseURL.name) is not accepted: \(error)")
            }
        }
        // Who gives up first should be who knows most.
        reader.require(
            poolWait < lockTimeout && lockTimeout < statementTimeout,
            "\(Setting.databasePoolWait.name) < \(Setting.databaseLockTimeout.name) < "
                + "\(Setting.databaseStatementTimeout.name) does not hold")
    }
}
