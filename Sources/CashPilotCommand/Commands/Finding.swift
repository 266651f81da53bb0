import CashPilot
import CashPilotPostgres
import Postgres

/// The result of one health check.
struct Finding: Encodable {
    enum Level: String, Encodable {
        case ok
        /// Worth knowing. The service still works.
        case warning
        case fault
    }

    let name: String
    let level: Level
    let finding: String
    /// The consequence of the finding; `nil` if the check passed.
    let meaning: String?
    /// How to repair it, usually a command; `nil` if the check passed.
    let mend: String?

    static func ok(_ name: String, _ finding: String) -> Finding {
        Finding(name: name, level: .ok, finding: finding, meaning: nil, mend: nil)
    }

    static func warning(_ name: String, _ finding: String, meaning: String, mend: String) -> Finding {
        Finding(name: name, level: .warning, finding: finding, meaning: meaning, mend: mend)
    }

    static func fault(_ name: String, _ finding: String, meaning: String, mend: String) -> Finding {
        Finding(name: name, level: .fault, finding: finding, meaning: meaning, mend: mend)
    }

    // MARK: The possible findings of each health check, with their meaning and repair

    static func unreachable(_ reason: String) -> Finding {
        .fault(
            "connection", reason, meaning: "The service answers every request with 503.",
            mend: "Check DATABASE_URL, that PostgreSQL runs, and that pg_hba.conf allows this machine.")
    }

    /// The check itself failed.
    static func unknown(_ name: String, _ error: any Error) -> Finding {
        .fault(
            name, "\(error)", meaning: "The check failed.",
            mend: "If the schema is missing: cashpilot migrate up. Otherwise follow the message.")
    }

    static func connection(_ facts: ServerFacts, isEncrypted: Bool) -> Finding {
        let finding =
            "PostgreSQL \(facts.version) at \(facts.address), database \(facts.database), user \(facts.user), "
            + (isEncrypted ? "with TLS" : "without TLS")
        guard facts.versionNumber < 150_000 else { return .ok("connection", finding) }
        return .fault(
            "connection", finding, meaning: "The service requires PostgreSQL 15 or later.",
            mend: "Upgrade PostgreSQL.")
    }

    static func writable(_ facts: ServerFacts) -> Finding {
        guard !facts.isWritable else { return .ok("writable", "the database accepts writes") }
        return .fault(
            "writable", "the database rejects writes",
            meaning: "It is a standby or set to read-only, so the service can neither open nor close a session.",
            mend: "Name the primary host in DATABASE_URL, or promote this server.")
    }

    static func role(_ facts: ServerFacts) -> Finding {
        switch facts.mayServe {
        case true?: .ok("role", "\(facts.user) can use the role cashpilot_app")
        case false? where facts.mayMigrate: .ok("role", "\(facts.user) can migrate, but not serve")
        case false?:
            .warning(
                "role", "\(facts.user) cannot use the role cashpilot_app",
                meaning: "`cashpilot serve` cannot connect as this user, unless DATABASE_ROLE has another value.",
                mend: "As a superuser: grant cashpilot_app to \"\(facts.user)\"")
        case nil:
            .warning(
                "role", "the role cashpilot_app does not exist",
                meaning: "`cashpilot serve` cannot connect, unless DATABASE_ROLE has another value.",
                mend: "cashpilot migrate up")
        }
    }

    static func schema(_ statuses: [Migrator.Status]) -> Finding {
        func titles(_ state: Migrator.Status.State) -> String? {
            let found = statuses.filter { $0.state == state }.map { "\($0.version)_\($0.name)" }
            return found.isEmpty ? nil : found.joined(separator: ", ")
        }
        if let changed = titles(.changed) {
            return .fault(
                "schema", "applied from files that differ from this program's: \(changed)",
                meaning: "Another build of the program migrated this database.",
                mend: "Use the build that migrated this database.")
        }
        if let pending = titles(.pending) {
            return .fault(
                "schema", "not applied: \(pending)", meaning: "The service is not ready: /readyz returns 503.",
                mend: "cashpilot migrate up")
        }
        if let unknown = titles(.unknown) {
            return .warning(
                "schema", "applied by a newer program: \(unknown)", meaning: "This program is older than the schema.",
                mend: "Upgrade the program.")
        }
        return .ok("schema", "current, \(statuses.count) migrations")
    }

