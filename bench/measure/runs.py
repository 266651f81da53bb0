"""Single runs and their measures."""

from collections import defaultdict
from dataclasses import dataclass

from checks import Checks, ServiceChecks
from loads import EXPECTED


@dataclass
class Measure:
    """The measures of one run. None: not measured."""

    rate: float  # Requests in 1 s.
    p50: float  # In ms, like p99.
    p99: float
    service: float | None  # Processor time of a request in µs, like postgres.
    postgres: float | None


class Target:
    """A program under load, its database if it has one, and the checks of its responses."""

    def __init__(self, name, program, database, is_service=False):
        self.name, self.program, self.database = name, program, database
        self.suffix = "" if is_service or database is None else ".plain"
        self.checks = (ServiceChecks if is_service else Checks)(program, database)
        self.urls = getattr(program, "replica_urls", None) or [program.url]


class Runs:
    """`measures` has a list for each key "kind, program"."""

    def __init__(self, loads):
        self.loads = loads
        self.forget()

    def forget(self):
        self.measures = defaultdict(list)

    def run(self, key, target, kind, connections, seconds):
        checks = target.checks
        before, tally = checks.statuses(), kind == "open_close" and checks.tally()
        suffix = f".{target.database.sessions}" if kind == "page_1000" else target.suffix
        seen = self.measure(key, target.program, target.database, lambda mark: self.loads.wrk(
            target.urls, kind, suffix, connections, seconds, mark))
        checks.answers(before, EXPECTED[kind], seen, connections)
        if tally:
            checks.changes(tally, seen, connections)

    def pgbench(self, key, checks, kind, connections, seconds):
        tally = checks.tally()
        seen = self.measure(key, None, checks.database, lambda mark: self.loads.pgbench(
            checks.database.url, kind, connections, seconds, mark))
        if kind == "open_close":
            checks.changes(tally, seen, 0)

    def measure(self, key, program, database, load):
        marks = []
        seen = load(lambda: marks.append((
            program.cpu_seconds() if program else 0, database.cpu_seconds() if database else 0)))
        by_program, by_database = ((after - before) * 1e6 / seen.requests for before, after in zip(*marks))
        self.measures[key].append(Measure(
            seen.requests / seen.seconds, seen.p50, seen.p99,
            by_program if program else None, by_database if database else None))
        return seen
