import ArgumentParser
import CashPilot

/// Subcommands for the cashiers of a business.
extension BusinessCommand {
    struct Assign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let somebody work in a business. Nothing changes if they do already.")

        @OptionGroup var target: AssignmentTarget

        func run() async throws {
            try await target.run { try await $0.businesses.assign($1, to: $2, by: .commandLine) }
        }
    }

    struct Unassign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End that somebody works in a business.",
            discussion: "Refused while they have a session open there, which the message names; exit status 1.")

        @OptionGroup var target: AssignmentTarget

        func run() async throws {
            try await target.run { try await $0.businesses.unassign($1, from: $2, by: .commandLine) }
        }
    }
}

/// The user and the business of an assignment.
struct AssignmentTarget: ParsableArguments {
    @OptionGroup var flags: DatabaseFlags
    @Option(help: "Which business.") var business: BusinessID
    @Option(help: "Who: the address they log in with.") var email: String
    @Flag(help: "Print the two ids as JSON.") var json = false

    func run(_ change: @Sendable (Administration, UserID, BusinessID) async throws -> Void) async throws {
        let cashier = try await Administration.run(flags) { shop in
            let cashier = try await shop.user(email: email)
            try await change(shop, cashier, business)
            return cashier
        }
        if json { print(#"{"business_id":"\#(business)","cashier_id":"\#(cashier)"}"#) }
    }
}
