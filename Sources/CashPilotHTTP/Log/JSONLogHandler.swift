import Logging

/// The swift-log handler, for rare events and libraries. Requests go through ``AccessLog``.
package struct JSONLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let writer: LogWriter

    package init(writer: LogWriter, level: Logger.Level = .info) {
        self.writer = writer
        logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        // Evaluates descriptions, which run foreign code, before taking the writer's lock.
        var line = LogText(writer.style)
        line.begin(at: writer.now(), level: event.level.text, message: event.message.description)
        var fields = LogFields()
        if let provided = metadataProvider?.get() { fields.add(provided) }
        fields.add(metadata)
        if let given = event.metadata { fields.add(given) }
        if let error = event.error { fields.add(["error": .string(String(describing: error))]) }
        fields.write(to: &line)
        line.end()
        writer.add { $0.append(line) }
    }
}

extension Logger.Level {
    fileprivate var text: StaticString {
        switch self {
        case .trace: "trace"
        case .debug: "debug"
        case .info: "info"
        case .notice: "notice"
        case .warning: "warning"
        case .error: "error"
        case .critical: "critical"
        }
    }
}
