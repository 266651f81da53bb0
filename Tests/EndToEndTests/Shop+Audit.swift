import TestSupport

/// Direct access to the audit trail, and `cashpilot audit verify`.
extension Shop {
    /// Waits until all audit events are sealed.
    func untilSealed() async throws {
        try await eventually("all is sealed") {
            try query("select count(*)::text from audit_unsealed") == "0" ? true : nil
        }
    }

    /// Runs SQL as a superuser with all triggers disabled.
    func tamper(_ statements: String...) throws {
        let connection = try connection()
        try connection.execute("set session_replication_role = replica")
        for statement in statements { try connection.execute(statement) }
    }

    /// Writes an audit event for each row that has none. The demo data has none, because a test's trail begins empty.
    func adopt() throws { try execute("call adopt_rows()") }

    /// Runs `cashpilot audit verify`.
    func verify(_ arguments: String...) async throws -> AuditFinding { try await verify(arguments: arguments) }

    func verify(arguments: [String]) async throws -> AuditFinding {
        let result = try await run(["audit", "verify"] + arguments)
        return AuditFinding(status: result.status, output: result.output + result.errors)
    }
}

struct AuditFinding {
    let status: Int32
    let output: String

    /// The printed heads, as arguments of `--expect-head`.
    var heads: [String] {
        output.split(separator: "\n").filter { $0.hasPrefix("head ") }.map { String($0.dropFirst(5)) }
    }
}
