import Foundation
import TestSupport
import Testing

/// Tests the served script, and its logic without a page, in an engine that supports only ES5.
@Suite("The till page's script")
struct ScriptTests {
    private static let mujs = "/usr/bin/mujs"

    /// The script in the served page.
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

    /// Runs a script file in the engine.
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

    /// The error of the engine when it parses a script; `nil` if the script is valid.
    private func parseError(of script: String) async throws -> String? {
        let file = FileManager.default.temporaryDirectory.appending(path: "till-\(UUID().uuidString).js")
        defer { try? FileManager.default.removeItem(at: file) }
        try "function never() {\n\(script)\n}\nprint('read');\n".write(to: file, atomically: true, encoding: .utf8)
        let (status, printed) = try await run(file.path)
        return status == 0 && printed == "read\n" ? nil : printed
    }

    @Test("An ES5 engine parses the till page's script")
    func es5() async throws {
        let script = try await servedScript()
        #expect(script.count > 20_000)
        let error = try await parseError(of: script)
        #expect(error == nil)
    }

    @Test(
        "The ES5 engine rejects syntax that is newer than IE11",
        arguments: ["let x = 1;", "var f = () => 1;", "var t = `text`;", "class A {}", "var {a} = {};", "f(...[1]);"])
    func refuses(newer: String) async throws {
        let error = try await parseError(of: newer)
        #expect(error?.contains("SyntaxError") == true)
    }

    @Test("The till page's logic passes its tests in an ES5 engine")
    func logic() async throws {
        let (status, printed) = try await run(
            Repository.root.appending(path: "Tests/BrowserTests/till-logic.test.js").path,
            [Repository.root.appending(path: "till").path])
        #expect(status == 0)
        #expect(printed == "1608 checks, 0 failures\n")
    }

    @Test("The till page's script uses no newer API than IE11's, no markup from texts, and two places of storage")
    func names() async throws {
        let newer =
            #/\b(fetch|Promise|Symbol|Proxy|Map|Set|WeakMap|Reflect|Intl)\b|Object\.(assign|entries|values)|\.(includes|startsWith|endsWith|repeat|padStart|find|findIndex|closest|matches|remove|append|prepend|replaceWith|toggleAttribute|dataset|flat|isInteger|isNaN)\(|Number\.is|Array\.(from|of)|event\.(key|code)\b/#
        let markup = #/innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|srcdoc|javascript:/#
        let kept = #/indexedDB|\.cookie|caches\b|history\./#
        var stores = 0
        for line in try await servedScript().split(separator: "\n")
        where !line.drop(while: { $0 == " " }).hasPrefix("//") {
            #expect(line.firstMatch(of: newer) == nil, "\(line)")
            #expect(line.firstMatch(of: markup) == nil, "\(line)")
            #expect(line.firstMatch(of: kept) == nil, "\(line)")
            stores += line.matches(of: #/localStorage|sessionStorage/#).count
        }
        #expect(stores == 2, "TillStorage gets both stores once")
    }
}
