import Foundation
import TestSupport
import Testing

@Suite("Output on a terminal")
struct TerminalTests {
    /// Runs a command on a pseudo-terminal and prints its output.
    private static let terminal = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)"

    private func start(
        _ arguments: [String], _ environment: [String: String], onTerminal: Bool
    ) throws -> CashPilotProcess {
        let program = try #require(CashPilotProcess.executable)
        let settings = environment.merging(["PATH": "/usr/bin:/bin", "TERM": "xterm"]) { given, _ in given }
        guard onTerminal else { return try CashPilotProcess(arguments, environment: settings) }
        return try CashPilotProcess(
            ["-c", Self.terminal, program.path] + arguments, environment: settings,
            executable: URL(filePath: "/usr/bin/python3"))
    }

    private func run(
        _ arguments: [String], _ environment: [String: String], onTerminal: Bool
    ) async throws -> String {
        let process = try start(arguments, environment, onTerminal: onTerminal)
        try await process.wait()
        return process.output + process.errors
    }

    @Test("Levels are coloured on a terminal unless NO_COLOR is set")
    func colours() async throws {
        try await withShop { shop in
            let database = Limits.patient.merging(["DATABASE_URL": shop.connectionString]) { _, own in own }
            let shown = try await run(["doctor"], database, onTerminal: true)
            #expect(shown.contains("\u{1B}[32mok\u{1B}[0m"), "\(shown)")
            let plain = [
                try await run(["doctor"], database, onTerminal: false),
                try await run(["doctor", "--json"], database, onTerminal: true),
                try await run(["doctor"], database.merging(["NO_COLOR": "1"]) { $1 }, onTerminal: true),
                try await run(["doctor"], database.merging(["TERM": "dumb"]) { $1 }, onTerminal: true),
            ]
            // A terminal also shows the waiting time of a slow command, and erases it by an escape sequence.
            for text in plain { #expect(text.contains("ok") && !text.contains(#/\u{1B}\[\d+m/#), "\(text)") }
            let empty = try await run(["doctor"], database.merging(["NO_COLOR": ""]) { $1 }, onTerminal: true)
            #expect(empty.contains("\u{1B}[32m"))
        }
    }

    @Test(
        "A command that waits over 1 s for the database shows the time on a terminal, and then erases it",
        arguments: [["user", "list"], ["business", "list"], ["key", "list"], ["demo", "seed"]])
    func waiting(command: [String]) async throws {
        try await withShop { shop in
            let command = command == ["demo", "seed"] ? try shop.confirmed(command) : command
            let line = try await DatabaseLine.open(to: shop.connectionString)
            // A connection attempt on the silent link times out after 2 s, and the command waits for up to 30 s.
            let limits = Limits.settings(connect: 2_000, pool: 30_000, lock: 40_000, statement: 50_000, request: 60_000)
            let environment = limits.merging(["DATABASE_URL": line.connectionString]) { _, own in own }
            line.arm(.silence)
            let shown = try start(command, environment, onTerminal: true)
            try await eventually("the waiting time is shown") {
                shown.output.contains(#/waiting for the database: \d+ s\r/#) ? true : nil
            }
            line.disarm()
            #expect(try await shown.wait() == 0, "\(shown.output)")
            line.arm(.silence)
            let silent = try start(command, environment, onTerminal: false)
            try await Task.sleep(for: .seconds(2))
            line.disarm()
            #expect(try await silent.wait() == 0, "\(silent.errors)")
            #expect(!(silent.output + silent.errors).contains("waiting for the database"))
            let parts = shown.output.replacing("\r\n", with: "\n")
                .split(separator: "\u{1B}[K", omittingEmptySubsequences: false)
            #expect(parts.count == 2)
            #expect(parts.last.map(String.init) == silent.output)
            try await line.close()
        }
    }
}
