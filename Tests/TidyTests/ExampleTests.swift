import CashPilot
import Testing
import Yams

@testable import CashPilotHTTP

@Suite("The examples of openapi.yaml tell the truth")
struct ExampleTests {
    private typealias Object = [String: Any]

    private let document: [String: Any]

    init() throws {
        document = try #require(try Yams.load(yaml: try Project.file("openapi.yaml").text) as? [String: Any])
    }

    @Test("The totals of an example session are those that the service computes, and its actions are possible")
    func sessions() throws {
        let sessions = try exampleSessions()
        #expect(sessions.count > 12)
        for (name, session) in sessions {
            let isCounted = session["final_cash"] is Int
            let totals = try Totals(float: money(session, "initial_cash") ?? .zero, count: count(of: session))
            let shown = try #require(session["totals"] as? Object, "\(name)")
            #expect(money(shown, "cash_sales") == totals.cashSales, "\(name)")
            #expect(money(shown, "total_sales") == totals.totalSales, "\(name)")
            #expect(money(shown, "net_earnings") == totals.netEarnings, "\(name)")
            #expect(money(shown, "expected_cash") == totals.expectedCash, "\(name)")
            #expect(money(shown, "over_short") == totals.overShort, "\(name)")
            let status = try #require(session["status"] as? String, "\(name)")
            #expect((session["closed_at"] is String) == (status == "CLOSED"), "\(name)")
            #expect((session["needs_review"] is Bool) == (status == "CLOSED"), "\(name)")
            #expect((session["ended_at"] is String) || status != "ENDED", "\(name)")
            #expect(!isCounted || session["at_close"] is Object, "\(name)")
            let actions = try #require(session["allowed_actions"] as? [String], "\(name)")
            #expect(actions == actionsOf(status, session, isForAdministrator: actions.contains("flag")), "\(name)")
        }
    }

    /// The status and the number of changes of the session that each operation returns.
    private static let results: [String: (statuses: Set<String>, versions: ClosedRange<Int>)] = [
        "openSession": (["OPEN"], 1...1), "getCurrentSession": (["OPEN"], 1...1),
        "editSession": (["OPEN", "CLOSED"], 2...3), "closeSession": (["CLOSED"], 2...2),
        "endSession": (["ENDED"], 2...2), "forceCloseSession": (["CLOSED"], 2...2), "reopenSession": (["OPEN"], 3...3),
        "handOverSession": (["OPEN"], 1...1), "restoreSession": (["OPEN", "ENDED"], 3...3),
        "flagSession": (["CLOSED"], 3...3), "getSession": (["OPEN", "ENDED", "CLOSED"], 1...2),
    ]

    @Test("The example of each operation is in the state that the operation leads to")
    func operations() throws {
        var seen: Set<String> = []
        for (name, operation) in try allOperations() {
            for session in responses(of: operation).values.flatMap(\.values)
            where session["session_number"] is Int && session["version"] is Int {
                let expected = try #require(Self.results[name], "\(name)")
                seen.insert(name)
                #expect(expected.statuses.contains(session["status"] as? String ?? ""), "\(name)")
                #expect(expected.versions.contains(session["version"] as? Int ?? 0), "\(name)")
                switch name {
                case "flagSession": #expect(session["flag"] is Object)
                case "handOverSession": #expect(session["handed_over_from"] is Object)
                case "reopenSession": #expect(session["at_close"] is Object && !(session["final_cash"] is Int))
                default: break
                }
            }
        }
        #expect(seen == Set(Self.results.keys))
    }

    @Test("A response repeats the values of the request example that has its name")
    func pairs() throws {
        var pairs = 0
        for (name, operation) in try allOperations() {
            let requests = examples(in: resolve(operation["requestBody"]))
            for (example, response) in responses(of: operation).values.joined() {
                guard let request = requests[example] else { continue }
                pairs += 1
                // The count of a handover is in the other session.
                for (member, sent) in request where name != "handOverSession" {
                    guard let shown = response[member] else { continue }
                    let isSame = moment(sent).map { $0 == moment(shown) } ?? ("\(sent)" == "\(shown)")
                    #expect(isSame, "\(name) \(example): \(member) is \(sent), then \(shown)")
                }
            }
        }
        #expect(pairs > 8)
    }

    @Test("A page of an example has items, except one without duplicates")
    func pages() throws {
        var pages = 0
        for (name, operation) in try allOperations() where name != "getPreflight" {
            for (example, page) in responses(of: operation).values.joined() {
                guard let items = page["items"] as? [Any] else { continue }
                pages += 1
                #expect(!items.isEmpty, "\(name) \(example)")
            }
        }
        #expect(pages > 8)
    }

    @Test("The two sessions of the handover name each other")
    func handover() throws {
        let sessions = Dictionary(try exampleSessions()) { first, _ in first }
        let first = try #require(sessions["HandedOverSession"])
        let second = try #require(sessions["SuccessorSession"])
        let (to, from) = (first["handed_over_to"] as? Object, second["handed_over_from"] as? Object)
        #expect(to?["id"] as? String == second["id"] as? String)
        #expect(from?["id"] as? String == first["id"] as? String)
        #expect(first["final_cash"] as? Int == second["initial_cash"] as? Int)
    }