    static func oneOpenIndex(_ state: OneOpenIndexState) -> Finding {
        let finding =
            switch state {
            case .enforced: "the one-open index is valid"
            case .missing: "the one-open index is missing"
            case .invalid: "the one-open index is INVALID"
            case .notUnique: "the one-open index is not unique"
            case .wrongDefinition: "the one-open index has other columns or another condition"
            }
        guard state != .enforced else { return .ok("guard", finding) }
        return .fault(
            "guard", finding,
            meaning: "PostgreSQL accepts a second open session. The service locks each open-session key instead.",
            mend: "As the user who migrates: cashpilot doctor --mend")
    }

    static func duplicates(_ count: Int) -> Finding {
        guard count > 0 else { return .ok("duplicates", "no cashier has more than one open session in a business") }
        let atLeast = count >= Doctor.duplicatesMax ? "at least " : ""
        return .fault(
            "duplicates", "cashiers with more than one open session in a business: \(atLeast)\(count)",
            meaning: "PostgreSQL cannot build the one-open index, and a sale cannot be assigned to one session.",
            mend: "cashpilot preflight, then cashpilot preflight --apply")
    }

    /// - Parameter stored: the codes of the businesses, each with the number of businesses.
    static func currencies(_ stored: [(code: String, businesses: Int64)]) -> Finding {
        let unknown = stored.filter { Currency(code: $0.code) == nil }
        guard !unknown.isEmpty else { return .ok("currencies", "every business has a currency of ISO 4217") }
        let codes = unknown.map { "\($0.code) (\($0.businesses))" }.joined(separator: ", ")
        return .warning(
            "currencies", "businesses with a currency code that ISO 4217 does not have: \(codes)",
            meaning: "Tills and reports show their amounts with 2 decimals, whatever the currency.",
            mend: "Close their sessions, then: cashpilot business update --business ID --currency CODE")
    }

    /// - Parameters:
    ///   - skew: the database's clock minus this machine's, in milliseconds.
    ///   - uncertainty: half of the query's round-trip time, in milliseconds.
    static func clock(skew: Int64, uncertainty: Int64) -> Finding {
        let finding = "database clock minus this machine's clock: \(skew) ms ± \(uncertainty) ms"
        guard abs(skew) > Doctor.skewMax + uncertainty else { return .ok("clock", finding) }
        return .fault(
            "clock", finding,
            meaning: "Sessions have the database's time, but logs and ids have this machine's time.",
            mend: "Synchronize both clocks with NTP: timedatectl set-ntp true")
    }

    static func connections(_ facts: ServerFacts, _ configuration: DatabaseConfiguration) -> Finding {
        let listening = 1
        let each = configuration.connections + listening
        let finding =
            "each process uses \(each), the server allows \(facts.connectionsMax), \(facts.connections) are in use"
        guard each > facts.connectionsMax else {
            return .ok("connections", finding + "; enough for \(facts.connectionsMax / each) processes")
        }
        return .fault(
            "connections", finding, meaning: "No process can open all of its connections.",
            mend: """
                Lower DATABASE_POOL_SIZE or DATABASE_GROUPED_WRITES, or raise max_connections and restart PostgreSQL.
                """)
    }

    /// PostgreSQL 15.14 and 15.19 fixed stalls of libpq over TLS.
    static func libpq(version: Int) -> Finding {
        let finding = "libpq \(Build.libpq(version))"
        guard (150_000..<150_019).contains(version) else { return .ok("libpq", finding) }
        return .warning(
            "libpq", finding,
            meaning: "Before 15.19, a TLS connection can stall until its time limit. Others are not affected.",
            mend: "apt-get update && apt-get install --only-upgrade libpq5, then restart the service")
    }
}
