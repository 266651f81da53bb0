"""The runs of a round, and what each is measured by."""

from collections import defaultdict
from dataclasses import dataclass


@dataclass
class Measure:
    """One run. `None`: not there, or not of interest."""

    rate: float  # Requests a second.
    p50: float  # Milliseconds, like p99.
    p99: float
    service: float | None  # Microseconds of processor time a request, like postgres.
    postgres: float | None


class Runs:
    def __init__(self, loads, checks, database, bare, service):
        self.loads, self.checks, self.database, self.bare, self.service = loads, checks, database, bare, service
        self.forget()

    def forget(self):
        self.measures = defaultdict(list)

    def round(self, seconds):
        """Each run once; those that are compared follow each other."""
        self.cycle(self.bare, "bare", "current", seconds)
        self.pgbench("current", seconds)
        self.cycle(self.service, "current", "current", seconds, 200)
        self.pgbench("refused", seconds)
        self.cycle(self.service, "refused", "refused", seconds, 409)
        self.pgbench("open_close", seconds, requests=2)
        self.open_close(seconds)
        self.cycle(self.service, "list", "list", seconds, 200)

    def cycle(self, program, name, file, seconds, *statuses):
        before = self.checks.statuses()
        seen = self.run(name, program, lambda mark: self.loads.cycle(program, file, seconds, mark))
        self.checks.answers(before, statuses, seen, self.loads.connections)

    def open_close(self, seconds):
        before, tally = self.checks.statuses(), self.checks.tally()
        seen = self.run("open_close", self.service, lambda mark: self.loads.open_close(seconds, mark))
        self.checks.answers(before, [200, 201], seen, self.loads.connections)
        self.checks.changes(tally, seen, self.loads.connections)

    def pgbench(self, file, seconds, requests=1):
        tally = self.checks.tally()
        seen = self.run(f"{file}, pgbench", None, lambda mark: self.loads.pgbench(file, seconds, mark, requests))
        if file == "open_close":
            self.checks.changes(tally, seen, 0)

    def run(self, name, program, load):
        marks = []
        seen = load(lambda: marks.append((program.cpu_seconds() if program else 0, self.database.cpu_seconds())))
        by_program, by_database = ((after - before) * 1e6 / seen.requests for before, after in zip(*marks))
        self.measures[name].append(Measure(
            seen.requests / seen.seconds, seen.p50, seen.p99,
            by_program if program else None, None if program is self.bare else by_database))
        return seen
