import ArgumentParser

/// The options that confirm a command that removes data, or creates accounts with public passwords.
///
/// The name of the database proves that the person knows on which one the command works.
struct Confirmation: ParsableArguments {
    @Flag(help: "Make the change. Without it, the command only shows what it would do, with exit status 2.")
    var yes = false
    @Option(help: "The name of the database. Required with --yes.") var database: String?

    func validate() throws {
        guard yes == (database != nil) else { throw ValidationError("--yes and --database NAME require each other.") }
    }

    /// Prints `plan` and ends the command, unless it is confirmed for the database of this name.
    ///
    /// - Throws: ``CommandError`` if the confirmation names another database; `ExitCode` without a confirmation.
    func require(_ plan: String, on name: String) throws {
        guard yes else {
            print(plan)
            System.say("Nothing was changed. To make the change, add: --yes --database \(name)\n")
            throw ExitCode(2)
        }
        guard database == name else {
            throw CommandError(
                description: "--database \(database ?? ""): the database is named \(name); nothing was changed")
        }
    }
}
