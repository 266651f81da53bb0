import CashPilot
import HTTPTypes
import Testing

@testable import CashPilotHTTP
@testable import JSON

@Suite("Problem documents")
struct ProblemDocumentTests {
    private func text(_ problem: Problem, _ locale: Locale) -> String {
        String(decoding: problem.document(requestID: "0197f4a0-0000-7000-8000-00000000cafe", in: locale), as: UTF8.self)
    }

    private func detail(_ conflict: SessionConflict, _ locale: Locale) -> String { conflict.sentence(in: locale) }

    @Test("The detail of a conflict has the opening time, with the date if it was another day")
    func conflictSentences() {
        #expect(detail(Sample.conflict(), .spanish) == "Tenés una sesión abierta desde las 14:15")
        #expect(detail(Sample.conflict(), .english) == "You have an open session from 2:15 PM")
        let yesterday = Sample.conflict(
            with: Sample.existing(
                openedLocal: Sample.local("2026-11-22T21:34"), nowLocal: Sample.local("2026-11-23T00:10")))
        #expect(detail(yesterday, .spanish) == "Tenés una sesión abierta desde el 22/11/2026 a las 21:34")
        #expect(detail(yesterday, .english) == "You have an open session from Nov 22, 2026, 9:34 PM")
    }

    @Test("The detail of an administrator's conflict names the cashier, on one line with plain spaces")
    func conflictOfAnAdministrator() {
        let anas = Sample.conflict(isOwn: false)
        #expect(detail(anas, .spanish) == "Ana tiene una sesión abierta desde las 14:15")
        #expect(detail(anas, .english) == "Ana has an open session from 2:15 PM")
        let odd = Sample.conflict(with: Sample.existing(cashierName: "Ana\u{A0}María\u{202F}O.\nP."), isOwn: false)
        #expect(detail(odd, .english) == "Ana María O. P. has an open session from 2:15 PM")
    }

    @Test("The problem document of a second close has the figures of the first")
    func alreadyClosed() {
        let text = text(Problem(of: .alreadyClosed(Sample.closedSession())), .english)
        #expect(text.contains(#""code":"SESSION_ALREADY_CLOSED""#))
        #expect(text.contains(#""opened_time":"Nov 23, 2026, 2:15 PM""#))
        #expect(
            text.contains(
                #""closed_at":"2026-11-23T23:00:00.500Z","closed_by":"0197f4a0-0000-7000-8000-0000000000ad","#
                    + #""final_cash":1200000,"over_short":-10000},"#
                    + #""actions":[{"name":"view","#))
        #expect(!text.contains(#""name":"close""#))
    }

    @Test("The problem document of a session that is not open has its status, without figures")
    func notOpen() {
        let deleted = Sample.session(
            .open, count: Count(finalCash: nil), version: 2,
            deletion: Session.Deletion(reason: "duplicada", by: Sample.admin, at: Sample.openedAt))
        let text = text(Problem(of: .notOpen(deleted)), .spanish)
        #expect(text.contains(#""code":"SESSION_NOT_OPEN""#))
        #expect(text.contains(#""status":"OPEN","#))
        #expect(!text.contains("final_cash"))
    }

    @Test("The problem document of a validation lists every invalid field with its place, and counts them")
    func validation() {
        let faults = [
            FieldError.member("initial_cash", .required, .money),
            .member("allow_overlap", .unknownField, .knownName(["initial_cash", "notes"])),
            FieldError(.duplicate, .parameter("limit"), .once),
            FieldError(.format, .header("Idempotency-Key"), .idempotencyKey),
        ]
        #expect(
            text(Problem(.validationFailed, extra: .fields(faults)), .spanish) == """
                {"type":"/problems/validation-failed","title":"Datos no válidos","status":422,\
                "detail":"Hay 4 campos con errores.","instance":"urn:uuid:0197f4a0-0000-7000-8000-00000000cafe",\
                "code":"VALIDATION_FAILED","request_id":"0197f4a0-0000-7000-8000-00000000cafe","errors":[\
                {"code":"REQUIRED","pointer":"#/initial_cash",\
                "detail":"Este campo es obligatorio: poné un número entero en la unidad más chica de la moneda \
                (guaraníes, centavos), de 0 a 999.999.999.999.",\
                "expected":"a whole number in the currency's smallest unit (guaraníes, cents), from 0 to 999,999,999,999",\
                "minimum":0,"maximum":999999999999},\
                {"code":"UNKNOWN_FIELD","pointer":"#/allow_overlap",\
                "detail":"Este campo no existe. Revisá cómo está escrito.","expected":"one of the names in allowed",\
                "allowed":["initial_cash","notes"]},\
                {"code":"DUPLICATE","parameter":"limit",\
                "detail":"Este parámetro está repetido. Mandalo una sola vez.","expected":"a single value"},\
                {"code":"FORMAT","header":"Idempotency-Key",\
                "detail":"Tiene que ser una clave de 1 a 255 caracteres ASCII visibles, sin espacios y sin comillas \
                adentro.",\
                "expected":"a key of 1 to 255 visible ASCII characters, without spaces and without quotes inside",\
                "max_length":255}]}
                """)
        let one = Problem(.validationFailed, extra: .fields([.member("x", .type, .flag)]))
        #expect(text(one, .spanish).contains("Hay 1 campo con errores."))
        #expect(text(one, .english).contains("1 field has errors."))
    }

