import Foundation
import TestSupport
import Testing

extension TillTests {
    @Suite("The contract's pages")
    struct DocsTests {
        @Test("/docs shows every operation, and the browser has nothing to complain of")
        func docs() async throws {
            try await withShop { shop in
                let browser = try await Browser.shared()
                try await browser.forgetComplaints()
                try await browser.open("\(shop.services[0].address)/docs")
                guard try await browser.has("rapi-doc") else {
                    #expect(ProcessInfo.processInfo.environment["CI"] == nil, "built without \(script)")
                    #expect(!FileManager.default.fileExists(atPath: Repository.root.appending(path: script).path))
                    return
                }
                for path in ["/v1/auth/token", "/v1/businesses/{business_id}/sessions", "/docs"] {
                    try await eventually("\(path) is listed", within: Browser.patience) {
                        try await drawnText(browser).contains(path) ? true : nil
                    }
                }
                let complaints = try await browser.complaints()
                #expect(complaints == [])
                try await browser.takePicture("docs")
            }
        }

        @Test("/docs/reference shows every operation without a script, and the browser has nothing to complain of")
        func reference() async throws {
            try await withShop { shop in
                let browser = try await Browser.shared()
                try await browser.forgetComplaints()
                try await browser.open("\(shop.services[0].address)/docs/reference")
                let headings = try await browser.texts("article h3 code")
                #expect(headings.contains("POST /v1/businesses/{business_id}/sessions"))
                #expect(try await browser.text("#openSession h4").hasPrefix("Parámetros"))
                #expect(try await browser.has("script") == false)
                let complaints = try await browser.complaints()
                #expect(complaints == [])
                try await browser.takePicture("docs-reference")
            }
        }

        private let script = ".build/checks/rapidoc.js"

        /// What is written in the part of the page that the script draws.
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
    /// Leaves the page that a test before this one left open: a till goes on asking a service that is gone.
    fileprivate func forgetComplaints() async throws {
        try await open("about:blank")
        _ = try await complaints()
    }

    /// What the browser has said in its console since it was last asked.
    fileprivate func complaints() async throws -> [String] {
        try await command("POST", "/se/log", ["type": "browser"]).items.compactMap { $0["message"].string }
    }
}
