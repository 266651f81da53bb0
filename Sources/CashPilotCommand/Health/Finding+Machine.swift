import CashPilotPostgres
import Postgres

extension Finding {
    /// - Parameters:
    ///   - skew: the database's clock minus this machine's, in milliseconds.
    ///   - uncertainty: half of the query's round-trip time, in milliseconds.
    static func clock(skew: Int64, uncertainty: Int64) -> Finding {
        let finding = "database clock minus this machine's clock: \(skew) ms ± \(uncertainty) ms"
        guard abs(skew) > Doctor.skewMax + uncertainty else { return .ok("clock", finding) }
        return .fault(
            "clock", finding,
            meaning: "Sessions have the database's time, but tokens and logs have this machine's time.",
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
