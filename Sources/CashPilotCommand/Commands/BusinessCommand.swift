import ArgumentParser
import CashPilot
import CashPilotHTTP

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

        mutating func validate() throws {
            name = try TextRule.name.checked(name, of: "--name")
            currency = try TextRule.currency.checked(currency, of: "--currency")
        }

        func run() async throws {
            let settings = try settings.change()
            let created = try await Administration.change(flags) { shop in
                var fields = settings
                fields.name = name
                fields.currency = currency
                fields.timeZone = try await shop.timeZone(named: timeZone)
                return try await shop.services.businesses.create(BusinessDraft(fields), by: .commandLine)
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
            discussion: """
                Existing sessions keep their currency, time zone and day cutoff. Fails with exit status 1 if sessions that \
                are not closed prevent a new currency or closed books. The message names them.
                """)

        @OptionGroup var flags: DatabaseFlags
        @Option(help: "The business's id.") var business: BusinessID
        @Option(help: "The display name.") var name: String?
        @Option(help: "The ISO 4217 code, such as PYG.") var currency: String?
        @Option(help: "The IANA time zone, such as America/Asuncion.") var timeZone: String?
        @OptionGroup var settings: BusinessSettings
        @Flag(help: "Whether cashiers can open sessions in it.") var activity: Activity?
        @Option(
            help: ArgumentHelp(
                "The last day of the closed books, or none. No session dated up to it may change.", valueName: "date"))
        var booksClosedUntil: BooksClosedUntil?
        @Flag(help: "Print the business as JSON.") var json = false

        mutating func validate() throws {
            name = try name.map { try TextRule.name.checked($0, of: "--name") }
            currency = try currency.map { try TextRule.currency.checked($0, of: "--currency") }
        }

        func run() async throws {
            let settings = try settings.change()
            let updated = try await Administration.change(flags) { shop in
                var change = settings
                change.name = name
                change.currency = currency
                if let timeZone { change.timeZone = try await shop.timeZone(named: timeZone) }
                change.isActive = activity.map { $0 == .active }
                if let booksClosedUntil { change.booksClosedUntil = .with(booksClosedUntil.date) }
                return try await shop.services.businesses.update(business, change, by: .commandLine)
            }
            print(json ? PrintedJSON.text(updated) : updated.line)
        }
    }
}

/// `YYYY-MM-DD`, or `none` to open the books again.
struct BooksClosedUntil: ExpressibleByArgument {
    let date: CivilDate?

    init?(argument: String) {
        date = CivilDate(iso: argument)
        guard date != nil || argument == "none" else { return nil }
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
    fileprivate var line: String { "\(id)  \(isActive ? "active" : "inactive")  \(currency)  \(timeZone)  \(name)" }
}

extension BusinessCommand {
    struct Assign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Assign a cashier to a business. Repeating it changes nothing.")

        @OptionGroup var target: AssignmentTarget

        func run() async throws {
            try await target.run { try await $0.services.businesses.assign($1, to: $2, by: .commandLine) }
        }
    }

    struct Unassign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a cashier from a business.",
            discussion: """
                Fails with exit status 1 while the cashier has an open session there. The message names the session.
                """)

        @OptionGroup var target: AssignmentTarget

        func run() async throws {
            try await target.run { try await $0.services.businesses.unassign($1, from: $2, by: .commandLine) }
        }
    }
}

struct AssignmentTarget: ParsableArguments {
    @OptionGroup var flags: DatabaseFlags
    @Option(help: "The business's id.") var business: BusinessID
    @Option(help: "The cashier's email address.") var email: String
    @Flag(help: "Print both ids as JSON.") var json = false

    func run(_ change: @Sendable (Administration, UserID, BusinessID) async throws -> Void) async throws {
        let cashier = try await Administration.change(flags) { shop in
            let cashier = try await shop.user(email: email)
            try await change(shop, cashier, business)
            return cashier
        }
        if json { print(#"{"business_id":"\#(business)","cashier_id":"\#(cashier)"}"#) }
    }
}
