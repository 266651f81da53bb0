/// One setting of the program, from the environment or a flag. A secret comes from the environment or a file.
struct Setting: Sendable {
    /// The environment variable.
    let name: String
    /// The default; `nil` if there is none.
    let fallback: String?
    /// The accepted values, in a few words.
    let accepts: String
    let meaning: String
    /// Whether the program never shows the value. A secret has no flag.
    var isSecret = false
    /// Whether an explicit empty value differs from an absent one. Otherwise an empty value counts as absent.
    var mayBeEmpty = false

    /// The environment variable in kebab case: `HTTP_PORT`, `--http-port`. `nil` for a secret.
    var flag: String? { isSecret ? nil : "--" + name.lowercased().replacing("_", with: "-") }

    static let databaseURL = Setting(
        name: "DATABASE_URL", fallback: nil, accepts: "a libpq connection string or URL",
        meaning: "The database. With several hosts, the service uses the one that accepts writes.",
        isSecret: true)
    static let databaseURLFile = Setting(
        name: "DATABASE_URL_FILE", fallback: nil, accepts: "a path",
        meaning: "File with the connection string, instead of `DATABASE_URL`.")
    static let databaseRole = Setting(
        name: "DATABASE_ROLE", fallback: "cashpilot_app", accepts: "1–63 characters `A–Z a–z 0–9 _`, or empty",
        meaning: "The role that `serve` uses. Its user must be a member. Empty: the user's own role.",
        mayBeEmpty: true)
    static let databasePoolSize = Setting(
        name: "DATABASE_POOL_SIZE", fallback: "8", accepts: "1…64",
        meaning:
            "Write connections per process. "
            + "(this + `DATABASE_GROUPED_WRITES` + 5) × replicas must stay below `max_connections`.")
    static let databaseGroupedWrites = Setting(
        name: "DATABASE_GROUPED_WRITES", fallback: "2", accepts: "0…8",
        meaning: "Additional connections for group commits of concurrent writes. 0 disables group commits.")
    static let databaseQueueMax = Setting(
        name: "DATABASE_QUEUE_MAX", fallback: "1024", accepts: "1…65536",
        meaning:
            "Maximum number of waiting reads, of waiting lists and of waiting writes. "
            + "The next one of the kind gets 503 at once.")
    static let databasePoolWait = Setting(
        name: "DATABASE_POOL_WAIT_MILLISECONDS", fallback: "1000", accepts: "10…60000",
        meaning: "Maximum wait for a connection. Then the response is 503 `not_applied`.")
    static let databaseLockTimeout = Setting(
        name: "DATABASE_LOCK_TIMEOUT_MILLISECONDS", fallback: "1500", accepts: "10…60000",
        meaning: "Maximum wait for a lock.")
    static let databaseStatementTimeout = Setting(
        name: "DATABASE_STATEMENT_TIMEOUT_MILLISECONDS", fallback: "3000", accepts: "50…60000",
        meaning:
            "PostgreSQL cancels a statement after this time. "
            + "Without a response 1 s later, the service closes the connection.")
    static let databaseRequestTimeout = Setting(
        name: "DATABASE_REQUEST_TIMEOUT_MILLISECONDS", fallback: "4500", accepts: "50…60000",
        meaning: "Maximum database time of one request, with retries. Then the response is 503.")
    static let databaseConnectTimeout = Setting(
        name: "DATABASE_CONNECT_TIMEOUT_MILLISECONDS", fallback: "2000", accepts: "50…60000",
        meaning: "Maximum duration of one attempt to connect.")
    static let httpHost = Setting(
        name: "HTTP_HOST", fallback: "127.0.0.1", accepts: "a host name or address",
        meaning: "The address to listen on. By default only this machine can connect.")
    static let httpPort = Setting(
        name: "HTTP_PORT", fallback: "8080", accepts: "0…65535",
        meaning: "The port of the API. 0: any free port, which is printed.")
    static let httpIdleTimeout = Setting(
        name: "HTTP_IDLE_TIMEOUT_SECONDS", fallback: "60", accepts: "1…3600",
        meaning: "The server closes a connection that is idle for this time.")
    static let httpConnectionsMax = Setting(
        name: "HTTP_CONNECTIONS_MAX", fallback: "4096", accepts: "16…1000000",
        meaning:
            "Maximum number of connections. At the limit, a new one closes the one that has been idle longest. "
            + "Half may be event streams.")
    static let userRequestsMax = Setting(
        name: "USER_REQUESTS_MAX", fallback: "16", accepts: "1…65536",
        meaning: "Maximum number of requests in flight per user. The next one gets 429. Event streams do not count.")
    static let addressRequestsMax = Setting(
        name: "ADDRESS_REQUESTS_MAX", fallback: "32", accepts: "1…65536",
        meaning:
            "Maximum number of requests in flight without a verified identity per client address. "
            + "The next one gets 429. Raise it for many API clients behind one address.")
    static let userWritesPerSecond = Setting(
        name: "USER_WRITES_PER_SECOND", fallback: "20", accepts: "0…10000",
        meaning: "Sustained number of changes per second and user. More get 429. 0: no limit.")
    static let userWriteBurst = Setting(
        name: "USER_WRITE_BURST", fallback: "100", accepts: "1…100000",
        meaning: "Maximum number of changes that a user may make at once after a pause.")
    static let managementPort = Setting(
        name: "MANAGEMENT_PORT", fallback: "9090", accepts: "0…65535",
        meaning: "The port of metrics and probes, on the same address. 0: any free port, which is printed.")
    static let trustedProxies = Setting(
        name: "TRUSTED_PROXIES", fallback: nil,
        accepts: "addresses and networks such as `10.1.0.0/16`, separated by commas",
        meaning:
            "Load balancers whose `X-Forwarded-For` the server trusts. "
            + "Otherwise all clients share the load balancer's address.")
    static let corsAllowedOrigins = Setting(
        name: "CORS_ALLOWED_ORIGINS", fallback: nil,
        accepts: "origins such as `https://till.shop.example`, as browsers send them, separated by commas",
        meaning:
            "The origins whose pages may use the API, without a path or a default port. "
            + "If unset, no response has a CORS header.")
    static let publicBasePath = Setting(
        name: "PUBLIC_BASE_PATH", fallback: nil,
        accepts: "a path such as `/cashpilot`, without a slash at its end, other than those of the API",
        meaning: "The path below which clients reach the service. It prefixes all paths in responses.")
    static let authTokenSeconds = Setting(
        name: "AUTH_TOKEN_SECONDS", fallback: "43200", accepts: "60…604800",
        meaning: "The lifetime of a login. It can be revoked before.")
    static let defaultLocale = Setting(
        name: "DEFAULT_LOCALE", fallback: "es-PY", accepts: "es-PY, en",
        meaning: "The language if neither the request nor the user specifies one.")
    static let conflictRetention = Setting(
        name: "CONFLICT_RETENTION_DAYS", fallback: "0", accepts: "0…36500",
        meaning: "The service deletes conflicts after this time. 0: never. Their audit events stay.")
    static let eventLogRetention = Setting(
        name: "EVENT_LOG_RETENTION_DAYS", fallback: "0", accepts: "0…36500",
        meaning: "The service deletes events from `/v1/events` after this time. 0: never. The audit trail keeps them.")
    static let logLevel = Setting(
        name: "LOG_LEVEL", fallback: "info", accepts: "trace, debug, info, notice, warning, error, critical",
        meaning: "The minimum level. Requests have level info.")
    static let logFormat = Setting(
        name: "LOG_FORMAT", fallback: "auto", accepts: "auto, json, text",
        meaning: "One JSON object per line, or plain text. `auto`: text if standard error is a terminal.")
    static let traceEndpoint = Setting(
        name: "OTEL_EXPORTER_OTLP_ENDPOINT", fallback: nil,
        accepts: "an http:// URL without user, query and fragment",
        meaning:
            "The OpenTelemetry Collector. The service posts spans to `/v1/traces` below this URL. "
            + "If unset, it exports none.")
    static let traceServiceName = Setting(
        name: "OTEL_SERVICE_NAME", fallback: "cashpilot", accepts: "a name",
        meaning: "The service name in spans.")
    static let traceRatio = Setting(
        name: "OTEL_TRACES_SAMPLER_ARG", fallback: "1", accepts: "0…1",
        meaning: "The fraction of new traces that is recorded. For others, the `traceparent` decides.")
    static let shutdownDelay = Setting(
        name: "SHUTDOWN_DELAY_SECONDS", fallback: "2", accepts: "0…60",
        meaning:
            "How long the server accepts requests after SIGTERM, while `/readyz` is 503, "
            + "so that the load balancer notices.")
    static let shutdownTimeout = Setting(
        name: "SHUTDOWN_TIMEOUT_SECONDS", fallback: "15", accepts: "1…300",
        meaning: "Maximum time after that delay for requests in flight to complete.")

