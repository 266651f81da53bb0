import ArgumentParser
import CashPilot
import CashPilotHTTP

/// `cashpilot business`: businesses and their cashiers.
struct BusinessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "business", abstract: "Businesses, and who works in them.",
        subcommands: [Create.self, List.self, Update.self, Assign.self, Unassign.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Create a business and print its id.")

        @OptionGroup var flags: DatabaseFlags
        @Option(help: "How people call it.") var name: String
        @Option(help: "ISO 4217, such as PYG.") var currency: String
        @Option(help: "An IANA name, such as America/Asuncion.") var timeZone: String
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
                return try await shop.businesses.create(draft, by: .commandLine)
            }
            print(json ? PrintedJSON.text(created.value) : "\(created.value.id)")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all businesses, newest first.")

        @OptionGroup var flags: DatabaseFlags
        @Flag(help: "Print a JSON object a line.") var json = false

        func run() async throws {
            try await Administration.run(flags) { [json] shop in
                try await printAll(
                    of: { try await shop.businesses.businesses(for: .commandLine, after: $0, limit: 200) },
                    { json ? PrintedJSON.text($0) : $0.line })
            }
        }
    }

    struct Update: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a business. What is not named stays.",
            discussion: "Sessions keep the currency and the time zone that they were opened with.")

        @OptionGroup var flags: DatabaseFlags
        @Option(help: "Which business.") var business: BusinessID
        @Option(help: "How people call it.") var name: String?
        @Option(help: "ISO 4217, such as PYG.") var currency: String?
        @Option(help: "An IANA name, such as America/Asuncion.") var timeZone: String?
        @OptionGroup var settings: BusinessSettings
        @Flag(help: "Whether sessions can be opened in it.") var activity: Activity?
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
                return try await shop.businesses.update(business, change, by: .commandLine)
            }
            print(json ? PrintedJSON.text(updated) : updated.line)
        }
    }
}

/// The settings of a business that have defaults.
struct BusinessSettings: ParsableArguments {
    @Option(help: "When its business day begins, HH:MM.") var dayCutoff: String?
    @Option(help: "After how many hours an open session is marked stale.") var staleAfterHours: Int?
    @Option(help: "How many hours a cashier may edit a closed session.") var editWindowHours: Int?

    /// - Throws: `ValidationError`.
    func change() throws -> BusinessChange {
        var change = BusinessChange()
        if let dayCutoff {
            guard let minute = MinuteOfDay.read(dayCutoff) else { throw ValidationError("--day-cutoff: HH:MM") }
            change.dayCutoffMinutes = minute
        }
        change.staleAfterHours = try Self.checked(staleAfterHours, Business.staleAfterHours, "--stale-after-hours")
        change.editWindowHours = try Self.checked(editWindowHours, Business.editWindowHours, "--edit-window-hours")
        return change
    }

    private static func checked(_ hours: Int?, _ range: ClosedRange<Int>, _ option: String) throws -> Int? {
        guard let hours else { return nil }
        guard range.contains(hours) else {
            throw ValidationError("\(option): \(range.lowerBound)–\(range.upperBound)")
        }
        return hours
    }
}

extension Business {
    fileprivate var line: String {
        "\(id)  \(isActive ? "active" : "inactive")  \(currency)  \(timeZone)  \(name)"
    }
}
