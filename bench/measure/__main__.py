"""Measures the service beside a bare route and pgbench. Run by bench/run, which see."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import report
from checks import Checks
from database import Database
from loads import Loads
from programs import Fault, Program, run, say
from runs import Runs
from tokens import SECRET


def arguments():
    parser = argparse.ArgumentParser(
        prog="bench/run",
        description="Measures the service with everything on beside a bare Hummingbird route and pgbench running the "
        "same SQL, all on a private PostgreSQL with durable commits, and prints a table and ratios.",
        epilog="Everything shares this machine, so only ratios within one run mean anything. "
        "Exit status: 0, or 1 if any answer was not the expected one.",
    )
    parser.add_argument("--sessions", type=int, default=100_000, metavar="N",
                        help="closed sessions to fill in, in thousands: 10000, 1000000; default %(default)s")
    parser.add_argument("--seconds", type=int, default=5, metavar="N", help="of each run; default %(default)s")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="of all runs; default %(default)s")
    parser.add_argument("--connections", type=int, default=64, metavar="N",
                        help="of wrk, and clients of pgbench; default %(default)s")
    parser.add_argument("--programs", metavar="DIR", help="use cashpilot and BareRoute from here instead of building")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    for name, low, high in [("sessions", 10_000, 10_000_000), ("seconds", 1, 600), ("rounds", 1, 100),
                            ("connections", 2, 300)]:
        if not low <= getattr(options, name) <= high:
            parser.error(f"--{name} must be {low} to {high}")
    if options.sessions % 1000:
        parser.error("--sessions must be a multiple of 1000")
    return options


def measure(options, folder):
    """Everything between the start of the database and the end of the programs."""
    programs = os.path.abspath(options.programs)
    database = Database(os.environ["DATABASE_URL"])
    database.create()
    environment = {
        "DATABASE_URL": database.url, "HTTP_PORT": "0", "MANAGEMENT_PORT": "0", "AUTH_SECRET": SECRET,
    }
    run([f"{programs}/cashpilot", "migrate", "up"], environment)
    database.fill(options.sessions)

    bare = Program([f"{programs}/BareRoute"], {}, ["listening"], f"{folder}/bare.log")
    service = Program(
        [f"{programs}/cashpilot", "serve"], environment, ["listening", "management"], f"{folder}/access.log")
    with bare, service:
        try:
            checks = Checks(service, database, options.sessions)
            checks.try_each()
            loads = Loads(folder, options.connections, database, bare, service)
            runs = Runs(loads, checks, database, bare, service)
            say("warming up")
            runs.round(1)
            runs.forget()
            for number in range(options.rounds):
                say(f"round {number + 1} of {options.rounds}")
                runs.round(options.seconds)
        finally:
            service.show_complaints()
        return report.summary(runs.measures, options, database, service, bare)


def main():
    options = arguments()
    if options.check:
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = tempfile.mkdtemp(prefix="cashpilot-bench.")
    try:
        report.write(os.environ["BENCH_RESULTS"], measure(options, folder))
    except (Fault, OSError, subprocess.SubprocessError) as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        shutil.rmtree(folder)


main()
