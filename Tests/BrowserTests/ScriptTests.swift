import Foundation
import TestSupport
import Testing

/// The script as it is served, and its logic without a page, in an engine that knows ES5 and nothing newer.
@Suite("The till page's script is written for IE11, and checked with an ES5 engine")
struct ScriptTests {
    private static let mujs = "/usr/bin/mujs"

    /// What is between the script's tags in the page that the program serves.
    private func servedScript() async throws -> String {
        var script = ""
        try await withShop { shop in
            let page = try await shop.stranger.get("/till").text
            let parts = page.split(separator: "<script>", omittingEmptySubsequences: false)
            try #require(parts.count == 2)
            script = String(parts[1].split(separator: "</script>", omittingEmptySubsequences: false)[0])
        }
        return script
    }

    /// Runs a script in the engine.
    private func run(_ path: String, _ arguments: [String] = []) async throws -> (status: Int32, printed: String) {
        guard FileManager.default.isExecutableFile(atPath: Self.mujs) else {
            throw Browser.Failure(
                description: "\(Self.mujs) is missing. Run scripts/install --with-tests, or install Debian's mujs.")
        }
        let engine = try CashPilotProcess(
            [path] + arguments, environment: ["PATH": "/usr/bin:/bin"], executable: URL(filePath: Self.mujs))
        let status = try await engine.wait()
        return (status, engine.output + engine.errors)
    }

    /// What the engine says when it reads a script without running it; `nil` if it has nothing against it.
    private func complaint(about script: String) async throws -> String? {
        let file = FileManager.default.temporaryDirectory.appending(path: "till-\(UUID().uuidString).js")
        defer { try? FileManager.default.removeItem(at: file) }
        try "function never() {\n\(script)\n}\nprint('read');\n".write(to: file, atomically: true, encoding: .utf8)
        let (status, printed) = try await run(file.path)
        return status == 0 && printed == "read\n" ? nil : printed
    }

    @Test("An ES5 engine reads the script that is served")
    func es5() async throws {
        let script = try await servedScript()
        #expect(script.count > 20_000)
        let complaint = try await complaint(about: script)
        #expect(complaint == nil)
    }

    @Test(
        "The engine that says so refuses what IE11 does not know",
        arguments: ["let x = 1;", "var f = () => 1;", "var t = `text`;", "class A {}", "var {a} = {};", "f(...[1]);"])
    func refuses(newer: String) async throws {
        let complaint = try await complaint(about: newer)
        #expect(complaint?.contains("SyntaxError") == true)
    }

    @Test("Its logic passes its tests in an ES5 engine")
    func logic() async throws {
        let (status, printed) = try await run(
            Repository.root.appending(path: "Tests/BrowserTests/till-logic.test.js").path,
            [Repository.root.appending(path: "till").path])
        #expect(status == 0)
        #expect(printed == "378 checks, 0 failures\n")
    }

    @Test("It uses nothing that came after IE11, makes no markup of texts, and keeps nothing")
    func names() async throws {
        let newer =
            #/\b(fetch|Promise|Symbol|Proxy|Map|Set|WeakMap|Reflect|Intl)\b|Object\.(assign|entries|values)|\.(includes|startsWith|endsWith|repeat|padStart|find|findIndex|closest|matches|remove|append|prepend|replaceWith|toggleAttribute|dataset|flat|isInteger|isNaN)\(|Number\.is|Array\.(from|of)|event\.(key|code)\b/#
        let markup = #/innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|srcdoc|javascript:/#
        let kept = #/localStorage|sessionStorage|indexedDB|\.cookie|caches\b|history\./#
        for line in try await servedScript().split(separator: "\n")
        where !line.drop(while: { $0 == " " }).hasPrefix("//") {
            #expect(line.firstMatch(of: newer) == nil, "\(line)")
            #expect(line.firstMatch(of: markup) == nil, "\(line)")
            #expect(line.firstMatch(of: kept) == nil, "\(line)")
        }
    }
}
