import TestSupport
import Testing

/// All that needs the browser: there is one, so these take turns.
@Suite("The till page", .serialized)
enum TillTests {}

/// Somebody at the till page of a shop.
struct Till: Sendable {
    let browser: Browser
    let shop: Shop
    let address: String

    /// Loads the page, so that nobody is logged in.
    ///
    /// - Parameter address: where the service is reached; its own address if not told otherwise.
    static func open(_ shop: Shop, at address: String? = nil) async throws -> Till {
        let browser = try await Browser.shared()
        let till = Till(browser: browser, shop: shop, address: address ?? shop.services[0].address)
        try await browser.resize(to: 1024, 768)
        try await browser.open("\(till.address)/till")
        try await browser.find("[data-screen=login]")
        try await till.watchRequests()
        return till
    }

    /// Notes every request that the page makes, and hinders none.
    private func watchRequests() async throws {
        try await browser.run(
            """
            var sent = window.sent = [];
            var proto = XMLHttpRequest.prototype;
            var open = proto.open, set = proto.setRequestHeader;
            proto.open = function (method, href) {
              this.noted = { what: method + ' ' + href, key: '', language: '', replayed: '', hasBegun: false };
              sent.push(this.noted);
              this.addEventListener('progress', function () { this.noted.hasBegun = true; });
              this.addEventListener('load', function () {
                this.noted.replayed = this.getResponseHeader('Idempotent-Replayed') || '';
              });
              return open.apply(this, arguments);
            };
            proto.setRequestHeader = function (name, value) {
              if (name === 'Idempotency-Key') this.noted.key = value;
              if (name === 'Accept-Language') this.noted.language = value;
              return set.apply(this, arguments);
            };
            """)
    }

    /// The requests that the page has made.
    func sent(_ method: String, ending: String) async throws -> [JSON] {
        try await browser.run("return window.sent").items.filter {
            let what = $0["what"].string ?? ""
            return what.hasPrefix("\(method) ") && what.hasSuffix(ending)
        }
    }

    /// Logs in, and waits for the beginning of the event stream: the page looks at its session again then.
    func logIn(_ person: Person) async throws {
        try await browser.fill("#field-email", person.email)
        try await browser.fill("#field-password", person.password)
        // The page gives a request up after 8 s, which a hash may exceed on a busy machine: submit it again, as people do.
        try await eventually("\(person.email) is logged in", within: Browser.patience) {
            try await browser.run(
                """
                if (!document.querySelector('[data-screen=login]')) return true;
                if (!document.querySelector('[aria-busy=true]')) document.querySelector('button[type=submit]').click();
                return false;
                """) == true ? true : nil
        }
        try await eventually("the event stream begins", within: Browser.patience) {
            try await sent("GET", ending: "/v1/events").contains { $0["hasBegun"] == true } ? true : nil
        }
    }

    func choose(_ business: String) async throws {
        try await browser.click("[data-business='\(business)']")
        try await browser.find("[data-screen=open]")
    }

    /// Ana at the form that opens a session in the centre.
    func anaIsAboutToOpen() async throws {
        try await logIn(shop.ana)
        try await choose(shop.centro)
    }

    func openSession(_ cash: String) async throws {
        try await browser.fill("#field-initial_cash", cash)
        try await browser.click("button[type=submit]")
    }

    /// Ana has opened a session at another terminal while this page stood ready: the 409's dialog is on the screen.
    ///
    /// - Returns: that session.
    @discardableResult
    func anaIsInTheWay() async throws -> JSON {
        let standing = try await shop.ana.open(in: shop.centro).json
        try await openSession("200.000")
        try await browser.find("[role=alertdialog]")
        return standing
    }

    func speakEnglish() async throws {
        try await browser.click("#language")
        try await browser.find("html[lang=en]")
    }
}

/// Runs a test in a shop of its own with the page open.
func withTill(_ test: (Till) async throws -> Void) async throws {
    try await withShop { shop in try await test(try await Till.open(shop)) }
}
