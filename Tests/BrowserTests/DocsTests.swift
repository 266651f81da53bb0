import Foundation
import TestSupport
import Testing

extension TillTests {
    @Suite("The page /docs")
    struct DocsTests {
        @Test("/docs shows every path of openapi.yaml, and the browser logs no error")
        func docs() async throws {
            try await withShop { shop in
                let browser = try await Browser.shared()
                try await browser.discardLog()
                try await browser.open("\(shop.services[0].address)/docs")
                if try await browser.has("rapi-doc") {
                    let paths = try Repository.text("openapi.yaml").matches(of: #/(?m)^  (\/[^:\n]*):$/#).map(\.1)
                    #expect(paths.contains("/v1/businesses/{business_id}/sessions"))
                    try await eventually("RapiDoc lists every path", within: Browser.patience) {
                        let text = try await drawnText(browser)
                        return paths.allSatisfy { text.contains($0) } ? true : nil
                    }
                } else {
                    #expect(ProcessInfo.processInfo.environment["CI"] == nil, "built without \(script)")
                    #expect(!FileManager.default.fileExists(atPath: Repository.root.appending(path: script).path))
                    #expect(try await browser.text("a") == "openapi.yaml")
                }
                let entries = try await browser.takeLog()
                #expect(entries == [])
                try await browser.takePicture("docs")
            }
        }

        private let script = ".build/checks/rapidoc.js"

        /// The text in the shadow root of RapiDoc; empty before it is rendered.
        private func drawnText(_ browser: Browser) async throws -> String {
            try await browser.run(
                """
                var drawn = document.querySelector('rapi-doc').shadowRoot;
                return drawn ? drawn.textContent : '';
                """
            ).string ?? ""
        }
    }
}

extension Browser {
    /// Closes the page of an earlier test, which may still send requests to a stopped service, and discards its log.
    fileprivate func discardLog() async throws {
        try await open("about:blank")
        _ = try await takeLog()
    }

    /// The console messages since the last call.
    fileprivate func takeLog() async throws -> [String] {
        try await command("POST", "/se/log", ["type": "browser"]).items.compactMap { $0["message"].string }
    }
}
