import Foundation
import TestSupport
import Testing

@Suite("The manual page, the completions, and the version")
struct ManualTests {
    private func program() throws -> String { try #require(CashPilotProcess.executable).path }

    /// Fails if a program is missing that must parse the output.
    private func requireReader(_ name: String) throws {
        try #require(
            FileManager.default.isExecutableFile(atPath: "/usr/bin/\(name)"),
            "\(name) is missing: scripts/install --with-tests brings it")
    }

    @Test("The manual page contains every command and setting, and mandoc reports no warning")
    func manual() async throws {
        let page = try await Shell.output(
            #""$1" --experimental-dump-help | python3 "$2/scripts/manual.py" 2026-11-23"#,
            [program(), Repository.root.path])
        #expect(page.hasPrefix(".Dd November 23, 2026\n.Dt CASHPILOT 1\n"))
        for text in try Repository.text("docs/COMMANDS.md").matches(of: #/(?m)^#+ `(.*)`$/#) {
            #expect(page.contains("\n.Ss \(text.1)\n"))
        }
        for setting in try await CashPilotProcess.run(["config", "--markdown"], environment: [:])
            .matches(of: #/(?m)^\| `([A-Z_]+)` \| `--([a-z-]+)`/#)
        {
            #expect(page.contains("\n.It Ev \(setting.1) Pq Fl -\(setting.2)\n"), "\(setting.1)")
        }
        let statuses = try #require(page.split(separator: "\n.Sh EXIT STATUS\n").last)
        for status in ["0", "1", "2", "64"] { #expect(statuses.contains(".It \(status)\n"), "\(status)") }
        try requireReader("mandoc")
        let said = try await Shell.output(
            #"printf %s "$1" | mandoc -T lint -W style -K utf-8 || true"#, [page])
        #expect(said.isEmpty, "\(said)")
    }

    @Test("Every command except serve accepts --json")
    func json() throws {
        let sections = try Repository.text("docs/COMMANDS.md").split(separator: "\n#").dropFirst()
        let names = sections.map { $0.drop { $0 == "#" || $0 == " " }.prefix { $0 != "\n" }.filter { $0 != "`" } }
        for (name, section) in zip(names, sections) where !names.contains(where: { $0.hasPrefix(name + " ") }) {
            // `serve` prints only its addresses; its log is JSON.
            #expect(section.contains("| `--json` |") != (name == "cashpilot serve"), "\(name)")
        }
    }

    @Test("Each shell accepts its completion script", arguments: ["bash", "zsh", "fish"])
    func completions(shell: String) async throws {
        let script = try await CashPilotProcess.run(["--generate-completion-script", shell], environment: [:])
        #expect(script.contains("sessions"))
        try requireReader(shell)
        // Too long for an argument.
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        try script.write(to: file, atomically: true, encoding: .utf8)
        _ = try await Shell.output(#""$1" -n "$2""#, [shell, file.path])
    }

    @Test("The version of the program is in CHANGELOG.md")
    func version() async throws {
        let version = try await CashPilotProcess.run(["--version"], environment: [:])
        let number = version.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(number.contains(#/^\d+\.\d+\.\d+$/#))
        #expect(try Repository.text("CHANGELOG.md").contains(number))
    }
}
