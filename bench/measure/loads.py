"""Runs wrk against a program, and pgbench against the database."""

import glob
import json
import os
import re
import time
from dataclasses import dataclass

import statements
from database import ADMINISTRATOR, BUSINESSES, LONG_LIST, LONG_LISTED, STANDING, business, cashier
from programs import Fault, finish, run, running
from tokens import token

THREADS = 2  # For wrk and for pgbench.
THREADS_OF_REPLICAS = 12  # A multiple of 1, 2, 3 and 4, so that each replica gets the same load.
CLIENTS_PREPARED_A_SECOND = 32  # pgbench clients that connect and prepare their statements in 1 s.

# The settings of the service's connections (Sources/Postgres/Client/ConnectionString.swift).
SESSION_SETTINGS = ("-c timezone=UTC -c client_connection_check_interval=500 -c plan_cache_mode=force_generic_plan "
                    "-c enable_seqscan=off -c enable_bitmapscan=off -c jit=off "
                    "-c lock_timeout=1500 -c statement_timeout=3000")

SESSIONS = "/v1/businesses/{}/sessions".format


@dataclass
class Seen:
    """The result of a load. An open and a close count as two requests."""

    requests: int  # In the measured time.
    in_all: int
    seconds: float
    p50: float  # In ms, like p99.
    p99: float
    refused: int = 0  # Responses with a status of 400 or above.


# The statuses of each load.
EXPECTED = {"current": [200], "refused": [409], "open_close": [200, 201], "list": [200], "page_1000": [200]}


class Loads:
    """Writes the files of requests. The service gets tokens; the peers (`.plain`) get user ids instead."""

    def __init__(self, folder):
        self.folder = folder
        self.write_requests("", token)
        self.write_requests(".plain", str)
        self.write("current.sql", [(statements.current(),)])
        self.write("refused.sql", [(statements.open_refused(),)])

    def write_requests(self, suffix, identify):
        standing = [(SESSIONS(business(b)), identify(cashier(b, c))) for b in range(BUSINESSES) for c in range(2)]
        idle = [(SESSIONS(business(b)), cashier(b, STANDING + c)) for c in range(2) for b in range(BUSINESSES)]
        administrator = identify(ADMINISTRATOR)
        self.write(f"current{suffix}", [("GET", path + "/current", bearer, "") for path, bearer in standing])
        self.write(f"refused{suffix}", [("POST", path, bearer, '{"initial_cash":150000}') for path, bearer in standing])
        self.write(f"list{suffix}", [("GET", path + "?limit=20", administrator, "") for path, _ in standing[::2]])
        self.write(f"open_close{suffix}", [(path, user, identify(user)) for path, user in idle])

    def write_page_1000(self, checks):
        """Finds the cursor of page 1000 of the long list. It reads 200 a page, because cursors contain no page size."""
        path, cursor, to_go = SESSIONS(business(LONG_LISTED)), "", LONG_LIST - 20
        while to_go:
            size = min(200, to_go)
            page = checks.ask(200, f"{path}?limit={size}{cursor}", ADMINISTRATOR)
            cursor, to_go = f"&cursor={page['next_cursor']}", to_go - size
        last = f"{path}?limit=20{cursor}"
        checks.expect(len(checks.ask(200, last, ADMINISTRATOR)["items"]) == 20, last)
        self.write(f"page_1000.{checks.database.sessions}", [("GET", last, token(ADMINISTRATOR), "")])

    def write(self, name, rows):
        with open(f"{self.folder}/{name}", "w", encoding="utf-8") as file:
            file.writelines("\t".join(row) + "\n" for row in rows)

    # Both loads call `mark` at the start and at the end of the measured time.

    def wrk(self, urls, kind, suffix, connections, seconds, mark):
        """Distributes the threads over the servers."""
        threads = min(connections, THREADS if len(urls) == 1 else THREADS_OF_REPLICAS)
        script, arguments = ("open_close", [str(threads)]) if kind == "open_close" else ("cycle", [])
        environment = {**os.environ, "SERVERS": " ".join(url.removeprefix("http://") for url in urls)}
        mark()
        output = run(
            ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s",
             "-s", f"bench/wrk/{script}.lua", urls[0], "--", f"{self.folder}/{kind}{suffix}", *arguments], environment)
        mark()
        line = next((line for line in output.splitlines() if line.startswith("RESULT ")), None)
        if line is None:
            raise Fault(f"wrk gave no result:\n{output}")
        result = json.loads(line.removeprefix("RESULT "))
        if result["unexpected"] or result["failed"] or not result["requests"]:
            raise Fault(f"{kind} of wrk on {urls}: {result}")
        return Seen(result["requests"], result["requests"], result["microseconds"] / 1e6, result["p50"] / 1e3,
                    result["p99"] / 1e3, result["refused"])

    def pgbench(self, url, kind, connections, seconds, mark):
        requests = 1  # In each transaction of the file.
        if kind == "open_close":
            requests = 2
            self.write("open_close.sql", [(statements.open_close(connections),)])
        for old in glob.glob(f"{self.folder}/times.*"):
            os.remove(old)
        prepare_seconds = -(-connections // CLIENTS_PREPARED_A_SECOND)
        command = ["pgbench", "--no-vacuum", "--protocol=prepared", f"--client={connections}",
                   f"--jobs={THREADS}", f"--time={prepare_seconds + seconds + 1}",
                   f"--file={self.folder}/{kind}.sql", "--log", f"--log-prefix={self.folder}/times", url]
        with running(command, {**os.environ, "PGOPTIONS": SESSION_SETTINGS}) as pgbench:
            time.sleep(prepare_seconds)
            begin = time.time()
            mark()
            time.sleep(seconds)
            end = time.time()
            mark()
            output = finish(pgbench)
        in_all = int(re.search(r"transactions actually processed: (\d+)", output)[1])
        times = sorted(self.times(begin, end))
        if not times or not re.search(r"failed transactions: 0 ", output):
            raise Fault(f"pgbench:\n{output}")
        return Seen(len(times) * requests, in_all * requests, end - begin,
                    times[len(times) // 2] / 1e3, times[len(times) * 99 // 100] / 1e3)

    def times(self, begin, end):
        """The durations in µs of the transactions that ended in this time, from pgbench's log."""
        for name in glob.glob(f"{self.folder}/times.*"):
            with open(name, encoding="utf-8") as file:
                for line in file:
                    _, _, took, _, seconds, microseconds = line.split()
                    if begin <= int(seconds) + int(microseconds) / 1e6 < end:
                        yield int(took)
