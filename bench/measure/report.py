"""Prints the tables and figures, and writes them as JSON."""

import json
import os
import platform
import time
from statistics import median

import goals
from peers import TITLES
from programs import say

WHAT = {"current": "current", "refused": "open, refused", "open_close": "open + close", "list": "list of 20",
        "page_1000": "list, page 1000"}
WHO = {"bare": "bare route", "pgbench": "pgbench", "service": "service", "ungrouped": "the same, a commit each", "alone": "nobody beside", **TITLES,
       "hot_open": "one open over and over", "spread_open": "the same of many keys",
       "hot_close": "one close over and over", "spread_close": "the same of many keys"}
COLUMNS = [("p50", 8, 1), ("p99", 8, 1), ("service", 12, 0), ("postgres", 15, 0)]
HEADINGS = {
    "peers": "The hot requests",
    "latency": "With more connections",
    "rows": "With more rows",
    "connections": "With few and with many connections",
    "replicas": "Processes of the service beside each other",
    "contention": "Beside somebody who asks over and over",
}


def summary(parts, options, database, busy):
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "processor": processor(), "processors": os.cpu_count(), "system": platform.release(),
        "busy_before": busy,
        "postgresql": database.version(), "sessions": options.sessions, "rounds": options.rounds,
        "seconds": options.seconds, "parts": parts,
        "figures": [figure.document() for figure in goals.figures(parts)],
    }


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), "unknown")


def write(path, found):
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        json.dump(found, file, indent=1, ensure_ascii=False)
    os.replace(f"{path}.new", path)
    print("\n".join(lines(found)))
    say(f"all of it is in {os.path.relpath(path)}")


def lines(found):
    yield (f"{found['at'][:10]}: {found['sessions']} closed sessions; medians of {found['rounds']} interleaved runs "
           f"of {found['seconds']} s (min–max).")
    yield (f"PostgreSQL {found['postgresql']}, durable commits; it, the programs and the load share "
           f"{found['processors']} processors ({found['processor']}, Linux {found['system']}), of which "
           f"{found['busy_before']:.0%} were in use before.")
    for name, part in found["parts"].items():
        if name in HEADINGS:
            yield from table(f"{HEADINGS[name]}, {connections(part)}", part["runs"])
    yield ""
    yield "program, PostgreSQL: processor time a request, in µs. Opening and closing are a request each;"
    yield "*: times are those of a pair."
    yield from memory(found["parts"].get("peers", {}).get("memory", {}))
    if found["figures"]:
        yield from goal_lines(found["figures"])


def connections(part):
    count = part["connections"]
    return f"{count} connections" if isinstance(count, int) else f"{min(count)} to {max(count)} connections"


def table(heading, runs):
    yield ""
    yield heading
    yield f"{'':48}{'requests/s':>12} {'':17}{'p50 ms':>8}{'p99 ms':>8}{'program µs':>12}{'PostgreSQL µs':>15}"
    previous = None
    for key, measures in runs.items():
        kind, *who = key.split(", ")
        what = WHAT[kind] if kind != previous else ""
        previous = kind
        yield row(what, ", ".join(WHO.get(each, each) for each in who) + star(key), measures)


def star(key):
    return " *" if key == "open_close, pgbench" else ""


def row(what, who, measures):
    rates = [measure["rate"] for measure in measures]
    spread = f"({min(rates):.0f}–{max(rates):.0f})"
    cells = f"{what:24}{who:24}{median(rates):>12.0f} {spread:17}"
    for field, width, digits in COLUMNS:
        values = [measure[field] for measure in measures]
        cells += f"{'–' if None in values else f'{median(values):.{digits}f}':>{width}}"
    return cells.rstrip()


def memory(bytes_of):
    if bytes_of:
        yield "Memory at the most: " + ", ".join(
            f"{WHO[name]} {count / goals.MEGABYTE:.0f} MB" for name, count in bytes_of.items()) + "."


def goal_lines(figures):
    yield ""
    yield f"{'':56}{'median':>9}  {'min–max':17}{'goal':>8}"
    for figure in figures:
        verdict = {True: "met", False: "MISSED", None: ""}[figure["is_met"]]
        spread = f"({figure['min']:.2f}–{figure['max']:.2f})"
        yield (f"{figure['text']:56}{figure['median']:>9.2f}  {spread:17}{figure['goal'] or '':>8}"
               f" {figure['unit']:3}{verdict}").rstrip()
