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

        @Test("The text of /docs has a contrast of 4.5 or more in the light and the dark colour scheme")
        func schemes() async throws {
            try await withShop { shop in
                let browser = try await Browser.shared()
                for scheme in ["light", "dark"] {
                    try await browser.prefer(scheme)
                    try await browser.open("\(shop.services[0].address)/docs")
                    guard try await browser.has("rapi-doc") else { continue }
                    try await eventually("RapiDoc is drawn", within: Browser.patience) {
                        try await drawnText(browser).contains("/v1/auth/token") ? true : nil
                    }
                    let contrast = try await browser.run(Self.contrast).string.flatMap(Double.init)
                    #expect(try #require(contrast) >= 4.5, "\(scheme)")
                    #expect(try await browser.run(Self.brightness).string == scheme)
                    try await browser.takePicture("docs-\(scheme)")
                }
                try await browser.prefer("")
            }
        }

        /// Whether RapiDoc's background is light or dark.
        private static let brightness = """
            var page = getComputedStyle(document.querySelector('rapi-doc').shadowRoot.querySelector('.body'));
            return Number(page.backgroundColor.match(/[\\d.]+/)[0]) > 127 ? 'light' : 'dark';
            """

        /// The contrast of RapiDoc's text and background (WCAG 2.2), as a text.
        private static let contrast = """
            var style = getComputedStyle(document.querySelector('rapi-doc').shadowRoot.querySelector('.main-content'));
            var page = getComputedStyle(document.querySelector('rapi-doc').shadowRoot.querySelector('.body'));
            function light(color) {
              var parts = color.match(/[\\d.]+/g).slice(0, 3).map(function (part) {
                var value = part / 255;
                return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
              });
              return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
            }
            var both = [light(style.color), light(page.backgroundColor)].sort(function (a, b) { return a - b; });
            return String((both[1] + 0.05) / (both[0] + 0.05));
            """

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
    /// Sets the colour scheme that pages see; an empty text is the browser's own.
    fileprivate func prefer(_ scheme: String) async throws {
        let feature: [String: JSON] = ["name": "prefers-color-scheme", "value": .string(scheme)]
        let features: [String: JSON] = ["features": .array([.object(feature)])]
        _ = try await command(
            "POST", "/goog/cdp/execute", ["cmd": "Emulation.setEmulatedMedia", "params": .object(features)])
    }

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
