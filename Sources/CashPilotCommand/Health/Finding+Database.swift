import CashPilot
import CashPilotPostgres
import Postgres

/// The possible findings of each health check, with their meaning and repair.
extension Finding {
    static func unreachable(_ reason: String) -> Finding {
        .fault(
            "connection", reason, meaning: "Nothing works without the database: every request is answered 503.",
            mend: "Check DATABASE_URL, that PostgreSQL runs, and that this machine may connect (pg_hba.conf).")
    }

    /// The check itself failed.
    static func unknown(_ name: String, _ error: any Error) -> Finding {
        .fault(
            name, "\(error)", meaning: "It could not be looked at.",
            mend: "cashpilot migrate up, if the schema is not there; else as the message says")
    }

    static func connection(_ facts: ServerFacts, isEncrypted: Bool) -> Finding {
        let finding =
            "PostgreSQL \(facts.version) at \(facts.address), database \(facts.database), user \(facts.user), "
            + (isEncrypted ? "with TLS" : "without TLS")
        guard facts.versionNumber < 150_000 else { return .ok("connection", finding) }
        return .fault(
            "connection", finding, meaning: "The service is made for PostgreSQL 15 or later.",
            mend: "Upgrade the server.")
    }

    static func writable(_ facts: ServerFacts) -> Finding {
        guard !facts.isWritable else { return .ok("writable", "the database accepts writes") }
        return .fault(
            "writable", "the database only reads",
            meaning: "It is a standby, or told to be read-only: nothing can be opened or closed.",
            mend: "Name the primary in DATABASE_URL, or promote this server.")
    }

    static func role(_ facts: ServerFacts) -> Finding {
        switch facts.mayServe {
        case true?: .ok("role", "\(facts.user) may work as cashpilot_app")
        case false? where facts.mayMigrate: .ok("role", "\(facts.user) migrates, and does not serve")
        case false?:
            .warning(
                "role", "\(facts.user) may not work as cashpilot_app",
                meaning:
                    "`cashpilot serve` cannot connect as this user, unless DATABASE_ROLE names another role or none.",
                mend: "As a superuser: grant cashpilot_app to \"\(facts.user)\"")
        case nil:
            .warning(
                "role", "there is no role cashpilot_app",
                meaning: "`cashpilot serve` cannot connect, unless DATABASE_ROLE names another role or none.",
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
                "schema", "changed since it was applied: \(changed)",
                meaning: "The database was made by another version of these files.",
                mend: "Run the program that belongs to this database.")
        }
        if let pending = titles(.pending) {
            return .fault(
                "schema", "not applied: \(pending)", meaning: "The service is not ready: /readyz answers 503.",
                mend: "cashpilot migrate up")
        }
        if let unknown = titles(.unknown) {
            return .warning(
                "schema", "applied by a newer program: \(unknown)", meaning: "This program is older than its database.",
                mend: "Upgrade the program.")
        }
        return .ok("schema", "current, \(statuses.count) migrations")
    }

    static func oneOpenIndex(_ state: OneOpenIndexState) -> Finding {
        let finding =
            switch state {
            case .enforced: "the unique index stands"
            case .missing: "the unique index is missing"
            case .invalid: "the unique index is INVALID"
            case .notUnique: "the index with the guard's name is not unique"
            case .wrongDefinition: "the index with the guard's name has other columns or another condition"
            }
        guard state != .enforced else { return .ok("guard", finding) }
        return .fault(
            "guard", finding,
            meaning: "The database does not refuse a second open session; the service locks each slot instead.",
            mend: "As the user who migrates: cashpilot doctor --mend")
    }

    static func duplicates(_ count: Int) -> Finding {
        guard count > 0 else { return .ok("duplicates", "no cashier has more than one open session in a business") }
        let atLeast = count >= Doctor.duplicatesMax ? "at least " : ""
        return .fault(
            "duplicates", "cashiers with more than one open session in a business: \(atLeast)\(count)",
            meaning: "The guard cannot be built, and their cash cannot be told apart.",
            mend: "cashpilot preflight, then cashpilot preflight --apply")
    }
}
