import CLibPQ
import Glibc

/// Where to connect and as whom, read once by libpq's own parser.
///
/// What the user set stays; the driver adds what it depends on.
package struct ConnectionString: Sendable {
    /// What is wrong with a connection string. It never repeats a part of it: any part may be the password.
    package struct Fault: Error, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// What a connection is for, which decides the limits that the server holds it to.
    enum Role: Sendable {
        /// Statements that may be sent again: the server refuses to write in them.
        case read
        case write
        /// Writes that share a commit. The server soon gives up what must wait for a lock or takes long, for the others
        /// wait with it; it is sent again by itself.
        case group
        /// Migrations and administration: no limit on statements, for building an index may take an hour.
        case administration
    }

    /// libpq keywords and their values, only those that were given.
    private let given: [String: String]

    /// - Throws: ``Fault`` if libpq cannot read `text`.
    package init(_ text: String) throws(Fault) {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(text, &message) else {
            defer { PQfreemem(message) }
            throw Fault(description: Self.withoutQuotations(message.map { String(cString: $0) } ?? "out of memory"))
        }
        defer { PQconninfoFree(options) }
        var given: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { given[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        try Self.check(given)
        self.given = given
    }

    /// Refuses what libpq would only complain of when it connects, with the value in its words: a password with an `@`
    /// or a `/` that was not escaped ends up as a host or a port.
    private static func check(_ given: [String: String]) throws(Fault) {
        let ports = list(given["port"] ?? "")
        guard ports.allSatisfy({ port in port.isEmpty || UInt16(port) != nil }) else {
            throw Fault(description: "a port is no number; in a URL, write %40 for @ and %2F for / in a password")
        }
        // The first character may be one: it begins the name of a socket that is in no directory.
        guard list(given["host"] ?? "").allSatisfy({ host in !host.dropFirst().contains("@") }) else {
            throw Fault(description: "a host has an @ in it; in a URL, write %40 for @ in a password")
        }
        let modes: Set = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
        guard given["sslmode"].map(modes.contains) ?? true else {
            throw Fault(description: "sslmode is none of \(modes.sorted().joined(separator: ", "))")
        }
    }

    /// How many hosts are named. At least 1.
    var hostCount: Int {
        max(1, Self.list(given["hostaddr"] ?? given["host"] ?? "").count)
    }

    /// The whole as libpq wants it.
    ///
    /// - Parameter host: the only one of the hosts to try, counted from 0; nil for all of them, in order. Within one
    ///   attempt libpq goes from host to host, so one that swallows packets would use up the time of the others.
    func settings(
        for role: Role, _ configuration: DatabaseConfiguration, host: Int? = nil
    ) -> [String: String] {
        let ours = [
            "application_name": configuration.applicationName,
            "target_session_attrs": "read-write",
            "tcp_user_timeout": "3000",
            "keepalives_idle": "5",
            "keepalives_interval": "2",
            "keepalives_count": "3",
        ]
        var settings = ours.merging(given) { _, users in users }
        settings["client_encoding"] = "UTF8"
        if role == .read, settings["target_session_attrs"] == "read-write" {
            // "read-write" would refuse a session that is told to only read.
            settings["target_session_attrs"] = "primary"
        }
        settings["options"] = [given["options"], Self.options(for: role, configuration)].compactMap(\.self)
            .joined(separator: " ")
        for keyword in ["host", "hostaddr", "port"] {
            guard let host, let value = settings[keyword] else { continue }
            let values = Self.list(value)
            guard values.count == hostCount else { continue }  // One port may serve all hosts.
            settings[keyword] = String(values[host])
        }
        return settings
    }

    /// How the server plans a statement: once, and by an index in the index's order. The service asks for few rows, and a
    /// plan made while a table was small is kept while it grows.
    package static let planning = [
        "plan_cache_mode=force_generic_plan", "enable_seqscan=off", "enable_bitmapscan=off", "jit=off",
    ]

    private static func options(for role: Role, _ configuration: DatabaseConfiguration) -> String {
        var options = ["timezone=UTC"]
        let check = configuration.clientConnectionCheckInterval.wholeMilliseconds
        options.append("client_connection_check_interval=\(check)")
        if role != .administration {
            let (lockTimeout, statementTimeout) = limits(for: role, configuration)
            if let role = configuration.role { options.append("role=\(role)") }
            options += planning
            options += [
                // A statement must see what was committed while it waited; the space is libpq's to unescape.
                "default_transaction_isolation=read\\ committed",
                "lock_timeout=\(lockTimeout.wholeMilliseconds)",
                "statement_timeout=\(statementTimeout.wholeMilliseconds)",
                "idle_in_transaction_session_timeout=\(configuration.transactionTimeout.wholeMilliseconds)",
            ]
        }
        if role == .read { options.append("default_transaction_read_only=on") }
        return options.map { "-c \($0)" }.joined(separator: " ")
    }

    private static func limits(
        for role: Role, _ configuration: DatabaseConfiguration
    ) -> (lock: Duration, statement: Duration) {
        let (lock, statement) = (configuration.lockTimeout, configuration.statementTimeout)
        return switch role {
        case .read: (min(lock, configuration.readLockTimeout), statement)
        case .group:
            // All of a group together may take as long as one statement.
            (
                min(lock, configuration.groupLockTimeout),
                min(statement, max(statement / ConnectionPool.groupMax, configuration.groupLockTimeout))
            )
        case .write, .administration: (lock, statement)
        }
    }

    private static func list(_ text: String) -> [Substring] {
        text.split(separator: ",", omittingEmptySubsequences: false)
    }

    /// libpq quotes what it could not read. Everything from the first quotation mark to the last is dropped.
    private static func withoutQuotations(_ message: String) -> String {
        let line = message.prefix { $0 != "\n" }
        guard let first = line.firstIndex(of: "\""), let last = line.lastIndex(of: "\"") else { return String(line) }
        return line[..<first] + "…" + line[line.index(after: last)...]
    }
}

extension ConnectionString: CustomStringConvertible {
    private static let secrets: Set<String> = ["password", "sslpassword", "options"]

    /// What was given, in order of keyword, without secrets.
    package var description: String {
        given.filter { !Self.secrets.contains($0.key) }.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }
}

extension ConnectionString {
    /// Begins or makes a connection: `connect` is handed keywords and values as libpq wants them.
    static func withCArrays<Result>(
        _ settings: [String: String],
        _ connect: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> Result?
    ) -> Result? {
        let pairs = settings.map { (strdup($0.key), strdup($0.value)) }
        defer {
            for (key, value) in pairs {
                free(key)
                free(value)
            }
        }
        let keywords = pairs.map { $0.0.map { UnsafePointer($0) } } + [nil]
        let values = pairs.map { $0.1.map { UnsafePointer($0) } } + [nil]
        return keywords.withUnsafeBufferPointer { keywords in
            values.withUnsafeBufferPointer { values in
                guard let keywords = keywords.baseAddress, let values = values.baseAddress else { return nil }
                return connect(keywords, values)
            }
        }
    }
}

extension Duration {
    /// Rounded up, because where a time becomes a limit zero means none.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