    @Test("The problem document of 5000 invalid fields stays below 50 000 bytes")
    func manyFaults() {
        let known = (0..<12).map { "credit_payments_\($0)" }
        let faults = (0..<5000).map { FieldError.member("f\($0)", .unknownField, .knownName(known)) }
        let text = text(Problem(.validationFailed, extra: .fields(faults)), .english)
        #expect(text.contains("5000 fields have errors."))
        #expect(text.utf8.count < 50_000)
    }

    @Test(
        "The problem document of a failed change has its outcome and a Retry-After",
        arguments: [
            (StoreError.Outcome.notApplied, true, "not_applied", "1"), (.unknown, true, "unknown", "1"),
            (.notApplied, false, "not_applied", "30"),
        ])
    func unavailable(_ outcome: StoreError.Outcome, _ isTransient: Bool, _ word: String, _ retryAfter: String) {
        let problem = Problem(
            describing: StoreError(outcome: outcome, description: "secret", isTransient: isTransient))
        #expect(problem.code.status.code == 503)
        #expect(problem.headers[.retryAfter] == retryAfter)
        #expect(problem.cause == "secret")
        let text = text(problem, .english)
        #expect(text.hasSuffix(#""outcome":"\#(word)"}"#))
        #expect(text.contains("nothing was saved") == (outcome == .notApplied))
        #expect(self.text(problem, .spanish).contains("No sabemos si se guardó.") == (outcome == .unknown))
        #expect(!text.contains("secret"))
    }

    @Test("The problem document of throttling has the waiting time in Retry-After and in both languages")
    func tooMany() {
        for (error, seconds, es, en) in [
            (DomainError.tooManyAttempts(seconds: 32), "32", "32 segundos", "32 seconds"),
            (DomainError.tooManyAttempts(seconds: 121), "121", "3 minutos", "3 minutes"),
            (TooManyLogins(), "1", "1 segundo", "1 second"),
        ] as [(any Error, String, String, String)] {
            let problem = Problem(describing: error)
            #expect(problem.code.status.code == 429)
            #expect(problem.headers == [.retryAfter: seconds])
            #expect(text(problem, .spanish).contains(" Probá de nuevo en \(es).\""))
            #expect(text(problem, .english).contains(" Try again in \(en).\""))
        }
    }

    @Test("The problem document of an unexpected error reveals nothing of it")
    func bug() {
        struct Secret: Error { let password = "hunter2" }
        let problem = Problem(describing: Secret())
        #expect(problem.code == .internalError)
        #expect(problem.code.status.code == 500)
        #expect(!text(problem, .english).contains("hunter2"))
    }

    @Test("The problem document of malformed JSON has the offset of the byte")
    func malformed() {
        let problem = Problem(describing: JSONError(offset: 17))
        #expect(problem.code.status.code == 400)
        #expect(text(problem, .english).contains("error at byte 17."))
        #expect(text(problem, .spanish).contains("error en el byte 17."))
    }