    /// All settings, in the order of the documents.
    static let all = [
        databaseURL, databaseURLFile, databaseRole, databasePoolSize, databaseGroupedWrites, databaseQueueMax,
        databasePoolWait, databaseLockTimeout, databaseStatementTimeout, databaseRequestTimeout,
        databaseConnectTimeout, httpHost, httpPort, httpIdleTimeout, httpConnectionsMax, userRequestsMax,
        addressRequestsMax, userWritesPerSecond, userWriteBurst, managementPort, trustedProxies,
        corsAllowedOrigins, publicBasePath, authTokenSeconds,
        conflictRetention, eventLogRetention, defaultLocale, logLevel, logFormat, traceEndpoint, traceServiceName,
        traceRatio, shutdownDelay, shutdownTimeout,
    ]

    /// The table of docs/OPERATING.md.
    static var markdown: String {
        let rows = all.map { setting in
            let fallback = setting.fallback.map { "`\($0)`" } ?? "—"
            let flag = setting.flag.map { "`\($0)`" } ?? "—"
            return "| `\(setting.name)` | \(flag) | \(fallback) | \(setting.accepts) | \(setting.meaning) |"
        }
        return (["| environment | flag | default | accepts | meaning |", "| --- | --- | --- | --- | --- |"] + rows)
            .joined(separator: "\n")
    }
}
