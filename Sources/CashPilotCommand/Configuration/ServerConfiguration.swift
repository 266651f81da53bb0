import CashPilot
import CashPilotHTTP
import struct FoundationEssentials.URL
import HTTPServer
import Logging
import Postgres
import Telemetry

/// All settings of `serve`, read once before anything starts. `Setting` defines their meanings and defaults.
struct ServerConfiguration: Sendable {
    var database: DatabaseConfiguration
    /// The total time limit for the database statements of one request.
    var databaseTime: Duration
    var httpHost: String
    var httpPort: Int
    var httpIdleTimeout: Duration
    var httpConnectionsMax: Int
    var fairUse = FairUse.Limits()
    var managementPort: Int
    var trustedProxies: TrustedProxies
    var crossOrigin: CrossOrigin
    var basePath: BasePath
    /// How long a login is valid.
    var loginLifetime: Duration
    /// Conflicts are deleted after this number of days; 0 keeps them.
    var conflictRetentionDays: Int
    /// Events of the event log are deleted after this number of days; 0 keeps them.
    var eventLogRetentionDays: Int
    var defaultLocale: Locale
    var logLevel: Logger.Level
    /// `nil` chooses the style by the log's destination.
    var logStyle: LogStyle?
    /// `nil` if spans are not exported.
    var traces: TraceConfiguration?
    var shutdownDelay: Duration
    var shutdownTimeout: Duration

    /// The accepted range of a login's lifetime, in seconds.
    static let loginSeconds = 60...604_800

    /// - Throws: ``SettingErrors`` with all errors in the settings.
    init(_ reader: SettingReader) throws {
        var reader = reader
        httpHost = reader.required(.httpHost)
        httpPort = reader.integer(.httpPort, in: 0...65_535)
        httpIdleTimeout = .seconds(reader.integer(.httpIdleTimeout, in: 1...3_600))
        httpConnectionsMax = reader.integer(.httpConnectionsMax, in: 16...1_000_000)
        fairUse.userRequestsMax = reader.integer(.userRequestsMax, in: 1...65_536)
        fairUse.addressRequestsMax = reader.integer(.addressRequestsMax, in: 1...65_536)
        fairUse.writesPerSecond = reader.integer(.userWritesPerSecond, in: 0...10_000)
        fairUse.writeBurst = reader.integer(.userWriteBurst, in: 1...100_000)
        managementPort = reader.integer(.managementPort, in: 0...65_535)
        trustedProxies = reader.proxies(.trustedProxies)
        crossOrigin = reader.origins(.corsAllowedOrigins)
        basePath = reader.basePath(.publicBasePath)
        loginLifetime = .seconds(reader.integer(.authTokenSeconds, in: Self.loginSeconds))
        conflictRetentionDays = reader.integer(.conflictRetention, in: 0...36_500)
        eventLogRetentionDays = reader.integer(.eventLogRetention, in: 0...36_500)
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

struct TraceConfiguration: Sendable {
    /// The URL of the collector's traces endpoint; `http://` only.
    let url: URL
    let name: String
    /// The fraction of new traces that are recorded, from 0 to 1.
    let ratio: Double

    /// `nil` if no collector is configured. Records errors in the settings in the reader.
    init?(reading reader: inout SettingReader) {
        name = reader.required(.traceServiceName)
        ratio = reader.ratio(.traceRatio)
        guard let endpoint = reader.url(.traceEndpoint) else { return nil }
        reader.require(
            endpoint.scheme == "http",
            """
            \(Setting.traceEndpoint.name) is invalid: the service exports spans over plain HTTP only. Run an \
            OpenTelemetry Collector beside the service, set its http:// URL here, and let it export over TLS.
            """)
        url = endpoint.appending(path: "v1/traces")
    }
}
