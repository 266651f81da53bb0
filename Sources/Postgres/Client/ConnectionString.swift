import CLibPQ
import Glibc

/// A PostgreSQL connection string, parsed once by libpq.
///
/// The driver adds the settings that it needs. The user's values take precedence, except for `client_encoding`, the
/// narrowed `target_session_attrs` of read connections, and server options that the driver appends.
package struct ConnectionString: Sendable {
    /// An invalid connection string. The message repeats no part of the string, because any part may be the password.
    package struct Fault: Error, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// The purpose of a connection, which decides its server-side limits.
    enum Role: Sendable {
        /// Reads, which the driver may resend. The server rejects writes.
        case read
        case write
        /// Writes in a group commit.
        ///
        /// The server cancels a write after a short lock wait or run time. The other writes in the group wait with it.
        /// The pool then retries each write as an exclusive write.
        case group
        /// Migrations and administration. No statement limit, because building an index may take an hour.
        case administration
    }

    /// The libpq keywords that have a value.
    private let given: [String: String]

    /// - Throws: ``Fault`` if libpq cannot parse `text`, or a port, a host or `sslmode` is invalid.
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

    /// Rejects values that libpq would quote in its error when it connects.
    ///
    /// An unescaped `@` or `/` in a password can become part of a host or a port.
    private static func check(_ given: [String: String]) throws(Fault) {
        let ports = list(given["port"] ?? "")
        guard ports.allSatisfy({ port in port.isEmpty || UInt16(port) != nil }) else {
            throw Fault(description: "a port is no number; in a URL, write %40 for @ and %2F for / in a password")
        }
        // A host may begin with @, which names a socket in the abstract namespace.
        guard list(given["host"] ?? "").allSatisfy({ host in !host.dropFirst().contains("@") }) else {
            throw Fault(description: "a host has an @ in it; in a URL, write %40 for @ in a password")
        }
        let modes: Set = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
        guard given["sslmode"].map(modes.contains) ?? true else {
            throw Fault(description: "sslmode is none of \(modes.sorted().joined(separator: ", "))")
        }
    }

    /// The number of hosts; at least 1.
    var hostCount: Int {
        max(1, Self.list(given["hostaddr"] ?? given["host"] ?? "").count)
    }

    /// The keywords and values for libpq.
    ///
    /// - Parameter host: the only host to try, counted from 0; nil for all hosts in order. libpq tries all hosts within
    ///   one attempt, so an unresponsive host would use up the time of the others.
    func settings(for role: Role, _ configuration: DatabaseConfiguration, host: Int? = nil) -> [String: String] {
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
            // "read-write" would reject this session, because it is read-only by default.
            settings["target_session_attrs"] = "primary"
        }
        settings["options"] = [given["options"], Self.options(for: role, configuration)].compactMap(\.self)
            .joined(separator: " ")
        for keyword in ["host", "hostaddr", "port"] {
            guard let host, let value = settings[keyword] else { continue }
            let values = Self.list(value)
            guard values.count == hostCount else { continue }  // One port may apply to all hosts.
            settings[keyword] = String(values[host])
        }
        return settings
    }

    /// Planner settings: one generic plan per statement, with index scans in index order.
    ///
    /// The service reads few rows at a time. A plan made for a small table must stay good while the table grows.
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
                // Read committed: a statement sees commits made during its lock wait. libpq unescapes the space.
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
            // All statements of a group together may take as long as one exclusive statement.
            (
                min(lock, configuration.groupLockTimeout),
                min(statement, max(statement / PoolScheduler.groupMax, configuration.groupLockTimeout))
            )
        case .write, .administration: (lock, statement)
        }
    }

    private static func list(_ text: String) -> [Substring] {
        text.split(separator: ",", omittingEmptySubsequences: false)
    }

    /// Removes the quoted part of a libpq message, from the first to the last quotation mark.
    private static func withoutQuotations(_ message: String) -> String {
        let line = message.prefix { $0 != "\n" }
        guard let first = line.firstIndex(of: "\""), let last = line.lastIndex(of: "\"") else { return String(line) }
        return line[..<first] + "…" + line[line.index(after: last)...]
    }
}

extension ConnectionString: CustomStringConvertible {
    private static let secrets: Set<String> = ["password", "sslpassword", "options"]

    /// The given keywords and values, ordered by keyword, without secrets.
    package var description: String {
        given.filter { !Self.secrets.contains($0.key) }.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }
}

extension ConnectionString {
    /// Passes the settings to `connect` as the null-terminated arrays that libpq needs.
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
    /// Milliseconds, rounded up. A limit rounded down to zero would mean no limit.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
