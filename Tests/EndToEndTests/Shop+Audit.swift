import TestSupport

/// The audit trail of a test's shop, from behind and by the program's own command.
extension Shop {
    /// Waits until no event waits for its seal.
    func untilSealed() async throws {
        try await eventually("all is sealed") {
            try ask("select count(*)::text from audit_unsealed") == "0" ? true : nil
        }
    }

    /// Runs SQL as a superuser who has switched all triggers off.
    func tamper(_ statements: String...) throws {
        let connection = try connection()
        try connection.execute("set session_replication_role = replica")
        for statement in statements { try connection.execute(statement) }
    }

    /// What `cashpilot audit verify` finds.
    func verify(_ arguments: String...) async throws -> AuditFinding {
        let result = try await run(["audit", "verify"] + arguments)
        return AuditFinding(status: result.status, output: result.output + result.errors)
    }
}

struct AuditFinding {
    let status: Int32
    let output: String

    /// As `--expect-head` takes them.
    var heads: [String] {
        output.split(separator: "\n").filter { $0.hasPrefix("head ") }.map { String($0.dropFirst(5)) }
    }
}
