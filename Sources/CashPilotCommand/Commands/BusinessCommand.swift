import ArgumentParser
import CashPilot
import CashPilotHTTP

/// `cashpilot business`: businesses and their cashiers.
struct BusinessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "business", abstract: "Manage businesses and their cashiers.",
        subcommands: [Create.self, List.self, Update.self, Assign.self, Unassign.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Create a business and print its id.")

        @OptionGroup var flags: DatabaseFlags
        @Option(help: "The display name.") var name: String
        @Option(help: "The ISO 4217 code, such as PYG.") var currency: String
        @Option(help: "The IANA time zone, such as America/Asuncion.") var timeZone: String
        @OptionGroup var settings: BusinessSettings
        @Flag(help: "Print the business as JSON.") var json = false

        func validate() throws {
            try TextRule.name.check(name, of: "--name")
            try TextRule.currency.check(currency, of: "--currency")
        }

        func run() async throws {
            let change = try settings.change()
            let created = try await Administration.run(flags) { shop in
                var draft = BusinessDraft(
                    name: name, currency: currency, timeZone: try await shop.timeZone(named: timeZone))
                draft.dayCutoffMinutes = change.dayCutoffMinutes ?? draft.dayCutoffMinutes
                draft.staleAfterHours = change.staleAfterHours ?? draft.staleAfterHours
                draft.editWindowHours = change.editWindowHours ?? draft.editWindowHours
                return try await shop.services.businesses.create(draft, by: .commandLine)
            }
            print(json ? PrintedJSON.text(created.value) : "\(created.value.id)")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all businesses, newest first.")

        @OptionGroup var flags: DatabaseFlags
        @Flag(help: "Print one JSON object per line.") var json = false

        func run() async throws {
            try await Administration.run(flags) { [json] shop in
                try await printAll(
                    of: { try await shop.services.businesses.businesses(for: .commandLine, after: $0, limit: 200) },
                    { json ? PrintedJSON.text($0) : $0.line })
            }
        }
    }

    struct Update: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a business. Fields without an option stay unchanged.",
            discussion: "Existing sessions keep their currency and time zone.")

        @OptionGroup var flags: DatabaseFlags
        @Option(help: "The business's id.") var business: BusinessID
        @Option(help: "The display name.") var name: String?
        @Option(help: "The ISO 4217 code, such as PYG.") var currency: String?
        @Option(help: "The IANA time zone, such as America/Asuncion.") var timeZone: String?
        @OptionGroup var settings: BusinessSettings
        @Flag(help: "Whether cashiers can open sessions in it.") var activity: Activity?
        @Flag(help: "Print the business as JSON.") var json = false

        func validate() throws {
            try TextRule.name.check(name, of: "--name")
            try TextRule.currency.check(currency, of: "--currency")
        }

        func run() async throws {
            let settings = try settings.change()
            let updated = try await Administration.run(flags) { shop in
                var change = settings
                change.name = name
                change.currency = currency
                if let timeZone { change.timeZone = try await shop.timeZone(named: timeZone) }
                change.isActive = activity.map { $0 == .active }
                return try await shop.services.businesses.update(business, change, by: .commandLine)
            }
            print(json ? PrintedJSON.text(updated) : updated.line)
        }
    }
}

/// The settings of a business that have defaults.
struct BusinessSettings: ParsableArguments {
    @Option(help: "The start of the business day, HH:MM.") var dayCutoff: String?
    @Option(help: "Hours after which an open session is stale.") var staleAfterHours: Int?
    @Option(help: "Hours during which a cashier may edit a closed session.") var editWindowHours: Int?

    /// - Throws: `ValidationError`.
    func change() throws -> BusinessChange {
        var change = BusinessChange()
        if let dayCutoff {
            guard let minute = MinuteOfDay.read(dayCutoff) else { throw ValidationError("--day-cutoff must be HH:MM") }
            change.dayCutoffMinutes = minute
        }
        change.staleAfterHours = try Self.checked(staleAfterHours, Business.staleAfterHours, "--stale-after-hours")
        change.editWindowHours = try Self.checked(editWindowHours, Business.editWindowHours, "--edit-window-hours")
        return change
    }

    private static func checked(_ hours: Int?, _ range: ClosedRange<Int>, _ option: String) throws -> Int? {
        guard let hours else { return nil }
        guard range.contains(hours) else {
            throw ValidationError("\(option) must be \(range.lowerBound)–\(range.upperBound)")
        }
        return hours
    }
}

extension Business {
    fileprivate var line: String {
        "\(id)  \(isActive ? "active" : "inactive")  \(currency)  \(timeZone)  \(name)"
    }
}
