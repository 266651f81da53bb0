import Foundation
import TestSupport
import Testing

extension TillTests {
    @Suite("Screen sizes")
    struct LayoutTests {
        struct Screen: Sendable, CustomTestStringConvertible {
            let name: String
            let width: Int64
            let height: Int64
            let isEnglish: Bool

            var testDescription: String { name }
        }

        @Test(
            "Every screen fits without horizontal scrolling, and axe reports no serious violation",
            arguments: [
                Screen(name: "phone-es", width: 320, height: 640, isEnglish: false),
                Screen(name: "phone-en", width: 320, height: 640, isEnglish: true),
                Screen(name: "1024-es", width: 1024, height: 768, isEnglish: false),
                Screen(name: "1024-en", width: 1024, height: 768, isEnglish: true),
            ])
        func fits(screen: Screen) async throws {
            let axe = try axeScript()
            try await withShop { shop in
                let line = try ServiceLine(to: shop.services[0].address)
                let till = try await Till.open(shop, at: line.address)
                let browser = till.browser
                try await browser.resize(to: screen.width, screen.height)
                try await browser.run(axe)
                if screen.isEnglish { try await till.speakEnglish() }
                try await check("1-login", till, screen)
                for _ in 0..<2 {
                    let ended = try await shop.ana.open(in: shop.villaMorra).json
                    #expect(try await shop.ana.change("end", ended).status == 200)
                }
                _ = try await shop.ana.open(in: shop.villaMorra)
                try await till.logIn(shop.ana)
                try await check("2-businesses", till, screen)
                try await browser.click("#count-now")
                try await browser.find("[data-screen=uncounted]")
                try await check("2-uncounted", till, screen)
                try await browser.click(".actions .button")
                try await browser.find("[data-screen=businesses]")
                try await browser.click("[data-business='\(shop.villaMorra)']")
                try await browser.find("[data-screen=session] [data-status=OPEN]")
                try await check("3-straight-to-the-open-session", till, screen)
                try await browser.click("#change")
                try await till.choose(shop.centro)
                try await till.openSession("x")
                try await check("4-fault", till, screen)
                try await till.openConflictDialog()
                try await check("5-dialog", till, screen)
                try await browser.click("[data-action=view]")
                try await browser.find("[data-screen=session]")
                try await check("6-session", till, screen)
                for action in ["edit", "handover", "end"] {
                    try await browser.click("#\(action)")
                    try await browser.find("[data-screen=action]")
                    try await check("6-\(action)", till, screen)
                    try await browser.click(".actions .plain")
                    try await browser.find("[data-screen=session]")
                }
                try await browser.click("#close")
                try await browser.fill("#field-final_cash", "999999999999")
                try await check("7-folded", till, screen)
                try await browser.click("#more")
                try await browser.fill("#field-expenses", "x")
                try await check("7-count", till, screen)
                try await browser.fill("#field-expenses", "")
                try await browser.fill("#field-final_cash", "34000")
                try await browser.click("button[type=submit]")
                try await browser.find("[data-code=LOW_COUNT]")
                try await check("7-low-count", till, screen)
                try await browser.click("[data-action=no]")
                try await browser.fill("#field-final_cash", "999999999999")
                line.become(.answers(CannedResponse.badGateway))
                try await browser.click("button[type=submit]")
                try await browser.find("#retry")
                try await check("8-unread", till, screen)
                line.become(.whole)
                try await browser.click("#retry")
                try await browser.find("[data-status=CLOSED]")
                try await check("9-closed", till, screen)
                try await checkPrint(till, screen)
                try await checkPairing(till, screen, axe)
            }
        }

        /// Checks the printed summary: the facts alone.
        private func checkPrint(_ till: Till, _ screen: Screen) async throws {
            try await till.browser.emulate(media: "print")
            try await till.browser.takePicture("\(screen.name)-9-printed")
            #expect(try await till.browser.text("[data-fact=final_cash]").contains("999"))
            for hidden in [".bar", "#print", "#status"] {
                let display = try await till.browser.run(
                    "return getComputedStyle(document.querySelector(arguments[0]).closest('.bar, .actions, #status')).display",
                    .string(hidden))
                #expect(display == "none", "\(hidden)")
            }
            try await till.browser.emulate(media: "")
        }

        /// Checks the screens of a paired till.
        private func checkPairing(_ till: Till, _ screen: Screen, _ axe: String) async throws {
            let (browser, ana) = (till.browser, till.shop.ana)
            try await ana.setPIN("735190")
            try await browser.click("#log-out")
            try await browser.click("#pair")
            try await browser.find("[data-screen=pair]")
            try await check("10-pair", till, screen)
            try await browser.click(".actions .plain")
            try await till.pair()
            try await check("10-cashiers", till, screen)
            try await browser.click("#unpair")
            try await browser.find("[data-code=UNPAIR]")
            try await check("10-unpair", till, screen)
            try await browser.click("[data-action=no]")
            try await browser.click("[data-cashier='\(ana.id)']")
            try await browser.find("[data-screen=pin]")
            try await check("10-pin", till, screen)
            try await browser.click("#cashiers")
            try await till.enterPIN(of: ana, "735190")
            try await browser.click("#own-pin")
            try await browser.find("[data-screen=ownpin]")
            try await check("10-own-pin", till, screen)
            try await browser.block(["*/v1/me"])
            try await till.reload()
            try await browser.find("#retry")
            try await browser.run(axe)
            try await check("11-reloaded-without-a-network", till, screen)
            try await browser.block([])
            try await browser.click("#retry")
            try await browser.find("[data-screen=open]")
            #expect(try await browser.attribute("lang", of: "html") == (screen.isEnglish ? "en" : "es-PY"))
        }

        private func check(_ name: String, _ till: Till, _ screen: Screen) async throws {
            let browser = till.browser
            try await browser.takePicture("\(screen.name)-\(name)")
            let overhang = try await browser.run(
                """
                var e = document.documentElement;
                return Math.ceil(Math.max(e.scrollWidth, document.body.scrollWidth) - e.clientWidth);
                """)
            #expect(overhang == 0, "\(screen.name) \(name)")
            let small = try await browser.run(
                """
                return [].filter.call(document.querySelectorAll('button, input, select'), function (e) {
                  return e.getBoundingClientRect().height < 44;
                }).map(function (e) { return e.outerHTML; });
                """)
            #expect(small.items.isEmpty, "too small for a finger: \(small.items.compactMap(\.string))")
            let found = try await browser.runAsync(
                """
                var done = arguments[arguments.length - 1];
                axe.run().then(function (result) {
                  done(result.violations.filter(function (v) { return /serious|critical/.test(v.impact); })
                    .map(function (v) { return v.id + ': ' + v.nodes.map(function (n) { return n.html; }).join(' '); })
                    .concat(result.passes.length > 5 ? [] : ['axe has looked at nothing']));
                }, function (error) { done([String(error)]); });
                """)
            #expect(found.items.isEmpty, "\(screen.name) \(name): \(found.items.compactMap(\.string))")
        }

        private func axeScript() throws -> String {
            let file = Repository.root.appending(path: ".build/checks/axe.min.js")
            guard let script = try? String(contentsOf: file, encoding: .utf8) else {
                throw Browser.Failure(
                    description: "\(file.path) is missing. Run scripts/install --with-tests, or put axe.min.js of "
                        + "axe-core 4.12 there.")
            }
            return script
        }
    }
}
