"""Runs the chosen parts and reports their results. bench/run starts it."""

import importlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import options
import plot
import processes
import report
from bench import Bench
from programs import Fault, say

BUSY_MOST = 0.1


def measure(chosen, folder):
    busy = processes.busy_share()
    if busy > BUSY_MOST:
        say(f"the machine is already busy ({busy:.0%}): the figures will mean little")
    with Bench(chosen, folder) as bench:
        try:
            parts = {}
            for name in chosen.parts:
                say(f"measuring: {name}")
                parts[name] = importlib.import_module(f"parts.{name}").measure(bench)
            return report.summary(parts, chosen, bench.main_database, busy)
        finally:
            bench.show_complaints()


def main():
    chosen = options.read()
    if chosen.check:
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = tempfile.mkdtemp(prefix="cashpilot-bench.")
    try:
        found = measure(chosen, folder)
        report.write(os.environ["BENCH_RESULTS"], found)
        if chosen.plot:
            with open(chosen.plot, "w", encoding="utf-8") as file:
                file.write(plot.draw(found["parts"]["connections"]))
    except (Fault, OSError, subprocess.SubprocessError) as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        shutil.rmtree(folder)


main()
