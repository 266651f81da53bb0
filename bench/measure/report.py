"""The table, the ratios, and both as JSON."""

import json
import os
import time
from dataclasses import asdict
from statistics import median

from programs import say

LABELS = {
    "bare": ("bare Hummingbird route", ""),
    "current, pgbench": ("current", "pgbench"),
    "current": ("", "service"),
    "refused, pgbench": ("open, refused", "pgbench"),
    "refused": ("", "service"),
    "open_close, pgbench": ("open + close", "pgbench *"),
    "open_close": ("", "service"),
    "list": ("list of 20", "service"),
}

# Of what, upper and lower run, and the goal.
RATIOS = [
    ("current ÷ bare route", "rate", "current", "bare", None),
    ("current ÷ pgbench", "rate", "current", "current, pgbench", None),
    ("open refused ÷ pgbench", "rate", "refused", "refused, pgbench", None),
    ("open + close ÷ pgbench", "rate", "open_close", "open_close, pgbench", "≥ 0.9 (1.5 with grouped writes)"),
    ("service µs, current ÷ bare route", "service", "current", "bare", "≤ 1.5"),
]


def summary(measures, options, database, service, bare):
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "processors": os.cpu_count(), "postgresql": database.version(),
        "sessions": options.sessions, "connections": options.connections,
        "rounds": options.rounds, "seconds": options.seconds,
        "runs": {name: [asdict(measure) for measure in of_name] for name, of_name in measures.items()},
        "ratios": {text: middle([getattr(a, field) / getattr(b, field)
                                 for a, b in zip(measures[upper], measures[lower])])
                   for text, field, upper, lower, _ in RATIOS},
        "service": {"start_milliseconds": service.start_milliseconds, "idle_bytes": service.idle_bytes,
                    "most_bytes": service.memory("VmHWM"), "log_bytes": os.path.getsize(service.log)},
        "bare": {"most_bytes": bare.memory("VmHWM")},
    }


def middle(values):
    return {"median": median(values), "min": min(values), "max": max(values)}


def write(path, found):
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        json.dump(found, file, indent=1, ensure_ascii=False)
    os.replace(f"{path}.new", path)
    print("\n".join(lines(found)))
    say(f"all of it is in {os.path.relpath(path)}")


def lines(found):
    yield ""
    yield (f"{found['sessions']} closed sessions, {found['connections']} connections, medians of {found['rounds']} "
           f"interleaved runs of {found['seconds']} s (min–max).")
    yield (f"PostgreSQL {found['postgresql']}, durable commits; it, the service and the load share "
           f"{found['processors']} processors.")
    yield ""
    yield f"{'':24}{'':10}{'requests/s':>12} {'':17}{'p50 ms':>8}{'p99 ms':>8}{'service µs':>12}{'PostgreSQL µs':>15}"
    for name, (what, who) in LABELS.items():
        yield row(what, who, found["runs"][name])
    yield ""
    yield "µs: processor time a request. Opening and closing are a request each;"
    yield "*: pgbench's times there are those of a pair."
    yield ""
    for text, _, _, _, goal in RATIOS:
        ratio = found["ratios"][text]
        yield (f"{text:34}{ratio['median']:>6.2f}  ({ratio['min']:.2f}–{ratio['max']:.2f})"
               + (f"   goal {goal}" if goal else ""))
    service = found["service"]
    yield ""
    yield (f"The service is ready in {service['start_milliseconds']} ms, takes {megabytes(service['idle_bytes'])} MB "
           f"idle and {megabytes(service['most_bytes'])} MB at the most; "
           f"it logged {megabytes(service['log_bytes'])} MB.")


def row(what, who, runs):
    rates = [run["rate"] for run in runs]
    spread = f"({min(rates):.0f}–{max(rates):.0f})"
    cells = f"{what:24}{who:10}{median(rates):>12.0f} {spread:17}"
    for field, width, digits in [("p50", 8, 1), ("p99", 8, 1), ("service", 12, 0), ("postgres", 15, 0)]:
        values = [run[field] for run in runs]
        cells += f"{'–' if None in values else f'{median(values):.{digits}f}':>{width}}"
    return cells.rstrip()


def megabytes(count):
    return round(count / 1_000_000)
