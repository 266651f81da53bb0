"""The figures of a report and their goals."""

from dataclasses import dataclass
from statistics import median


@dataclass
class Figure:
    """A measured value, once for each round, and its goal if there is one."""

    text: str
    values: list[float]
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def goal(self):
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return "" if self.at_most is None else f"≤ {self.at_most:g}"

    @property
    def is_met(self):
        """Compares the median. None without a goal."""
        if self.at_least is not None:
            return median(self.values) >= self.at_least
        return None if self.at_most is None else median(self.values) <= self.at_most

    def document(self):
        return {"text": self.text, "unit": self.unit, "median": median(self.values), "min": min(self.values),
                "max": max(self.values), "goal": self.goal or None, "is_met": self.is_met}


RATE, SERVICE, POSTGRES, P99 = "rate", "service", "postgres", "p99"
MEGABYTE = 1_000_000

# For the part "peers": text, field, numerator, denominator, goal.
BESIDE_PEERS = [
    ("current ÷ Go", RATE, "current, service", "current, go", {"at_least": 1.4}),
    ("open refused ÷ Go", RATE, "refused, service", "refused, go", {"at_least": 1.5}),
    ("open + close ÷ Go", RATE, "open_close, service", "open_close, go", {"at_least": 1.5}),
    ("open + close, a commit each ÷ Go", RATE, "open_close, ungrouped", "open_close, go", {}),
    ("list of 20 ÷ Go", RATE, "list, service", "list, go", {"at_least": 1.6}),
    ("current ÷ pgbench", RATE, "current, service", "current, pgbench", {}),
    ("open refused ÷ pgbench", RATE, "refused, service", "refused, pgbench", {}),
    ("open + close ÷ pgbench", RATE, "open_close, service", "open_close, pgbench", {"at_least": 1.5}),
    ("open + close, a commit each ÷ pgbench", RATE, "open_close, ungrouped", "open_close, pgbench", {"at_least": 0.9}),
    ("current ÷ FastAPI", RATE, "current, service", "current, fastapi", {"at_least": 15}),
    ("open refused ÷ FastAPI", RATE, "refused, service", "refused, fastapi", {"at_least": 15}),
    ("open + close ÷ FastAPI", RATE, "open_close, service", "open_close, fastapi", {"at_least": 10}),
    ("current ÷ Litestar", RATE, "current, service", "current, litestar", {}),
    ("open refused ÷ Litestar", RATE, "refused, service", "refused, litestar", {}),
    ("open + close ÷ Litestar", RATE, "open_close, service", "open_close, litestar", {}),
    ("current ÷ bare route", RATE, "current, service", "current, bare", {}),
    ("service µs, current ÷ bare route", SERVICE, "current, service", "current, bare", {"at_most": 1.5}),
    ("PostgreSQL µs, current ÷ Go", POSTGRES, "current, service", "current, go", {"at_most": 0.4}),
]
KINDS = {"current": "current", "refused": "open refused", "open_close": "open + close"}
LISTED_KINDS = {"current": "current", "refused": "open refused", "list": "list page 1", "page_1000": "list page 1000"}


def figures(parts):
    makers = {"peers": beside_peers, "latency": latency, "rows": rows, "memory": memory, "replicas": replicas,
              "contention": contention, "overload": overload}
    return [figure for name, make in makers.items() if name in parts for figure in make(parts[name])]


def beside_peers(part):
    for text, field, upper, lower, goal in BESIDE_PEERS:
        yield from ratio(text, part["runs"], field, upper, lower, goal)
    yield from latency(part)


def latency(part):
    for kind, text in KINDS.items():
        yield from ratio(f"p99 of {text}, {part['connections']} connections ÷ Go", part["runs"], P99,
                         f"{kind}, service", f"{kind}, go", {"at_most": 0.4})


def rows(part):
    """Time is the inverse of the rate."""
    small, large = min(part["rows"]), max(part["rows"])
    for kind, text in LISTED_KINDS.items() if small < large else []:
        upper, lower = f"{kind}, {large}", f"{kind}, {small}"
        sizes = f"{short(large)} ÷ {short(small)} rows"
        yield from ratio(f"time of {text}, {sizes}", part["runs"], RATE, lower, upper, {"at_most": 1.2})
        yield from ratio(f"PostgreSQL µs of {text}, {sizes}", part["runs"], POSTGRES, upper, lower, {"at_most": 1.2})


def replicas(part):
    """More processes on the same processors should not be slower."""
    for kind, text in KINDS.items():
        for count in part["counts"][1:]:
            yield from ratio(f"{text}, {count} processes ÷ 1", part["runs"], RATE, f"{kind}, {count}", f"{kind}, 1",
                             {"at_least": 0.9})


def memory(part):
    yield Figure("memory, idle", [part["idle"] / MEGABYTE], "MB", at_most=45)
    yield Figure(f"memory, {part['busy_connections']} connections", [part["busy"] / MEGABYTE], "MB", at_most=80)
    yield Figure(f"memory, {part['socket_count']} idle sockets", [part["sockets"] / MEGABYTE], "MB", at_most=150)
    yield Figure("start to ready", part["start_to_ready_milliseconds"], "ms", at_most=100)


def contention(part):
    for name, text in {"hot_open": "an open", "hot_close": "a close"}.items():
        yield from ratio(f"open + close beside {text} over and over ÷ alone", part["runs"], RATE,
                         f"open_close, {name}", "open_close, alone", {"at_least": 0.9})
    yield from ratio(f"open + close, {part['many']} clients ÷ pgbench", part["runs"], RATE,
                     "open_close, service", "open_close, pgbench", {"at_least": 0.9})


def overload(part):
    for factor, load in part["loads"].items():
        yield Figure(f"done when asked for {factor} times what it bears", [load["served"] / part["bears"]],
                     **({} if factor == "1" else {"at_least": 0.9}))
        if load["refused"]:
            yield Figure("  longest time to a refusal", [load["refused_max"]], "s", at_most=1.1)
    # The last arrival may wait for the whole limit.
    yield Figure("last refusal after that", [part["recovery_seconds"]], "s", at_most=1.1)


def ratio(text, runs, field, upper, lower, goal):
    """One value for each round; none if one of the two runs is missing."""
    if runs.get(upper) and runs.get(lower):
        yield Figure(text, [a[field] / b[field] for a, b in zip(runs[upper], runs[lower])], **goal)


def short(count):
    return f"{count // 1_000_000} M" if count % 1_000_000 == 0 else f"{count // 1000} k"
