import CashPilot
import Testing

@testable import CashPilotHTTP

@Suite("Accept-Language")
struct AcceptLanguageTests {
    @Test(
        "Accept-Language selects the supported language with the highest weight",
        arguments: [
            ("es", .spanish), ("es-PY", .spanish), ("es-419", .spanish), ("ES-ar", .spanish), ("gn", .spanish),
            ("gn-PY", .spanish), ("en", .english), ("en-GB", .english), ("EN", .english), ("*", .spanish),
            ("fr, *", .spanish), ("fr", nil), ("", nil), (",,;", nil), ("eng", nil), ("e", nil),
            ("en, es", .english), ("es, en", .spanish), ("es;q=0.5, en;q=0.8", .english),
            ("en;q=0.8, es;q=0.9", .spanish), ("en;q=0.8,es;q=0.801", .spanish), ("fr;q=1, en;q=0.1", .english),
            ("es;q=0, *", .english), ("en;q=0, *;q=0.1", .spanish), ("es;q=0", nil), ("es;q=0, en;q=0", nil),
            ("en;q=0.5, *", .spanish), ("en, *;q=0.5", .english), ("es-AR;q=0.1, en;q=0.5, es;q=0.9", .spanish),
            ("en ; q = 0.3 , es ; Q=0.2", .english), ("en;q=2", nil), ("en;q=1.001", nil), ("en;q=abc", nil),
            ("en;q=", nil), ("en;q=0.1234", nil), ("en;level=1, es;q=0.1", .spanish), ("es;q=1.000", .spanish),
            ("ja;q=0.9,pt-BR;q=0.8,en-US;q=0.7", .english),
        ] as [(String, Locale?)])
    func chooses(_ header: String, _ locale: Locale?) {
        #expect(Locale.preferred(in: header) == locale)
    }

    @Test("Accept-Language is read up to a limit, however long it is")
    func isBounded() {
        #expect(Locale.preferred(in: String(repeating: "fr,", count: 30_000) + "en") == nil)
        #expect(Locale.preferred(in: "en," + String(repeating: "es;q=0.1,", count: 30_000)) == .english)
    }
}

@Suite("Times in messages")
struct ClockTextTests {
    private func local(_ text: String) throws -> LocalTime {
        LocalTime(milliseconds: try #require(Instant(rfc3339: text + ":00Z")).milliseconds)
    }

    @Test(
        "A time has a 24-hour clock in Spanish and a 12-hour clock in English",
        arguments: [
            ("00:00", "desde las 00:00", "from 12:00 AM"), ("00:59", "desde las 00:59", "from 12:59 AM"),
            ("01:05", "desde la 01:05", "from 1:05 AM"), ("02:00", "desde las 02:00", "from 2:00 AM"),
            ("11:59", "desde las 11:59", "from 11:59 AM"), ("12:00", "desde las 12:00", "from 12:00 PM"),
            ("13:01", "desde las 13:01", "from 1:01 PM"), ("14:15", "desde las 14:15", "from 2:15 PM"),
            ("23:59", "desde las 23:59", "from 11:59 PM"),
        ])
    func sameDay(_ clock: String, _ es: String, _ en: String) throws {
        let time = try local("2026-11-23T" + clock)
        #expect(ClockText.since(time, today: time.date, in: .spanish) == es)
        #expect(ClockText.since(time, today: time.date, in: .english) == en)
    }

    @Test("A time has its date unless that is known to be today")
    func otherDay() throws {
        let time = try local("2026-11-02T01:34")
        for today in [try local("2026-11-03T00:00").date, try local("2026-12-02T01:34").date, nil] {
            let es = ClockText.since(time, today: today, in: .spanish)
            #expect(es == "desde el 02/11/2026 a la 01:34 de la madrugada")
            #expect(ClockText.since(time, today: today, in: .english) == "from Nov 2, 2026, 1:34 AM")
        }
        for (clock, es) in [
            ("00:05", "a las 00:05 de la madrugada"), ("04:59", "a las 04:59 de la madrugada"),
            ("05:00", "a las 05:00"), ("13:00", "a las 13:00"), ("21:34", "a las 21:34"),
        ] {
            let time = try local("2026-11-22T" + clock)
            #expect(ClockText.since(time, today: nil, in: .spanish) == "desde el 22/11/2026 \(es)")
            #expect(ClockText.text(of: time, today: nil, in: .spanish) == "22/11/2026 \(clock)")
        }
    }
}
