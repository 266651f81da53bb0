import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Business dates", .droppedDatabases)
struct BusinessDateTests {
    @Test(
        "The business date is the last date whose cutoff was reached",
        arguments: [
            // A night shift with a cutoff of 04:00.
            ("America/Asuncion", "04:00", "2026-11-24T06:59:59Z", "2026-11-23"),
            ("America/Asuncion", "04:00", "2026-11-24T07:00:00Z", "2026-11-24"),
            ("America/Asuncion", "00:00", "2026-11-24T02:59:59Z", "2026-11-23"),
            ("America/Asuncion", "23:59", "2026-11-24T02:58:59Z", "2026-11-22"),
            // In 2023 Asunción's clock went from 00:00 to 01:00 on 1 October, and from 24:00 to 23:00 on 25 March.
            ("America/Asuncion", "00:00", "2023-10-01T03:59:59Z", "2023-09-30"),
            ("America/Asuncion", "00:00", "2023-10-01T04:00:00Z", "2023-10-01"),
            ("America/Asuncion", "00:30", "2023-10-01T04:29:59Z", "2023-09-30"),
            ("America/Asuncion", "00:30", "2023-10-01T04:30:00Z", "2023-10-01"),
            ("America/Asuncion", "04:00", "2023-10-01T06:59:59Z", "2023-09-30"),
            ("America/Asuncion", "04:00", "2023-10-01T07:00:00Z", "2023-10-01"),
            ("America/Asuncion", "23:30", "2023-03-26T02:29:59Z", "2023-03-24"),
            ("America/Asuncion", "23:30", "2023-03-26T02:30:00Z", "2023-03-25"),
            ("America/Asuncion", "23:30", "2023-03-26T03:00:00Z", "2023-03-25"),
            ("America/Asuncion", "00:00", "2023-03-26T03:59:59Z", "2023-03-25"),
            ("America/Asuncion", "00:00", "2023-03-26T04:00:00Z", "2023-03-26"),
            // Havana's clock went from 01:00 back to 00:00 on 5 November 2023: 00:30 and 00:15 of the second hour.
            ("America/Havana", "00:00", "2023-11-05T03:59:59Z", "2023-11-04"),
            ("America/Havana", "00:00", "2023-11-05T04:30:00Z", "2023-11-05"),
            ("America/Havana", "00:00", "2023-11-05T05:15:00Z", "2023-11-05"),
            ("America/Havana", "00:30", "2023-11-05T04:30:00Z", "2023-11-05"),
            ("America/Havana", "00:30", "2023-11-05T05:15:00Z", "2023-11-05"),
            // New York: 01:45 EDT, then 01:15 EST.
            ("America/New_York", "01:30", "2023-11-05T05:15:00Z", "2023-11-04"),
            ("America/New_York", "01:30", "2023-11-05T05:45:00Z", "2023-11-05"),
            ("America/New_York", "01:30", "2023-11-05T06:15:00Z", "2023-11-05"),
            // Apia had no 30 December 2011.
            ("Pacific/Apia", "00:00", "2011-12-30T09:59:59Z", "2011-12-29"),
            ("Pacific/Apia", "00:00", "2011-12-30T10:00:00Z", "2011-12-31"),
            ("Pacific/Apia", "04:00", "2011-12-30T13:59:59Z", "2011-12-29"),
            ("Pacific/Apia", "04:00", "2011-12-30T14:00:00Z", "2011-12-31"),
            // Kwajalein had no 21 August 1993.
            ("Pacific/Kwajalein", "00:00", "1993-08-21T11:59:59Z", "1993-08-20"),
            ("Pacific/Kwajalein", "00:00", "1993-08-21T12:00:00Z", "1993-08-22"),
        ])
    func known(zone: String, cutoff: String, instant: String, date: String) async throws {
        let connection = try Schema.connect(try await Schema.migratedDatabase())
        let found = try connection.text("select business_date('\(instant)', '\(zone)', '\(cutoff)')::text")
        #expect(found == date)
    }

    /// `CASHPILOT_TEST_ALL_INSTANTS=1` checks every quarter of an hour, for some minutes: `make business-dates`.
    private static let areAllChecked = ProcessInfo.processInfo.environment["CASHPILOT_TEST_ALL_INSTANTS"] == "1"

    /// Cutoffs around midnight and around the hours in which clocks change.
    private static let cutoffs =
        areAllChecked
        ? (0..<12).map { "'\(2 * $0):30', " }.joined() + "'00:00', '01:30', '04:00', '23:59'"
        : "'00:00', '00:30', '01:30', '02:30', '04:00', '23:59'"

    @Test(
        "In every zone the date never decreases, skips one only with the zone, and is that of another implementation",
        arguments: [
            (".", "2023-01-01", "2026-01-01", 30),
            // Zones that skipped or repeated a day, and a clock that changed a minute after midnight.
            ("^Pacific/(Apia|Fakaofo)$|^America/St_Johns$", "2011-01-01", "2012-06-01", 2),
            ("^Pacific/(Kwajalein|Kanton|Kiritimati)$", "1993-06-01", "1996-01-01", 2),
            ("^Pacific/Kwajalein$", "1969-06-01", "1970-06-01", 1),
        ])
    func everyZone(zones: String, from: String, until: String, changingZonesMin: Int) async throws {
        let connection = try Schema.connect(try await Schema.migratedDatabase())
        try connection.execute(
            """
            set timezone = 'UTC';
            set jit = off;
            create temporary table cutoffs as select c::time as cutoff from unnest(array[\(Self.cutoffs)]) as c;
            \(Self.changes(zones: zones, from: from, until: until))
            \(Self.aroundChanges)
            \(Self.elsewhere(from: from, until: until))
            """)
        let changing = try connection.text("select count(distinct zone)::text from changes") ?? ""
        #expect(Int(changing) ?? 0 >= changingZonesMin, "\(changing)")
        for (table, fault) in [
            ("around", "found is distinct from expected"), ("around", "found < former"),
            ("around", "found > former + 1 and abs(extract(epoch from later - earlier)) < 72000"),
            ("around", "found > former + 2"), ("elsewhere", "true"),
        ] {
            let rows = try connection.text(
                "select string_agg(r::text, E'\\n') from (select * from \(table) where \(fault) limit 5) as r")
            #expect(rows == nil, "\(table): \(fault)")
        }
    }

