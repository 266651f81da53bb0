import ArgumentParser
import CashPilot

/// Subcommands for the cashiers of a business.
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

/// The user and the business of an assignment.
struct AssignmentTarget: ParsableArguments {
    @OptionGroup var flags: DatabaseFlags
    @Option(help: "The business's id.") var business: BusinessID
    @Option(help: "The cashier's email address.") var email: String
    @Flag(help: "Print both ids as JSON.") var json = false

    func run(_ change: @Sendable (Administration, UserID, BusinessID) async throws -> Void) async throws {
        let cashier = try await Administration.run(flags) { shop in
            let cashier = try await shop.user(email: email)
            try await change(shop, cashier, business)
            return cashier
        }
        if json { print(#"{"business_id":"\#(business)","cashier_id":"\#(cashier)"}"#) }
    }
}
