import Foundation
import TestSupport
import Testing

@Suite("What a terminal is shown, and a file is not")
struct TerminalTests {
    /// Runs a command on a terminal of its own, and prints what the terminal was sent.
    private static let terminal = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)"

    private func run(
        _ arguments: [String], _ environment: [String: String], onTerminal: Bool
    ) async throws -> String {
        let program = try #require(CashPilotProcess.executable)
        let settings = environment.merging(["PATH": "/usr/bin:/bin", "TERM": "xterm"]) { given, _ in given }
        let process =
            onTerminal
            ? try CashPilotProcess(
                ["-c", Self.terminal, program.path] + arguments, environment: settings,
                executable: URL(filePath: "/usr/bin/python3"))
            : try CashPilotProcess(arguments, environment: settings)
        try await process.wait()
        return process.output + process.errors
    }

    @Test("Levels are in colour on a terminal, unless NO_COLOR says no")
    func colours() async throws {
        try await withShop { shop in
            let database = ["DATABASE_URL": shop.connectionString]
            let shown = try await run(["doctor"], database, onTerminal: true)
            #expect(shown.contains("\u{1B}[32mok\u{1B}[0m"), "\(shown)")
            let plain = [
                try await run(["doctor"], database, onTerminal: false),
                try await run(["doctor", "--json"], database, onTerminal: true),
                try await run(["doctor"], database.merging(["NO_COLOR": "1"]) { $1 }, onTerminal: true),
                try await run(["doctor"], database.merging(["TERM": "dumb"]) { $1 }, onTerminal: true),
            ]
            for text in plain { #expect(text.contains("ok") && !text.contains("\u{1B}"), "\(text)") }
            let empty = try await run(["doctor"], database.merging(["NO_COLOR": ""]) { $1 }, onTerminal: true)
            #expect(empty.contains("\u{1B}[32m"))
        }
    }
}
