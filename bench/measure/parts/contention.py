"""Measures opens and closes while another client repeats one request with the same conflict key.

It also compares opens and closes of 256 clients with pgbench."""

import json
import os
import time

from database import ADMINISTRATOR, BUSINESSES, business, cashier, identifier
from loads import SESSIONS
from programs import Fault, finish, running
from tokens import token

OTHERS = 64  # Connections that open and close.
HOT_CONNECTIONS, HOT_PAUSE = 52, 50  # A pause of 50 ms on each: about 1 000 requests/s together.
MANY = 256
FILLED_IN = 10_000_000_000  # The first closed session of bench/fill.sql.


def measure(bench):
    target = bench.service(bench.main_database)
    hot = {name: write(bench.loads, name, rows) for name, rows in [
        ("hot_open", [refused_open(0)]),
        ("hot_close", [refused_close(0)]),
        # The same work without a common key shows the cost of the load itself.
        ("spread_open", map(refused_open, range(BUSINESSES))),
        ("spread_close", map(refused_close, range(BUSINESSES))),
    ]}

    def one_round(runs, seconds):
        for name, path in [("alone", None), *hot.items()]:
            target.checks.tally()
            with HotKey(target.program.url, path, seconds):
                runs.measure(f"open_close, {name}", target.program, target.database, lambda mark: bench.loads.wrk(
                    [target.program.url], "open_close", "", OTHERS, seconds, mark))
            target.program.wait_until_quiet()
        runs.pgbench("open_close, pgbench", target.checks, "open_close", MANY, seconds)
        runs.run("open_close, service", target, "open_close", MANY, seconds)

    return {"connections": OTHERS, "many": MANY, "runs": bench.rounds(one_round)}


def write(loads, name, rows):
    loads.write(name, rows)
    return f"{loads.folder}/{name}"


def refused_open(number):
    """An open by a cashier with an open session."""
    return "POST", SESSIONS(business(number)), token(cashier(number, 0)), '{"initial_cash":150000}'


def refused_close(number):
    """A close of a closed session."""
    path = f"{SESSIONS(business(number))}/{identifier(FILLED_IN + number)}/close"
    return "POST", path, token(ADMINISTRATOR), '{"final_cash":180000}'


class HotKey:
    """Sends the requests of a file until the end of the block. It does nothing without a file."""

    def __init__(self, url, path, seconds):
        self.path = path
        self.wrk = running(
            ["wrk", "-t1", f"-c{HOT_CONNECTIONS}", f"-d{seconds}s", "--timeout", "5s", "-s", "bench/wrk/paced.lua", url,
             "--", path or "", str(HOT_PAUSE)], {**os.environ, "SERVERS": url.removeprefix("http://")})

    def __enter__(self):
        if self.path:
            self.process = self.wrk.__enter__()
            time.sleep(0.1)

    def __exit__(self, *reason):
        if not self.path:
            return
        try:
            output = finish(self.process) if reason == (None, None, None) else ""
        finally:
            self.wrk.__exit__(*reason)
        line = next((line for line in output.splitlines() if line.startswith("RESULT ")), None)
        result = json.loads(line.removeprefix("RESULT ")) if line else {}
        if not result or result["failed"] or result["refused"] != result["requests"]:
            raise Fault(f"not every request of {self.path} was refused: {result or output}")