    @Test("An example problem has the status, page and title of its code")
    func problems() throws {
        var codes: Set<ProblemCode> = []
        for (name, value) in try namedExamples() {
            guard let code = (value["code"] as? String).flatMap(ProblemCode.init) else { continue }
            codes.insert(code)
            #expect(value["status"] as? Int == code.status.code, "\(name)")
            #expect(value["type"] as? String == "/problems/\(code.slug)", "\(name)")
            let title = value["title"] as? String ?? ""
            let titles = [Locale.spanish, .english].map { code.words(in: $0).title }
            #expect(titles.contains(title), "\(name): \(title)")
        }
        #expect(codes == Set(ProblemCode.allCases))
    }
}

extension ExampleTests {
    private func allOperations() throws -> [(String, Object)] {
        let paths = try #require(document["paths"] as? [String: Object])
        return paths.values.flatMap(\.values).compactMap { operation in
            guard let operation = operation as? Object, let name = operation["operationId"] as? String else {
                return nil
            }
            return (name, operation)
        }
    }

    private func namedExamples() throws -> [(String, Object)] {
        let components = try #require(document["components"] as? [String: Object])
        return (components["examples"] ?? [:]).compactMap { name, example in
            ((example as? Object)?["value"] as? Object).map { (name, $0) }
        }
    }

    private func exampleSessions() throws -> [(String, Object)] {
        try namedExamples().filter { $0.1["session_number"] is Int && $0.1["totals"] is Object }
    }

    /// The examples of each 2xx response, by their names.
    private func responses(of operation: Object) -> [String: [String: Object]] {
        let responses = (operation["responses"] as? Object ?? [:]).filter { $0.key.hasPrefix("2") }
        return responses.mapValues { examples(in: resolve($0)) }
    }

    private func examples(in body: Object) -> [String: Object] {
        let content = (body["content"] as? Object)?["application/json"] as? Object
        return (content?["examples"] as? Object ?? [:]).compactMapValues { resolve($0)["value"] as? Object }
    }

    /// The object itself, or the target of its `$ref`.
    private func resolve(_ value: Any?) -> Object {
        let object = value as? Object ?? [:]
        guard let reference = object["$ref"] as? String else { return object }
        let target = reference.split(separator: "/").dropFirst().reduce(document as Any?) { place, name in
            (place as? Object)?[String(name)]
        }
        return resolve(target)
    }

    private func money(_ object: Object, _ member: String) -> Money? {
        (object[member] as? Int).map { Money(minorUnits: Int64($0)) }
    }

    private func moment(_ value: Any) -> Instant? { (value as? String).flatMap { Instant(rfc3339: $0) } }

    private func count(of session: Object) -> Count {
        func amount(_ member: String) -> Money { money(session, member) ?? .zero }
        return Count(
            finalCash: money(session, "final_cash"), cardTotal: amount("card_total"),
            bankTransferTotal: amount("bank_transfer_total"), envelopeAmount: amount("envelope_amount"),
            expenses: amount("expenses"), creditSalesTotal: amount("credit_sales_total"),
            creditPaymentsCollected: amount("credit_payments_collected"),
            declaredCashSales: money(session, "declared_cash_sales"))
    }

    /// The actions that the policy allows to the session's cashier, to an administrator, or to a colleague.
    private func actionsOf(_ status: String, _ shown: Object, isForAdministrator: Bool) -> [String] {
        guard let cashier = (shown["cashier_id"] as? String).flatMap(UserID.init),
            let caller = (shown["opened_by"] as? String).flatMap(UserID.init),
            let session = policySession(shown, of: cashier)
        else { return ["unreadable"] }
        let isColleague = shown["handed_over_from"] is Object
        let reader = isColleague ? caller : cashier
        return SessionPolicy.allowedActions(on: session, for: reader, role: isForAdministrator ? .admin : .cashier)
            .map(\.rawValue)
    }

    private func policySession(_ shown: Object, of cashier: UserID) -> Session? {
        guard let status = (shown["status"] as? String).flatMap(Session.Status.init),
            let id = (shown["id"] as? String).flatMap(SessionID.init),
            let business = (shown["business_id"] as? String).flatMap(BusinessID.init),
            let openedAt = shown["opened_at"].flatMap(moment)
        else { return nil }
        let local = LocalTime(milliseconds: openedAt.milliseconds)
        let flag = (shown["flag"] as? Object).map {
            Session.Flag(reason: $0["reason"] as? String ?? "", by: cashier, at: openedAt)
        }
        return Session(
            id: id, number: 1, business: business, cashier: cashier, openedBy: cashier, status: status,
            currency: "PYG", initialCash: .zero, openedAt: openedAt, endedAt: nil, closedAt: nil, closedBy: nil,
            businessDate: local.date, timeZone: "America/Asuncion", openedLocal: local,
            facts: Session.Facts(isInEditWindow: status == .closed), terminal: nil, notes: nil,
            count: count(of: shown), flag: flag, deletion: nil, version: 1)
    }
}
