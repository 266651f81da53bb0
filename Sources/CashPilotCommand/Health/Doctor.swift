import CashPilot
import CashPilotPostgres
import Postgres

/// Runs the health checks of the database and of other dependencies. Changes nothing.
struct Doctor {
    let configuration: DatabaseConfiguration

    /// Maximum accepted difference between the clocks of this machine and the database.
    static let skewMax: Int64 = 2_000  // ms
    /// Maximum number of duplicates that the check counts.
    static let duplicatesMax = 1_000

    /// Runs all checks. The first finding is the connection; if the connection fails, it is the only finding.
    func examine() async -> [Finding] {
        do {
            return try await findings(PostgresHealthChecks(configuration, toAnyHost: false))
        } catch {
            // A read-only host still gives more findings than no host.
            guard let other = try? PostgresHealthChecks(configuration, toAnyHost: true) else {
                return [.unreachable("\(error)")]
            }
            return (try? await findings(other)) ?? [.unreachable("\(error)")]
        }
    }

    private func findings(_ healthChecks: PostgresHealthChecks) async throws -> [Finding] {
        let before = System.milliseconds()
        let facts = try healthChecks.facts()
        let after = System.milliseconds()
        return [
            .connection(facts, isEncrypted: healthChecks.isEncrypted),
            .writable(facts),
            .role(facts),
            await schema(),
            theIndex(healthChecks),
            duplicates(healthChecks),
            .clock(skew: facts.clock - (before + after) / 2, uncertainty: (after - before) / 2),
            .connections(facts, configuration),
            .libpq(version: BlockingConnection.libpqVersion),
        ]
    }

    private func schema() async -> Finding {
        do {
            return .schema(try await Migrator(configuration, files: Migrations.files).status())
        } catch {
            return .unknown("schema", error)
        }
    }

    private func theIndex(_ healthChecks: PostgresHealthChecks) -> Finding {
        do {
            return .oneOpenIndex(try healthChecks.oneOpenIndexState())
        } catch {
            return .unknown("guard", error)
        }
    }

    private func duplicates(_ healthChecks: PostgresHealthChecks) -> Finding {
        do {
            return .duplicates(try healthChecks.duplicates(limit: Self.duplicatesMax))
        } catch {
            return .unknown("duplicates", error)
        }
    }
}
