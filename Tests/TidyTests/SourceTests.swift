import Foundation
import Testing

@Suite("Source rules")
struct SourceTests {
    /// What each module may import besides the language's own modules: docs/ARCHITECTURE.md, "Layers".
    private static let arrows: [String: Set<String>] = [
        "Threads": [],
        "Postgres": ["CLibPQ", "DequeModule", "Logging", "Threads"],
        "CashPilot": [],
        "CashPilotPostgres": ["CashPilot", "Postgres"],
        "JSON": [],
        "HTTPServer": [
            "HTTPTypes", "HummingbirdCore", "Logging", "NIOCore", "NIOHTTP1", "NIOHTTPTypes", "NIOHTTPTypesHTTP1",
        ],
        "Telemetry": ["JSON", "Logging", "Threads"],
        "CashPilotHTTP": [
            "CLibCrypto", "CashPilot", "HTTPServer", "HTTPTypes", "HummingbirdCore", "JSON", "Logging", "NIOCore",
            "Telemetry", "Threads",
        ],
        "CashPilotCommand": [
            "ArgumentParser", "CashPilot", "CashPilotHTTP", "CashPilotPostgres", "HTTPServer", "HummingbirdCore",
            "Logging", "NIOCore", "NIOHTTP1", "NIOPosix", "Postgres", "ServiceLifecycle", "Telemetry", "Threads",
        ],
        "EmbedFiles": [],
        "EmbedFilesPlugin": ["Foundation", "PackagePlugin"],
    ]
    private static let language: Set<String> = ["FoundationEssentials", "Glibc", "Synchronization", "Dispatch"]

    @Test("Each module imports only the modules that its layer allows", arguments: arrows.keys.sorted())
    func imports(module: String) throws {
        let allowed = try #require(Self.arrows[module]).union(Self.language)
        let files = try Project.files(in: "Sources/\(module)", ending: ".swift")
        #expect(!files.isEmpty)
        for file in files {
            for line in file.lines where line.contains(#/^(package |public )?import /#) {
                let imported = try #require(line.split(separator: " ").last?.split(separator: ".").first)
                #expect(allowed.contains(String(imported)), "\(file.path): \(line)")
            }
        }
    }

    @Test("Every folder of Sources has a list of allowed imports")
    func everyModule() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Project.root.appending(path: "Sources").path)
        #expect(Set(folders) == Set(Self.arrows.keys).union(["CLibCrypto", "CLibPQ"]))
    }

    @Test("SQL is in sql/ only, except the driver's own transaction statements")
    func noSQL() throws {
        let sql = #/(?i)"[^"]*\b(select|insert into|update|delete from)\b[^"]*\b(from|values|set|where)\b/#
        for file in try Project.files(in: "Sources", ending: ".swift") {
            let code = file.text.replacing(#/(?m)^ *\/\/.*$/#, with: "")
            #expect(code.firstMatch(of: sql) == nil, "\(file.path)")
        }
    }

    @Test("No source cancels a statement on the server, which would report an unreplicated commit as done")
    func noCancel() throws {
        for file in try Project.files(in: "Sources", ending: ".swift") + Project.files(in: "Sources", ending: ".h") {
            #expect(!file.text.localizedCaseInsensitiveContains("PQcancel"), "\(file.path)")
            #expect(!file.text.localizedCaseInsensitiveContains("PQrequestCancel"), "\(file.path)")
        }
    }

    @Test("No source file and no test file has more than 300 lines")
    func length() throws {
        for file in try Project.files(in: "Sources", ending: ".swift") + Project.files(in: "Tests", ending: ".swift") {
            #expect(file.lines.count <= 301, "\(file.path) has \(file.lines.count)")
        }
    }

    @Test("Each @unchecked Sendable is listed, and its comment explains why it is safe")
    func unchecked() throws {
        var found: [String] = []
        for file in try Project.files(in: "Sources", ending: ".swift") {
            let lines = file.lines
            for (index, line) in lines.enumerated() where line.contains("@unchecked Sendable") && !line.contains("///")
            {
                found.append(file.path)
                let above = lines[max(0, index - 8)..<index].joined(separator: "\n")
                #expect(above.localizedCaseInsensitiveContains("unchecked"), "\(file.path):\(index + 1) has no proof")
            }
        }
        #expect(found == ["Sources/Postgres/Libpq/QueryResult.swift"])
    }

    @Test("No source contains a TODO, a fatalError or a forced cast or try")
    func noStubs() throws {
        let stub = #/\b(TODO|FIXME|XXX|HACK)\b|fatalError\(|try!|as!/#
        for file in try Project.files(in: "Sources", ending: ".swift") {
            #expect(file.text.firstMatch(of: stub) == nil, "\(file.path)")
        }
    }

    @Test("No type and no comment uses a word that the glossary of docs/ARCHITECTURE.md has replaced")
    func retiredWords() throws {
        let type =
            #/\b(?:struct|class|enum|actor|protocol|typealias) (?:\w+Fault|Refusal|Blocker|Seen\w*|KeptAnswer|\w+Look|Guard\w*|Feed\w*|\w*Ledger|TimeBudget|LoneLanes|StandbyAwaiting|\w+Order|\w*Slot\w*|Door\w*|Kept\w*|Balancer)\b/#
        let comment =
            #/^ *(?:///?|--) .*\b(?:slots?|blockers?|lanes?|nudge[sd]?|kept answers?|asked for again|in the way|who asks|so many|ledger|favourite|followers?|doors?|mend(?:s|ed|ing)?|feeds?|go on|goes on|taken away|standing|refused opens?)\b/#
            .anchorsMatchLineEndings()
        let folders = [
            "BrowserTests", "EndToEndTests", "FaultHarness", "FaultHarnessTests", "HTTPTests", "TestSupport",
        ]
        let tests = try folders.flatMap { try Project.files(in: "Tests/\($0)", ending: ".swift") }
        let sources = try Project.files(in: "Sources", ending: ".swift")
        let files = try sources + tests + Project.files(in: "sql/queries", ending: ".sql")
        for file in files {
            #expect(file.text.firstMatch(of: type) == nil, "\(file.path)")
            #expect(file.text.firstMatch(of: comment) == nil, "\(file.path)")
        }
    }

    @Test("No folder of Sources has over 15 files, and CashPilotHTTP has up to 8 outside its subfolders")
    func rooms() throws {
        var files: [Substring: Int] = [:]
        for file in try Project.files(in: "Sources", ending: ".swift") {
            files[file.path[..<(file.path.lastIndex(of: "/") ?? file.path.startIndex)], default: 0] += 1
        }
        for (folder, count) in files { #expect(count <= 15, "\(folder)") }
        for module in ["CashPilot", "CashPilotPostgres", "CashPilotCommand", "Postgres"] {
            #expect(files["Sources/\(module)"] == nil)
        }
        #expect(files["Sources/CashPilotHTTP", default: 0] <= 8)
    }
}
