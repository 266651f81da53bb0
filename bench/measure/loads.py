"""The loads: wrk on our service and on the bare route, pgbench on the database."""

import glob
import json
import os
import re
import time
from dataclasses import dataclass

import statements
from database import ADMINISTRATOR, BUSINESSES, STANDING, business, cashier
from programs import Fault, finish, run, running
from tokens import token

THREADS = 2  # Of wrk and of pgbench.
CLIENTS_PREPARED_A_SECOND = 32  # Of pgbench: connected, with their statements planned, and running evenly.

# As the service's own connections: Sources/Postgres/ConnectionString.swift.
SESSION_SETTINGS = ("-c timezone=UTC -c client_connection_check_interval=500 -c plan_cache_mode=force_generic_plan "
                    "-c enable_seqscan=off -c enable_bitmapscan=off -c jit=off "
                    "-c lock_timeout=1500 -c statement_timeout=3000")


@dataclass
class Seen:
    """What a load saw. A request to open and one to close are two requests."""

    requests: int  # While it was measured.
    in_all: int
    seconds: float
    p50: float  # Milliseconds, like p99.
    p99: float
    refused: int = 0  # Answers with a status of 400 or above.


class Loads:
    def __init__(self, folder, connections, database, bare, service):
        self.folder, self.connections, self.database = folder, connections, database
        self.bare, self.service = bare, service
        self.standing = [(business(b), cashier(b, c)) for b in range(BUSINESSES) for c in range(2)]
        self.idle = [(business(b), cashier(b, STANDING)) for b in range(BUSINESSES)]
        self.write_files()

    def write_files(self):
        tokens = {user: token(user) for pairs in (self.standing, self.idle) for _, user in pairs}
        administrator = token(ADMINISTRATOR)
        sessions = "/v1/businesses/{}/sessions".format
        self.write("current", [("GET", sessions(b) + "/current", tokens[c], "") for b, c in self.standing])
        self.write("refused", [("POST", sessions(b), tokens[c], '{"initial_cash":150000}') for b, c in self.standing])
        self.write("list", [("GET", sessions(b) + "?limit=20", administrator, "") for b, _ in self.idle])
        self.write("open_close", [(sessions(b), c, tokens[c]) for b, c in self.idle])
        self.write("current.sql", [(statements.current(),)])
        self.write("refused.sql", [(statements.open_refused(),)])
        self.write("open_close.sql", [(statements.open_close(self.connections),)])

    def write(self, name, rows):
        with open(f"{self.folder}/{name}", "w", encoding="utf-8") as file:
            file.writelines("\t".join(row) + "\n" for row in rows)

    # `mark` is called when the measured time begins and again when it ends.

    def cycle(self, program, file, seconds, mark):
        return self.wrk("cycle", program.urls["listening"], seconds, mark, f"{self.folder}/{file}")

    def open_close(self, seconds, mark):
        url = self.service.urls["listening"]
        return self.wrk("open_close", url, seconds, mark, f"{self.folder}/open_close", str(THREADS))

    def wrk(self, script, url, seconds, mark, *arguments):
        mark()
        output = run(
            ["wrk", f"-t{THREADS}", f"-c{self.connections}", f"-d{seconds}s", "--timeout", "5s",
             "-s", f"bench/wrk/{script}.lua", url, "--", *arguments])
        mark()
        line = next((line for line in output.splitlines() if line.startswith("RESULT ")), None)
        if line is None:
            raise Fault(f"wrk gave no result:\n{output}")
        result = json.loads(line.removeprefix("RESULT "))
        if result["unexpected"] or result["failed"] or not result["requests"]:
            raise Fault(f"{script} of wrk on {url}: {result}")
        return Seen(result["requests"], result["requests"], result["microseconds"] / 1e6, result["p50"] / 1e3,
                    result["p99"] / 1e3, result["refused"])

    def pgbench(self, file, seconds, mark, requests=1):
        """`requests`: that a transaction of the file stands for."""
        for old in glob.glob(f"{self.folder}/times.*"):
            os.remove(old)
        prepare_seconds = -(-self.connections // CLIENTS_PREPARED_A_SECOND)
        command = ["pgbench", "--no-vacuum", "--protocol=prepared", f"--client={self.connections}",
                   f"--jobs={THREADS}", f"--time={prepare_seconds + seconds + 1}",
                   f"--file={self.folder}/{file}.sql", "--log", f"--log-prefix={self.folder}/times", self.database.url]
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
        """Microseconds that the transactions took which ended in this time, from pgbench's log."""
        for name in glob.glob(f"{self.folder}/times.*"):
            with open(name, encoding="utf-8") as file:
                for line in file:
                    _, _, took, _, seconds, microseconds = line.split()
                    if begin <= int(seconds) + int(microseconds) / 1e6 < end:
                        yield int(took)
