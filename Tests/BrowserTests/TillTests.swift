import TestSupport
import Testing

/// The tests that need the browser. There is only one, so they are serialized.
@Suite("The till page", .serialized)
enum TillTests {}

/// The till page of a shop in the browser.
struct Till: Sendable {
    let browser: Browser
    let shop: Shop
    let address: String

    /// Loads the page, logged out and not paired.
    ///
    /// - Parameter address: of the page; by default the service's own.
    static func open(_ shop: Shop, at address: String? = nil) async throws -> Till {
        let browser = try await Browser.shared()
        let till = Till(browser: browser, shop: shop, address: address ?? shop.services[0].address)
        try await browser.resize(to: 1024, 768)
        try await browser.open("\(till.address)/till")
        // An earlier test's service may have had the same port, and so the same storage.
        try await browser.run("localStorage.clear(); sessionStorage.clear();")
        try await till.reload()
        try await browser.find("[data-screen=login]")
        return till
    }

    /// Loads the page again, as F5 does.
    func reload() async throws {
        try await browser.open("\(address)/till")
        try await watchRequests()
    }

    /// Records every request of the page.
    private func watchRequests() async throws {
        try await browser.run(
            """
            var sent = window.sent = [];
            var proto = XMLHttpRequest.prototype;
            var open = proto.open, set = proto.setRequestHeader, send = proto.send;
            proto.open = function (method, href) {
              this.noted = { what: method + ' ' + href, key: '', match: '', language: '', body: '', replayed: '', hasBegun: false };
              sent.push(this.noted);
              this.addEventListener('progress', function () { this.noted.hasBegun = true; });
              this.addEventListener('load', function () {
                this.noted.replayed = this.getResponseHeader('Idempotent-Replayed') || '';
              });
              return open.apply(this, arguments);
            };
            proto.setRequestHeader = function (name, value) {
              if (name === 'Idempotency-Key') this.noted.key = value;
              if (name === 'If-Match') this.noted.match = value;
              if (name === 'Accept-Language') this.noted.language = value;
              return set.apply(this, arguments);
            };
            proto.send = function (body) {
              this.noted.body = body || '';
              return send.apply(this, arguments);
            };
            """)
    }

    /// The recorded requests of the page.
    func sent(_ method: String, ending: String) async throws -> [JSON] {
        try await browser.run("return window.sent").items.filter {
            let what = $0["what"].string ?? ""
            return what.hasPrefix("\(method) ") && what.hasSuffix(ending)
        }
    }

    /// Logs in and waits for the event stream, at whose beginning the page loads its session again.
    func logIn(_ person: Person) async throws {
        try await browser.fill("#field-email", person.email)
        try await browser.fill("#field-password", person.password)
        // The page times out after 8 s, which a hash may exceed on a busy machine: submit the form again.
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

    /// Chooses a business in which the person has no open session.
    func choose(_ business: String) async throws {
        try await browser.click("[data-business='\(business)']")
        try await browser.find("[data-screen=open]")
    }

    /// Makes a terminal of `centro` and pairs the page with it.
    ///
    /// - Returns: the terminal, with its secret.
    @discardableResult
    func pair(_ name: String = "Mostrador") async throws -> JSON {
        let path = "/v1/businesses/\(shop.centro)/terminals"
        let made = try await shop.administrator.post(path, #"{"name": "\#(name)"}"#)
        #expect(made.status == 201)
        try await browser.click("#pair")
        try await browser.fill("#field-secret", made.json["secret"].string ?? "")
        try await browser.click("button[type=submit]")
        try await browser.find("[data-cashier='\(shop.ana.id)']")
        return try made.json
    }

    /// Enters a PIN on the pad and logs in.
    func enterPIN(of person: Person, _ pin: String) async throws {
        try await browser.click("[data-cashier='\(person.id)']")
        try await browser.find("[data-screen=pin]")
        for digit in pin { try await browser.click("[data-key='\(digit)']") }
        try await submitSecret()
    }

    /// Submits a form whose answer needs a hash.
    ///
    /// The page times out after 8 s, which a hash may exceed on a busy machine. It then offers to try again.
    func submitSecret() async throws {
        try await browser.click("button[type=submit]")
        try await eventually("the form is answered", within: Browser.patience) {
            try await browser.run(
                """
                if (document.querySelector('[aria-busy=true]')) return false;
                var retry = document.querySelector('#retry');
                if (retry) retry.click();
                return !retry;
                """) == true ? true : nil
        }
    }

    /// Logs Ana in and shows the form that opens a session in `centro`.
    func anaIsAboutToOpen() async throws {
        try await logIn(shop.ana)
        try await choose(shop.centro)
    }

    func openSession(_ cash: String) async throws {
        try await browser.fill("#field-initial_cash", cash)
        try await browser.click("button[type=submit]")
    }

    /// Opens a session of Ana's by API and then on the page, which shows the dialog of the 409.
    ///
    /// - Returns: the existing session.
    @discardableResult
    func openConflictDialog() async throws -> JSON {
        let existing = try await shop.ana.open(in: shop.centro).json
        try await openSession("200.000")
        try await browser.find("[role=alertdialog]")
        return existing
    }

    func speakEnglish() async throws {
        try await browser.click("#language")
        try await browser.find("html[lang=en]")
    }
}

/// Runs a test with the page of a new shop.
func withTill(_ test: (Till) async throws -> Void) async throws {
    try await withShop { shop in try await test(try await Till.open(shop)) }
}

/// Runs a test at the form that opens a session, with the page's requests over a ``ServiceLine``.
func withLine(_ test: (Till, ServiceLine) async throws -> Void) async throws {
    try await withShop { shop in
        let line = try ServiceLine(to: shop.services[0].address)
        let till = try await Till.open(shop, at: line.address)
        try await till.anaIsAboutToOpen()
        try await test(till, line)
    }
}
