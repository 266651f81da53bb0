"""Checks that each response was the expected one. Otherwise the measurement fails."""

import json
import re
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from database import ADMINISTRATOR, BUSINESSES, STANDING, business, cashier
from programs import QUIET_SECONDS, Fault
from tokens import token


class Checks:
    """Compares what the client received with the rows in the database."""

    identify = staticmethod(str)  # The bearer token of a user's id.

    def __init__(self, program, database):
        self.program, self.database = program, database

    def try_each(self):
        """Sends one request of each kind and checks its response."""
        sessions = f"/v1/businesses/{business(0)}/sessions"
        holder = cashier(0, 0)
        standing = self.ask(200, f"{sessions}/current", holder)
        self.expect(standing["status"] == "OPEN" and standing["cashier_id"] == holder, standing)
        refusal = self.ask(409, sessions, holder, {"initial_cash": 150000})
        self.expect(refusal["existing_session"]["id"] == standing["id"], refusal)
        page = self.ask(200, f"{sessions}?limit=20", ADMINISTRATOR)
        self.expect(len(page["items"]) == 20, page)
        newcomer = cashier(0, STANDING)
        opened = self.ask(201, sessions, newcomer, {"initial_cash": 150000})
        closed = self.ask(200, f"{sessions}/{opened['id']}/close", newcomer, {"final_cash": 180000})
        self.expect(closed["status"] == "CLOSED", closed)

    def ask(self, status, path, user, body=None):
        headers = {"Authorization": f"Bearer {self.identify(user)}", "Content-Type": "application/json"}
        request = Request(self.program.url + path, json.dumps(body).encode() if body else None, headers)
        try:
            answer = urlopen(request, timeout=5)
        except HTTPError as refusal:
            answer = refusal
        with answer:
            text = answer.read().decode()
            if answer.status != status:
                raise Fault(f"{request.get_method()} {path} answered {answer.status} instead of {status}: {text}")
        return json.loads(text)

    def expect(self, condition, answer):
        if not condition:
            raise Fault(f"unexpected answer: {answer}")

    def statuses(self):
        """The number of responses by status, from the program's metrics, once it is idle. None without metrics.

        wrk ends without its last responses, so the program must become idle first."""
        self.program.wait_until_quiet()

    def answers(self, before, expected, seen, connections):
        """Fails unless the program sent only expected statuses, and as many as the client received.

        It may have sent one more for each connection, which wrk did not wait for."""
        after = self.statuses()
        refused = seen.in_all if min(expected) >= 400 else 0
        if seen.refused != refused:
            raise Fault(f"expected only answers {expected}, but the client saw {seen}")
        if after is None:
            return
        grown = {status: count - before.get(status, 0) for status, count in after.items()}
        grown = {status: count for status, count in grown.items() if count}
        if set(grown) != set(expected) or not 0 <= sum(grown.values()) - seen.in_all <= connections:
            raise Fault(f"expected only answers {expected}, but the client saw {seen} and the service says {grown}")

    def tally(self):
        """The number of sessions opened and closed so far. Sessions that the load left open are closed first."""
        opened, closed, standing = self.database.settle()
        if standing != BUSINESSES * STANDING:
            raise Fault(f"{standing} of the {BUSINESSES * STANDING} filled-in sessions are still open")
        return opened, closed

    def changes(self, before, seen, connections):
        """Fails unless each request opened or closed a session, with the same exception as in `answers`."""
        opened, closed = (now - then for now, then in zip(self.tally(), before))
        if not 0 <= opened + closed - seen.in_all <= connections or not 0 <= opened - closed <= 2 * connections:
            raise Fault(f"{seen.in_all} requests opened {opened} sessions and closed {closed}")


class ServiceChecks(Checks):
    """Also checks the metrics of the service, in one process or several."""

    identify = staticmethod(token)

    def statuses(self):
        counts = {}
        for url in self.program.management_urls:
            for status, count in re.findall(
                    r'^cashpilot_http_requests_total\{.*status="(\d+)"\} (\d+)$', quiet_metrics(url), re.M):
                counts[int(status)] = counts.get(int(status), 0) + int(count)
        return counts


def quiet_metrics(url):
    for _ in range(QUIET_SECONDS * 20):
        with urlopen(f"{url}/metrics", timeout=5) as answer:
            text = answer.read().decode()
        if re.search(r"^cashpilot_http_requests_in_flight 0$", text, re.M):
            return text
        time.sleep(0.05)
    raise Fault(f"the service still has requests to answer {QUIET_SECONDS} s after the load")
