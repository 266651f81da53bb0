/// One setting of the program, from the environment or a flag.
struct Setting: Sendable {
    /// The environment variable. The flag is the same in kebab case: `HTTP_PORT`, `--http-port`.
    let name: String
    /// The default; `nil` if there is none.
    let fallback: String?
    /// The accepted values, in a few words.
    let accepts: String
    let meaning: String
    /// Whether the program never shows the value.
    var isSecret = false
    /// Whether an explicit empty value differs from an absent one. Otherwise an empty value counts as absent.
    var mayBeEmpty = false

    var flag: String { "--" + name.lowercased().replacing("_", with: "-") }

    static let databaseURL = Setting(
        name: "DATABASE_URL", fallback: nil, accepts: "a libpq connection string or URL",
        meaning: "The database. May name several hosts; the one that accepts writes is used.", isSecret: true)
    static let databaseURLFile = Setting(
        name: "DATABASE_URL_FILE", fallback: nil, accepts: "a path",
        meaning: "A file with the connection string instead; white space around it does not count.")
    static let databaseRole = Setting(
        name: "DATABASE_ROLE", fallback: "cashpilot_app", accepts: "1–63 of `A–Z a–z 0–9 _`, or nothing",
        meaning: "The role that `serve` works as; its user must be allowed to take it. Nothing: the user's own.",
        mayBeEmpty: true)
    static let databasePoolSize = Setting(
        name: "DATABASE_POOL_SIZE", fallback: "8", accepts: "1…64",
        meaning: "Connections for writes. Times replicas, with five others and the next, below `max_connections`.")
    static let databaseGroupedWrites = Setting(
        name: "DATABASE_GROUPED_WRITES", fallback: "2", accepts: "0…8",
        meaning: "Further connections, on which writes that come together share a commit. 0: each has its own.")
    static let databaseQueueMax = Setting(
        name: "DATABASE_QUEUE_MAX", fallback: "1024", accepts: "1…65536",
        meaning: "Statements that may wait for a connection; one more is answered 503 at once.")
    static let databasePoolWait = Setting(
        name: "DATABASE_POOL_WAIT_MILLISECONDS", fallback: "1000", accepts: "10…60000",
        meaning: "How long a statement waits for a connection before the answer is 503 `not_applied`.")
    static let databaseLockTimeout = Setting(
        name: "DATABASE_LOCK_TIMEOUT_MILLISECONDS", fallback: "1500", accepts: "10…60000",
        meaning: "How long a statement waits for a lock. Above the pool wait, below the statement timeout.")
    static let databaseStatementTimeout = Setting(
        name: "DATABASE_STATEMENT_TIMEOUT_MILLISECONDS", fallback: "3000", accepts: "50…60000",
        meaning: "After this the server cancels a statement; a second later its connection is given up.")
    static let databaseRequestTimeout = Setting(
        name: "DATABASE_REQUEST_TIMEOUT_MILLISECONDS", fallback: "4500", accepts: "50…60000",
        meaning: "How long all that one request asks of the database may take; then the answer is 503.")
    static let databaseConnectTimeout = Setting(
        name: "DATABASE_CONNECT_TIMEOUT_MILLISECONDS", fallback: "2000", accepts: "50…60000",
        meaning: "How long one attempt to connect may take.")
    static let httpHost = Setting(
        name: "HTTP_HOST", fallback: "127.0.0.1", accepts: "a host name or address",
        meaning: "Where to listen. Loopback by default: a laptop serves nobody by accident.")
    static let httpPort = Setting(
        name: "HTTP_PORT", fallback: "8080", accepts: "0…65535",
        meaning: "The API's port; 0 is any that is free, and printed.")
    static let httpIdleTimeout = Setting(
        name: "HTTP_IDLE_TIMEOUT_SECONDS", fallback: "60", accepts: "1…3600",
        meaning: "A connection on which nothing happens for so long is closed.")
    static let httpConnectionsMax = Setting(
        name: "HTTP_CONNECTIONS_MAX", fallback: "4096", accepts: "16…1000000",
        meaning:
            "Open connections; one more closes the one that has waited longest for its client. Half may be event streams."
    )
    static let managementPort = Setting(
        name: "MANAGEMENT_PORT", fallback: "9090", accepts: "0…65535",
        meaning: "The port of metrics and probes, on the same host; 0 is any that is free, and printed.")
    static let authSecret = Setting(
        name: "AUTH_SECRET", fallback: nil, accepts: "at least 32 bytes",
        meaning: "Signs the tokens. Either this or `AUTH_SECRET_FILE`.", isSecret: true)
    static let authSecretFile = Setting(
        name: "AUTH_SECRET_FILE", fallback: nil, accepts: "a path",
        meaning: "A file with the secret; white space around it does not count.")
    static let authSecretPrevious = Setting(
        name: "AUTH_SECRET_PREVIOUS", fallback: nil, accepts: "at least 32 bytes a line",
        meaning: "Former secrets, one a line, whose tokens hold until they expire.", isSecret: true)
    static let authSecretPreviousFile = Setting(
        name: "AUTH_SECRET_PREVIOUS_FILE", fallback: nil, accepts: "a path",
        meaning: "A file with the former secrets instead.")
    static let trustedProxies = Setting(
        name: "TRUSTED_PROXIES", fallback: nil, accepts: "addresses and networks such as `10.1.0.0/16`, with commas",
        meaning: "Balancers whose `X-Forwarded-For` is believed. Without it, a balancer is everybody's address.")
    static let authTokenSeconds = Setting(
        name: "AUTH_TOKEN_SECONDS", fallback: "43200", accepts: "60…604800",
        meaning: "How long a token is valid. What its user may do is read anew at each request.")
    static let defaultLocale = Setting(
        name: "DEFAULT_LOCALE", fallback: "es-PY", accepts: "es-PY, en",
        meaning: "The language if neither the request nor the user names one.")
    static let logLevel = Setting(
        name: "LOG_LEVEL", fallback: "info", accepts: "trace, debug, info, notice, warning, error, critical",
        meaning: "The least that is logged. Requests are logged at info.")
    static let logFormat = Setting(
        name: "LOG_FORMAT", fallback: "auto", accepts: "auto, json, text",
        meaning: "One JSON object a line, or a line of words. `auto`: words if standard error is a terminal.")
    static let traceEndpoint = Setting(
        name: "OTEL_EXPORTER_OTLP_ENDPOINT", fallback: nil,
        accepts: "http://, a host, and a path if there is one before /v1/traces",
        meaning: "An OpenTelemetry Collector, which receives each request as a span. Without it there are none.")
    static let traceServiceName = Setting(
        name: "OTEL_SERVICE_NAME", fallback: "cashpilot", accepts: "a name",
        meaning: "What the service is called in its spans.")
    static let traceRatio = Setting(
        name: "OTEL_TRACES_SAMPLER_ARG", fallback: "1", accepts: "0…1",
        meaning: "Which part of the traces that begin here is recorded. Of all others the `traceparent` decides.")
    static let shutdownDelay = Setting(
        name: "SHUTDOWN_DELAY_SECONDS", fallback: "2", accepts: "0…60",
        meaning:
            "How long after SIGTERM requests are still taken, while `/readyz` is 503: a balancer needs that to notice.")
    static let shutdownTimeout = Setting(
        name: "SHUTDOWN_TIMEOUT_SECONDS", fallback: "15", accepts: "1…300",
        meaning: "How long requests in flight may take to finish after that.")

    /// All settings, in the order of the documents.
    static let all = [
        databaseURL, databaseURLFile, databaseRole, databasePoolSize, databaseGroupedWrites, databaseQueueMax,
        databasePoolWait, databaseLockTimeout, databaseStatementTimeout, databaseRequestTimeout,
        databaseConnectTimeout, httpHost, httpPort, httpIdleTimeout, httpConnectionsMax, managementPort,
        trustedProxies, authSecret, authSecretFile, authSecretPrevious, authSecretPreviousFile, authTokenSeconds,
        defaultLocale, logLevel, logFormat, traceEndpoint, traceServiceName, traceRatio, shutdownDelay,
        shutdownTimeout,
    ]

    /// The table of docs/OPERATING.md.
    static var markdown: String {
        let rows = all.map { setting in
            let fallback = setting.fallback.map { "`\($0)`" } ?? "—"
            return "| `\(setting.name)` | `\(setting.flag)` | \(fallback) | \(setting.accepts) | \(setting.meaning) |"
        }
        return (["| environment | flag | default | accepts | meaning |", "| --- | --- | --- | --- | --- |"] + rows)
            .joined(separator: "\n")
    }
}
