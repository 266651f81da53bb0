import Foundation
import TestSupport
import Testing

@Suite("The manual page, the completions, and the version")
struct ManualTests {
    private func program() throws -> String { try #require(CashPilotProcess.executable).path }

    /// Fails if a program of the machine is missing that reads what is printed here.
    private func requireReader(_ name: String) throws {
        try #require(
            FileManager.default.isExecutableFile(atPath: "/usr/bin/\(name)"),
            "\(name) is missing: scripts/install --with-tests brings it")
    }

    @Test("The manual page has every command and setting, and mandoc has nothing to say about it")
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

    @Test("Every command that prints prints JSON too, if asked for")
    func json() throws {
        let sections = try Repository.text("docs/COMMANDS.md").split(separator: "\n#").dropFirst()
        let names = sections.map { $0.drop { $0 == "#" || $0 == " " }.prefix { $0 != "\n" }.filter { $0 != "`" } }
        for (name, section) in zip(names, sections) where !names.contains(where: { $0.hasPrefix(name + " ") }) {
            // What `serve` prints is where it listens; its log is JSON by itself.
            #expect(section.contains("| `--json` |") != (name == "cashpilot serve"), "\(name)")
        }
    }

    @Test("Each shell can read its completions", arguments: ["bash", "zsh", "fish"])
    func completions(shell: String) async throws {
        let script = try await CashPilotProcess.run(["--generate-completion-script", shell], environment: [:])
        #expect(script.contains("sessions"))
        try requireReader(shell)
        _ = try await Shell.output(
            #"file=$(mktemp) && trap 'rm "$file"' EXIT && printf %s "$1" >"$file" && "$2" -n "$file""#, [script, shell])
    }

    @Test("The version is one that the changelog tells of")
    func version() async throws {
        let version = try await CashPilotProcess.run(["--version"], environment: [:])
        let number = version.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(number.contains(#/^\d+\.\d+\.\d+$/#))
        #expect(try Repository.text("CHANGELOG.md").contains(number))
    }
}
