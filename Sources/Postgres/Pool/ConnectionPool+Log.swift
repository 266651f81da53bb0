import Logging

/// Log entries about the connections.
extension ConnectionPool {
    func log(_ event: PoolScheduler.Event) {
        switch event {
        case .unreachable(let reason):
            logger.warning("database unreachable", metadata: ["reason": "\(reason)\(advice(about: reason))"])
        case .reachable: logger.notice("database reachable again")
        case .connectionLost(let reason, let inFlight):
            logger.warning(
                "database connection lost", metadata: ["reason": "\(reason)", "underWay": "\(inFlight)"])
        }
    }

    /// The advice if the user is not a member of the role. The error names the role in every language.
    private func advice(about failure: String) -> String {
        guard let role = configuration.role, failure.contains("\"\(role)\"") else { return "" }
        return "; the migrations create the role, and the user must be a member of it: GRANT \(role) TO the user"
    }
}
