"""Measures overload: PostgreSQL commits slowly, and tills arrive at 1, 2 and 4 times the service's maximum rate.

Arrivals do not wait for earlier responses."""

import asyncio
import itertools
import json
import re
import time
from urllib.parse import urlsplit

from database import BUSINESSES, CASHIERS, STANDING, business, cashier
from loads import SESSIONS
from programs import Fault, say
from runs import Target
from tokens import token

COMMIT_MICROSECONDS = 100_000
FACTORS = [1, 2, 4]
CLOSED_LOOP_TILLS = 256  # Tills that find the maximum rate.


def measure(bench):
    database = bench.main_database
    for setting in [f"commit_delay = {COMMIT_MICROSECONDS}", "commit_siblings = 0"]:
        database.psql("-c", f"alter database {database.name} set {setting}")
    try:
        with bench.new_service(database) as service:
            target = Target("service", service, database, is_service=True)
            found = asyncio.run(Tills(service.url).measure(max(3, bench.options.seconds)))
            target.program.wait_until_quiet()
            target.checks.tally()
            return found
    finally:
        for setting in ["commit_delay", "commit_siblings"]:
            database.psql("-c", f"alter database {database.name} reset {setting}")


class Tills:
    """Each till arrives, opens, closes and leaves."""

    def __init__(self, url):
        self.url = urlsplit(url)
        self.idle = []  # Idle connections.
        self.answers = []  # (time, status, duration in s)
        cashiers = [(b, c) for c in range(STANDING, CASHIERS) for b in range(BUSINESSES)]
        self.cashiers = itertools.cycle([(SESSIONS(business(b)), token(cashier(b, c))) for b, c in cashiers])
        self.present = set()

    async def measure(self, seconds):
        say("finding out what it bears")
        bears = await self.closed_loop(seconds)
        found = {"bears": bears, "loads": {}}
        for factor in FACTORS:
            say(f"asking {factor} times as much")
            begin = time.monotonic()
            await self.open_loop(factor * bears / 2, seconds)
            end = time.monotonic()
            if factor == FACTORS[-1]:
                await self.open_loop(bears / 4, seconds)
                refused = [when for when, status, _ in self.answers if status == 503 and when > end]
                found["recovery_seconds"] = max(refused, default=end) - end
            await asyncio.gather(*self.present)
            found["loads"][str(factor)] = self.summary(begin, end)
        self.expect_known_answers()
        return found

    async def closed_loop(self, seconds):
        begin = time.monotonic()

        async def till():
            while time.monotonic() < begin + seconds:
                await self.visit()

        await asyncio.gather(*(till() for _ in range(CLOSED_LOOP_TILLS)))
        return sum(status < 300 for _, status, _ in self.answers) / (time.monotonic() - begin)

    async def open_loop(self, visits_a_second, seconds):
        begin = time.monotonic()
        for number in range(int(visits_a_second * seconds)):
            await asyncio.sleep(max(0, begin + number / visits_a_second - time.monotonic()))
            visit = asyncio.ensure_future(self.visit())
            self.present.add(visit)
            visit.add_done_callback(self.present.discard)

    async def visit(self):
        path, bearer = next(self.cashiers)
        status, body = await self.ask(path, bearer, {"initial_cash": 150000})
        if status == 201:
            await self.ask(f"{path}/{json.loads(body)['id']}/close", bearer, {"final_cash": 180000})

    async def ask(self, path, bearer, body):
        begin = time.monotonic()
        connection = self.idle.pop() if self.idle else await asyncio.open_connection(self.url.hostname, self.url.port)
        reader, writer = connection
        text = json.dumps(body)
        writer.write((f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {bearer}\r\n"
                      f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n{text}").encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(re.search(rb"\r\ncontent-length: *(\d+)", head, re.I)[1])
        answer = await reader.readexactly(length)
        self.idle.append(connection)
        status, end = int(head[9:12]), time.monotonic()
        if status == 503 and json.loads(answer).get("outcome") != "not_applied":
            raise Fault(f"a refusal does not say that nothing was done: {answer.decode()}")
        self.answers.append((end, status, end - begin))
        return status, answer

    def summary(self, begin, end):
        answers = [(status, took) for when, status, took in self.answers if begin <= when - took < end]
        served = sorted(took for status, took in answers if status < 300)
        refused = sorted(took for status, took in answers if status == 503)
        return {
            "asked": len(answers) / (end - begin), "served": len(served) / (end - begin), "refused": len(refused),
            "served_p50": middle(served), "served_p99": high(served), "refused_p50": middle(refused),
            "refused_max": max(refused, default=None),
        }

    def expect_known_answers(self):
        """Fails on other statuses. 409 is expected: a cashier whose close was refused still has an open session."""
        statuses = {status for _, status, _ in self.answers}
        if not statuses <= {200, 201, 409, 503}:
            raise Fault(f"answers were {statuses}")


def middle(times):
    return times[len(times) // 2] if times else None


def high(times):
    return times[len(times) * 99 // 100] if times else None
