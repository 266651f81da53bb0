import ArgumentParser
import CashPilot
import CashPilotHTTP
import CashPilotPostgres

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Load sample data.", subcommands: [Seed.self])

    struct Seed: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Load or restore the demo data: one administrator, four cashiers, three businesses.",
            discussion: """
                The passwords are public, and the command prints them. Without --yes, it only lists what it would \
                create. It refuses a database with any other account. Do not use it in production.
                """)

        @OptionGroup var flags: DatabaseFlags
        @OptionGroup var confirmation: Confirmation
        @Flag(help: "Print the data as JSON.") var json = false

        func run() async throws {
            let data = try await withDatabase(flags.configuration()) { [confirmation] database in
                let facts = try await PostgresHealth(database: database).deploymentFacts()
                guard facts.realAccounts == 0 else { throw CommandError(refusing: facts) }
                let data = DemoData(ids: System.ids)
                try confirmation.require(data.plan, on: facts.database)
                let hash = try await ScryptHasher(random: System.random).hash(DemoData.password)
                let loaded = try await DemoStore(database: database).load(data, passwordHash: hash)
                await sealEvents(in: database)
                return loaded
            }
            let output = DemoOutput(data)
            print(json ? try JSONTree.indented(output) : output.text)
        }
    }
}

extension CommandError {
    fileprivate init(refusing facts: DeploymentFacts) {
        self.init(
            description: """
                the database \(facts.database) has \(facts.realAccounts) accounts that are not demo accounts; demo \
                accounts have a public password, so nothing was changed
                """)
    }
}

extension DemoData {
    /// A line for each account and business.
    fileprivate var plan: String {
        let accounts = people.map { "would create or restore \($0.role.rawValue) \($0.email), with a public password" }
        return (accounts + businesses.map { "would create or restore the business \($0.name)" }).joined(separator: "\n")
    }
}

private struct DemoOutput: Encodable {
    struct Person: Encodable {
        let id, email, password, name: String
        let business_ids: [String]?
    }

    struct Business: Encodable {
        let id, name, time_zone, currency: String
        let currency_minor_units: Int
    }

    let admin: Person?
    let cashiers: [Person]
    let businesses: [Business]

    init(_ data: DemoData) {
        func person(_ person: DemoData.Person) -> Person {
            Person(
                id: "\(person.id)", email: person.email, password: DemoData.password, name: person.name,
                business_ids: person.role == .admin ? nil : person.businesses.map { "\(data.businesses[$0].id)" })
        }
        admin = data.people.first { $0.role == .admin }.map(person)
        cashiers = data.people.filter { $0.role == .cashier }.map(person)
        businesses = data.businesses.map {
            Business(
                id: "\($0.id)", name: $0.name, time_zone: $0.timeZone, currency: $0.currency,
                currency_minor_units: Currency.minorUnits(ofStored: $0.currency))
        }
    }

    var text: String {
        let people = ([admin].compactMap { $0 } + cashiers).map { "\($0.name)  \($0.email)  \($0.password)" }
        return (people + businesses.map { "\($0.name)  \($0.id)" }).joined(separator: "\n")
    }
}
