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

    @Test("The Spanish problem document of a conflict is byte for byte as specified")
    func conflictInSpanish() {
        #expect(
            text(Problem(of: .alreadyOpen(Sample.conflict())), .spanish) == """
                {"type":"/problems/session-already-open","title":"No se puede abrir una nueva sesión","status":409,\
                "detail":"Tenés una sesión abierta desde las 14:15",\
                "instance":"urn:uuid:0197f4a0-0000-7000-8000-00000000cafe","code":"SESSION_ALREADY_OPEN",\
                "request_id":"0197f4a0-0000-7000-8000-00000000cafe",\
                "existing_session":{"id":"0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d","session_number":1042,"status":"OPEN",\
                "business_id":"0197f4a0-0000-7000-8000-0000000000b1",\
                "cashier_id":"0197f4a0-0000-7000-8000-0000000000a1",\
                "opened_at":"2026-11-23T17:15:00.000Z","opened_time":"14:15","business_date":"2026-11-23",\
                "time_zone":"America/Asuncion","stale":false,"version":1,\
                "href":"/v1/businesses/0197f4a0-0000-7000-8000-0000000000b1/sessions/0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d"},\
                "actions":[{"name":"view","title":"Ver Sesión","method":"GET",\
                "href":"/v1/businesses/0197f4a0-0000-7000-8000-0000000000b1/sessions/0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d"},\
                {"name":"close","title":"Cerrar","method":"POST",\
                "href":"/v1/businesses/0197f4a0-0000-7000-8000-0000000000b1/sessions/0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d/close",\
                "type":"application/json",\
                "fields":[{"name":"final_cash","type":"integer","required":true,"title":"Efectivo contado"}]}]}
                """)
    }

    @Test("The English problem document of a conflict from another day is byte for byte as specified")
    func conflictInEnglish() {
        let existing = Sample.existing(
            openedLocal: Sample.local("2026-11-22T21:34"), nowLocal: Sample.local("2026-11-23T08:00"))
        #expect(
            text(Problem(of: .alreadyOpen(Sample.conflict(with: existing))), .english) == """
                {"type":"/problems/session-already-open","title":"Can't open a new session","status":409,\
                "detail":"You have an open session from Nov 22, 2026, 9:34 PM",\
                "instance":"urn:uuid:0197f4a0-0000-7000-8000-00000000cafe","code":"SESSION_ALREADY_OPEN",\
                "request_id":"0197f4a0-0000-7000-8000-00000000cafe",\
                "existing_session":{"id":"0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d","session_number":1042,"status":"OPEN",\
                "business_id":"0197f4a0-0000-7000-8000-0000000000b1",\
                "cashier_id":"0197f4a0-0000-7000-8000-0000000000a1",\
                "opened_at":"2026-11-23T17:15:00.000Z","opened_time":"Nov 22, 2026, 9:34 PM",\
                "business_date":"2026-11-23","time_zone":"America/Asuncion","stale":false,"version":1,\
                "href":"/v1/businesses/0197f4a0-0000-7000-8000-0000000000b1/sessions/0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d"},\
                "actions":[{"name":"view","title":"View session","method":"GET",\
                "href":"/v1/businesses/0197f4a0-0000-7000-8000-0000000000b1/sessions/0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d"},\
                {"name":"close","title":"Close","method":"POST",\
                "href":"/v1/businesses/0197f4a0-0000-7000-8000-0000000000b1/sessions/0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d/close",\
                "type":"application/json",\
                "fields":[{"name":"final_cash","type":"integer","required":true,"title":"Counted cash"}]}]}
                """)
    }

    @Test("The detail of a conflict has the opening time, with the date if it was another day")
    func conflictSentences() {
        #expect(detail(Sample.conflict(), .spanish) == "Tenés una sesión abierta desde las 14:15")
        #expect(detail(Sample.conflict(), .english) == "You have an open session from 2:15 PM")
        let yesterday = Sample.conflict(
            with: Sample.existing(
                openedLocal: Sample.local("2026-11-22T21:34"), nowLocal: Sample.local("2026-11-23T00:10")))
        #expect(detail(yesterday, .spanish) == "Tenés una sesión abierta desde el 22/11/2026 21:34")
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
                    + #""currency":"PYG","final_cash":1200000,"over_short":-10000},"actions":[{"name":"view","#))
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
            FieldError.member("initial_cash", .required), .member("allow_overlap", .unknownField),
            FieldError(.duplicate, .parameter("limit")), FieldError(.format, .header("Idempotency-Key")),
        ]
        #expect(
            text(Problem(.validationFailed, extra: .fields(faults)), .spanish) == """
                {"type":"/problems/validation-failed","title":"Datos no válidos","status":422,\
                "detail":"Hay 4 campos con errores.","instance":"urn:uuid:0197f4a0-0000-7000-8000-00000000cafe",\
                "code":"VALIDATION_FAILED","request_id":"0197f4a0-0000-7000-8000-00000000cafe","errors":[\
                {"code":"REQUIRED","pointer":"#/initial_cash","detail":"Este campo es obligatorio."},\
                {"code":"UNKNOWN_FIELD","pointer":"#/allow_overlap","detail":"Este campo no existe."},\
                {"code":"DUPLICATE","parameter":"limit","detail":"Este parámetro está repetido."},\
                {"code":"FORMAT","header":"Idempotency-Key","detail":"El formato del valor no es válido."}]}
                """)
        let one = Problem(.validationFailed, extra: .fields([.member("x", .type)]))
        #expect(text(one, .spanish).contains("Hay 1 campo con errores."))
        #expect(text(one, .english).contains("1 field has errors."))
    }

    @Test("The problem document of 5000 invalid fields stays below 20 000 bytes")
    func manyFaults() {
        let faults = (0..<5000).map { FieldError.member("f\($0)", .unknownField) }
        let text = text(Problem(.validationFailed, extra: .fields(faults)), .english)
        #expect(text.contains("5000 fields have errors."))
        #expect(text.utf8.count < 20_000)
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
        #expect(!text.contains("secret"))
    }

    @Test("The problem document of throttling has the waiting time in Retry-After and in both languages")
    func tooMany() {
        for (error, seconds) in [(DomainError.tooManyAttempts(seconds: 32), "32"), (TooManyLogins(), "1")]
            as [(any Error, String)]
        {
            let problem = Problem(describing: error)
            #expect(problem.code.status.code == 429)
            #expect(problem.headers == [.retryAfter: seconds])
            #expect(text(problem, .spanish).contains(" Probá de nuevo en \(seconds) s.\""))
            #expect(text(problem, .english).contains(" Try again in \(seconds) s.\""))
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
            (.callerInactive, .unauthenticated, [.wwwAuthenticate: #"Bearer error="invalid_token""#]),
            (.invalidCredentials, .invalidCredentials, [.wwwAuthenticate: "Bearer"]),
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
        let detail = FieldError(code, .parameter("x")).detail
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