    @Test("Every domain error has its problem code and headers")
    func refusals() {
        let table: [(DomainError, ProblemCode, HTTPFields)] = [
            (
                .callerInactive, .unauthenticated,
                [.wwwAuthenticate: #"Bearer realm="cashpilot", error="invalid_token""#]
            ),
            (.invalidCredentials, .invalidCredentials, [.wwwAuthenticate: #"Bearer realm="cashpilot""#]),
            (.businessNotFound, .notFound, [:]), (.sessionNotFound, .notFound, [:]),
            (.businessInactive, .businessInactive, [:]), (.noOpenSession, .noOpenSession, [:]),
            (.forbidden, .forbidden, [:]), (.cashierNotInBusiness, .validationFailed, [:]),
            (.openedTooLate, .validationFailed, [:]),
            (.versionMismatch(current: 7), .versionMismatch, [:]), (.keyReused, .idempotencyKeyReused, [:]),
            (.requestInFlight, .requestInFlight, [.retryAfter: "1"]), (.busy, .unavailable, [.retryAfter: "1"]),
            (.emailTaken, .emailTaken, [:]), (.recipientNotInBusiness, .validationFailed, [:]),
            (.cashierNotReady, .cashierNotReady, [:]), (.countBeforeClose, .validationFailed, [:]),
            (.reasonRequired, .validationFailed, [:]), (.notDeleted(Sample.openSession()), .notDeleted, [:]),
            (.editWindowExpired(Sample.closedSession()), .editWindowExpired, [:]),
        ]
        for (refusal, code, headers) in table {
            let problem = Problem(describing: refusal)
            #expect(problem.code == code)
            #expect(problem.headers == headers)
        }
        #expect(text(Problem(of: .versionMismatch(current: 7)), .english).hasSuffix(#""current_version":7}"#))
        #expect(
            text(Problem(of: .cashierNotInBusiness), .english).contains(
                ##""code":"ENUM","pointer":"#/cashier_id""##))
        #expect(
            text(Problem(of: .openedTooLate), .english).contains(##""code":"RANGE","pointer":"#/opened_at""##))
    }
}

@Suite("The catalog of problems")
struct ProblemCatalogTests {
    @Test("Every problem code has texts in both languages, with plain spaces", arguments: ProblemCode.allCases)
    func isComplete(_ code: ProblemCode) throws {
        let row = try #require(ProblemWords.catalog[code])
        for words in [row.es, row.en] {
            for text in [words.title, words.detail, words.advice] {
                #expect(!text.isEmpty)
                #expect(!text.contains { $0.isWhitespace && $0 != " " })
                #expect(!text.contains("Cerrar sesión"))
            }
            #expect(words.detail.hasSuffix(".") && words.advice.hasSuffix("."))
        }
        #expect(row.es.title != row.en.title)
        #expect((400...599).contains(code.status.code))
    }

    @Test("Every problem code has one slug, which leads back to it")
    func slugs() {
        for code in ProblemCode.allCases { #expect(ProblemCode(slug: code.slug) == code) }
        #expect(ProblemCode.sessionAlreadyOpen.slug == "session-already-open")
        #expect(ProblemCode(slug: "SESSION-ALREADY-OPEN") == nil)
        #expect(ProblemCode(slug: "") == nil)
    }

    @Test("Every field error code has a sentence in both languages", arguments: FieldError.Code.allCases)
    func faults(_ code: FieldError.Code) {
        let detail = FieldError(code, .parameter("x"), .flag).detail
        #expect(detail.es.hasSuffix(".") && detail.en.hasSuffix(".") && detail.es != detail.en)
    }

    @Test("Every problem code has a page without external resources", arguments: ProblemCode.allCases)
    func pages(_ code: ProblemCode) {
        for locale in Locale.allCases {
            let html = ProblemPage.html(code, in: locale)
            #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"\(locale.rawValue)\">"))
            #expect(html.contains(code.rawValue))
            #expect(!html.contains("<script") && !html.contains("http") && !html.contains("src="))
        }
    }
}
