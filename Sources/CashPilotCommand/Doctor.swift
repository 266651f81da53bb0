import CashPilot
import CashPilotPostgres
import Postgres

/// Looks at everything outside the program that it depends on. Changes nothing.
struct Doctor {
    let configuration: DatabaseConfiguration

    /// Beyond this the machine's clock and the database's disagree.
    static let skewMax: Int64 = 2_000  // ms
    /// How many duplicates are counted.
    static let duplicatesMax = 1_000

    /// What was found. The first finding is the connection; if it is a fault there are no others.
    func examine() async -> [Finding] {
        do {
            return try await findings(PostgresExamination(configuration, toAnyHost: false))
        } catch {
            // A host that only reads can tell more than none.
            guard let other = try? PostgresExamination(configuration, toAnyHost: true) else {
                return [.unreachable("\(error)")]
            }
            return (try? await findings(other)) ?? [.unreachable("\(error)")]
        }
    }

    private func findings(_ examination: PostgresExamination) async throws -> [Finding] {
        let before = System.milliseconds()
        let facts = try examination.facts()
        let after = System.milliseconds()
        return [
            .connection(facts, isEncrypted: examination.isEncrypted),
            .writable(facts),
            .role(facts),
            await schema(),
            theGuard(examination),
            duplicates(examination),
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

    private func theGuard(_ examination: PostgresExamination) -> Finding {
        do {
            return .guardIndex(try examination.guardState())
        } catch {
            return .unknown("guard", error)
        }
    }

    private func duplicates(_ examination: PostgresExamination) -> Finding {
        do {
            return .duplicates(try examination.duplicates(limit: Self.duplicatesMax))
        } catch {
            return .unknown("duplicates", error)
        }
    }
}
