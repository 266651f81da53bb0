import CashPilotPostgres

extension Finding {
    static func superuser(_ facts: DeploymentFacts) -> Finding {
        guard facts.mayBecomeSuperuser else { return .ok("superuser", "\(facts.login) cannot become a superuser") }
        return .warning(
            "superuser", "\(facts.login) is a superuser or a member of one",
            meaning: "Code that runs in the service could change the audit trail, the schema and the server.",
            mend: "Use another user for `cashpilot serve`: create role till login; grant cashpilot_app to till")
    }

    static func demoAccounts(_ facts: DeploymentFacts) -> Finding {
        guard facts.demoAccounts > 0 else { return .ok("demo", "no demo account is active") }
        return .warning(
            "demo", "active demo accounts: \(facts.demoAccounts)",
            meaning: "Their password is public, and one of them is an administrator.",
            mend: "In production, for each: cashpilot user update --email NAME@demo.example --inactive")
    }
}
