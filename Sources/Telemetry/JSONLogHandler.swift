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

/// Flattens metadata: `["session": ["id": "…"]]` becomes `session.id`, list items become `name.0`, `name.1`…
struct LogFields {
    /// Maximum nesting depth of metadata. Deeper values are omitted.
    static let depthMax = 8
    /// Maximum number of fields in a line. Further fields are omitted.
    static let countMax = 64
    /// Field names of the line itself. Metadata with such a name gets the prefix `metadata.`.
    private static let reserved: Set<String> = ["ts", "level", "message", "truncated"]

    private enum Value {
        case text(String)
        case number(Int64)
    }

    private var values: [String: Value] = [:]

    /// Adds fields. A new field replaces an earlier one with the same name.
    mutating func add(_ metadata: Logger.Metadata) {
        for (name, value) in metadata { add(value, named: name, depth: 1) }
    }

    /// Writes the fields sorted by name, so that similar lines look alike.
    func write(to line: inout LogText) {
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            switch value {
            case .text(let text): line.field(named: name, text)
            case .number(let number): line.field(named: name, number)
            }
        }
    }

    private mutating func add(_ value: Logger.MetadataValue, named name: String, depth: Int) {
        guard depth <= Self.depthMax else { return }
        switch value {
        case .string(let text): set(.text(text), for: name)
        case .stringConvertible(let number as Int): set(.number(Int64(number)), for: name)
        case .stringConvertible(let value): set(.text(value.description), for: name)
        case .dictionary(let members):
            for (member, value) in members { add(value, named: "\(name).\(member)", depth: depth + 1) }
        case .array(let items):
            for (place, value) in items.enumerated() { add(value, named: "\(name).\(place)", depth: depth + 1) }
        }
    }

    private mutating func set(_ value: Value, for name: String) {
        let name = Self.reserved.contains(name) ? "metadata.\(name)" : name
        guard values.count < Self.countMax || values[name] != nil else { return }
        values[name] = value
    }
}
