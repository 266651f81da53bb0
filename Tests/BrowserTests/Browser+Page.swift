import Foundation
import TestSupport

/// The WebDriver codes of special keys.
enum Key {
    static let tab = "\u{E004}"
    static let enter = "\u{E007}"
    static let shift = "\u{E008}"
    static let escape = "\u{E00C}"
}

extension Browser {
    /// A limit that no change of the page exceeds on a busy machine.
    static let patience: Duration = .seconds(240)

    func open(_ address: String) async throws {
        try await command("POST", "/url", ["url": .string(address)])
    }

    /// Sets the size of the page, independent of the window.
    ///
    /// - Parameter scale: the device pixel ratio.
    func resize(to width: Int64, _ height: Int64, scale: Int64 = 1) async throws {
        let metrics: [String: JSON] = [
            "width": .integer(width), "height": .integer(height), "deviceScaleFactor": .integer(scale),
            "mobile": .bool(width < 600),
        ]
        try await command(
            "POST", "/goog/cdp/execute",
            ["cmd": "Emulation.setDeviceMetricsOverride", "params": .object(metrics)])
    }

    /// Makes every request to a URL fail that matches one of these patterns, such as `*/v1/me`.
    func block(_ patterns: [String]) async throws {
        try await command("POST", "/goog/cdp/execute", ["cmd": "Network.enable", "params": .object([:])])
        try await command(
            "POST", "/goog/cdp/execute",
            [
                "cmd": "Network.setBlockedURLs",
                "params": .object(["urls": .array(patterns.map { .string($0) })]),
            ])
    }

    /// Draws the page as for `print`, or as for the screen again with an empty text.
    func emulate(media: String) async throws {
        try await command(
            "POST", "/goog/cdp/execute",
            ["cmd": "Emulation.setEmulatedMedia", "params": .object(["media": .string(media)])])
    }

    /// Waits until an element exists.
    ///
    /// - Returns: its id for further commands.
    @discardableResult
    func find(_ selector: String) async throws -> String {
        try await eventually("\(selector) on the page", within: Self.patience) {
            let found = try await command(
                "POST", "/elements", ["using": "css selector", "value": .string(selector)])
            return found[0].members.values.first?.string
        }
    }

    func click(_ selector: String) async throws {
        try await command("POST", "/element/\(try await find(selector))/click")
    }

    /// Replaces the text of a field.
    func fill(_ selector: String, _ text: String) async throws {
        let element = try await find(selector)
        try await command("POST", "/element/\(element)/clear")
        try await command("POST", "/element/\(element)/value", ["text": .string(text)])
    }

    /// Presses keys one after the other at the current focus. Shift as the first key stays down.
    func press(_ keys: String) async throws {
        var steps: [JSON] = []
        let isShifted = keys.hasPrefix(Key.shift)
        func step(_ type: String, _ key: Character) {
            steps.append(.object(["type": .string(type), "value": .string(String(key))]))
        }
        for (index, key) in keys.enumerated() {
            step("keyDown", key)
            if !(isShifted && index == 0) { step("keyUp", key) }
        }
        if isShifted, let shift = keys.first { step("keyUp", shift) }
        let keyboard: [String: JSON] = ["type": "key", "id": "keyboard", "actions": .array(steps)]
        try await command("POST", "/actions", ["actions": .array([.object(keyboard)])])
    }

    /// The visible text of an element, once it exists.
    func text(_ selector: String) async throws -> String {
        try await find(selector)
        return try await run("return document.querySelector(arguments[0]).innerText.trim()", .string(selector)).string
            ?? ""
    }

    /// What is in a field.
    func value(of selector: String) async throws -> String? {
        try await find(selector)
        return try await run("return document.querySelector(arguments[0]).value", .string(selector)).string
    }

    func texts(_ selector: String) async throws -> [String] {
        try await run(
            """
            return [].map.call(document.querySelectorAll(arguments[0]), function (e) { return e.textContent; })
            """, .string(selector)
        ).items.compactMap(\.string)
    }

    func has(_ selector: String) async throws -> Bool {
        try await run("return document.querySelector(arguments[0]) !== null", .string(selector)) == true
    }

    func untilGone(_ selector: String) async throws {
        try await eventually("\(selector) is gone", within: Self.patience) {
            try await has(selector) ? nil : true
        }
    }

    func attribute(_ name: String, of selector: String) async throws -> String? {
        try await find(selector)
        return try await run(
            "return document.querySelector(arguments[0]).getAttribute(arguments[1])", .string(selector), .string(name)
        ).string
    }

    /// Whether the element has the focus.
    func isFocused(_ selector: String) async throws -> Bool {
        try await run("return document.activeElement === document.querySelector(arguments[0])", .string(selector))
            == true
    }

    /// Writes a screenshot to `.build/till-screenshots/NAME.png`.
    func takePicture(_ name: String) async throws {
        let folder = Repository.root.appending(path: ".build/till-screenshots")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard let text = try await command("GET", "/screenshot").string, let picture = Data(base64Encoded: text) else {
            throw Failure(description: "no picture of \(name)")
        }
        try picture.write(to: folder.appending(path: "\(name).png"))
    }
}
