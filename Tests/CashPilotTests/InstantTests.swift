import CashPilot
import Testing

@Suite("Dates and wall clocks")
struct InstantTests {
    @Test("Every day of eight centuries comes back from its parts")
    func roundTrip() {
        var expected = CivilDate(daysSince1970: -146_097)
        for days in Int32(-146_097)...146_097 {
            let date = CivilDate(daysSince1970: days)
            let (year, month, day) = date.parts
            #expect(CivilDate(year: year, month: month, day: day) == date)
            #expect(expected <= date)
            expected = date
        }
    }

    @Test(
        "Known days",
        arguments: [(1970, 1, 1, 0), (2000, 2, 29, 11_016), (2024, 12, 31, 20_088), (1969, 12, 31, -1)])
    func known(year: Int, month: Int, day: Int, days: Int32) throws {
        #expect(try #require(CivilDate(year: year, month: month, day: day)).daysSince1970 == days)
    }

    @Test(
        "The calendar has no such day",
        arguments: [(2023, 2, 29), (2100, 2, 29), (2024, 4, 31), (2024, 13, 1), (2024, 0, 1), (2024, 1, 0), (0, 1, 1)])
    func absent(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test("A wall clock tells its day and minute on both sides of 1970")
    func wallClock() {
        let afternoon = LocalTime(milliseconds: (14 * 60 + 15) * 60_000)
        #expect(afternoon.date.daysSince1970 == 0)
        #expect(afternoon.minuteOfDay == 14 * 60 + 15)
        let before = LocalTime(milliseconds: -60_000)
        #expect(before.date.daysSince1970 == -1)
        #expect(before.minuteOfDay == 23 * 60 + 59)
    }
}