    /// The zones, one for each history of offsets, and their changes: the instant, and the offset before and after it.
    ///
    /// Samples of a day find the changes, then samples of an hour and of a minute their instant. The samples only use
    /// the conversion from an instant to a local time, which is never ambiguous.
    private static func changes(zones: String, from: String, until: String) -> String {
        func refined(_ name: String, _ coarse: String, _ step: String, _ width: String) -> String {
            """
            create temporary table \(name) as
            select s.zone, s.instant, s.earlier, s.later
            from (
                select
                    c.zone, t as instant, (t at time zone c.zone) - t::timestamp as later,
                    lag((t at time zone c.zone) - t::timestamp)
                        over (partition by c.zone, c.instant order by t) as earlier
                from \(coarse) as c
                cross join generate_series(c.instant - interval '\(width)', c.instant, interval '\(step)') as t
            ) as s
            where s.earlier <> s.later;
            """
        }
        return """
            create temporary table wholes as
            select z.name as zone, timestamptz '\(until)' as instant
            from pg_timezone_names as z
            where z.name !~ '^(posix|right)/'
                and z.name not in ('localtime', 'posixrules', 'Factory')
                and z.name ~ '\(zones)';
            \(refined("daily", "wholes", "24 hours", "\(days(from, until)) days"))
            \(refined("hourly", "daily", "1 hour", "24 hours"))
            \(refined("every_change", "hourly", "1 minute", "1 hour"))
            create temporary table zones as
            select min(h.zone) as zone
            from (
                select w.zone, string_agg(concat(c.instant, c.earlier, c.later), ',' order by c.instant) as history
                from wholes as w
                left join every_change as c on c.zone = w.zone
                group by w.zone
            ) as h
            group by h.history, (timestamptz '\(from)' at time zone h.zone);
            create temporary table changes as
            select row_number() over (order by c.zone, c.instant) as id, c.*
            from every_change as c
            join zones as z on z.zone = c.zone;
            """
    }

    private static func days(_ from: String, _ until: String) -> Int {
        let format = Date.ISO8601FormatStyle().year().month().day()
        guard let first = try? format.parse(from), let last = try? format.parse(until) else { return 0 }
        return Int(last.timeIntervalSince(first) / 86_400)
    }

    /// The dates of every quarter of an hour within two days of a change.
    ///
    /// The expected date is found by counting the days that have begun. A day begins when its cutoff is reached by the
    /// earlier offset if that is before the change, else by the later offset if that is after the change. Otherwise the
    /// clock skips the cutoff, and the earlier offset counts.
    private static let aroundChanges = """
        create temporary table starts as
        select
            c.id, k.cutoff, d::date as day,
            case
                when d + k.cutoff::interval - c.earlier < c.instant::timestamp then d + k.cutoff::interval - c.earlier
                when d + k.cutoff::interval - c.later >= c.instant::timestamp then d + k.cutoff::interval - c.later
                else d + k.cutoff::interval - c.earlier
            end as instant
        from changes as c
        cross join cutoffs as k
        cross join generate_series(
            date_trunc('day', c.instant::timestamp) - interval '6 days',
            date_trunc('day', c.instant::timestamp) + interval '6 days', interval '1 day'
        ) as d;
        create index on starts (id, cutoff, day);
        analyze starts;
        create temporary table around as
        select
            s.*,
            lag(s.found) over (partition by s.id, s.cutoff order by s.instant) as former
        from (
            select
                c.id, c.zone, c.earlier, c.later, k.cutoff, t as instant, e.day as expected,
                business_date(t, c.zone, k.cutoff) as found
            from changes as c
            cross join cutoffs as k
            cross join generate_series(
                c.instant - interval '48 hours', c.instant + interval '48 hours', interval '15 minutes'
            ) as t
            cross join lateral (
                select max(b.day) as day
                from starts as b
                where b.id = c.id
                    and b.cutoff = k.cutoff
                    and b.instant <= t::timestamp
            ) as e
        ) as s;
        """

    /// The wrong dates farther from the changes, where the local time minus the cutoff has the date.
    private static func elsewhere(from: String, until: String) -> String {
        let step = areAllChecked ? "15 minutes" : "100 hours 15 minutes"
        return """
            create temporary table elsewhere as
            select s.*
            from (
                select
                    z.zone, k.cutoff, t as instant, business_date(t, z.zone, k.cutoff) as found,
                    ((t at time zone z.zone) - k.cutoff::interval)::date as expected
                from zones as z
                cross join cutoffs as k
                cross join generate_series(timestamptz '\(from)', timestamptz '\(until)', interval '\(step)') as t
                where not exists (
                    select
                    from changes as c
                    where c.zone = z.zone
                        and c.instant between t - interval '47 hours' and t + interval '47 hours'
                )
            ) as s
            where s.found is distinct from s.expected;
            """
    }
}
