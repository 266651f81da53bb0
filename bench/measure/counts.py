"""Counts the instructions of a request under callgrind. bench/counts starts it."""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from urllib.parse import urlsplit

from database import ADMINISTRATOR, CASHIERS, STANDING, Database, business, cashier
from programs import Fault, Program, run, say
from tokens import token

BASELINE = "bench/counts.json"
ALLOWED = 0.05  # Increase over the baseline.
REQUESTS = 200  # For each kind.
BUSINESSES = REQUESTS // (CASHIERS - STANDING)  # Each request needs a cashier without an open session.
SESSIONS = 10_000
START_SECONDS = 120  # callgrind is about 50 times slower.
IDLE_SECONDS = 5
PROFILE = ".build/callgrind.out"
SHOWN = 60  # Functions in a profile.


class Client:
    """Sends one request at a time on one connection, so that the counts do not depend on the machine's speed."""

    def __init__(self, url):
        address = urlsplit(url)
        self.socket = socket.create_connection((address.hostname, address.port), timeout=60)
        self.tokens = {}

    def ask(self, status, method, path, user=None, body=""):
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
        if user:
            lines.append(f"Authorization: Bearer {self.token(user)}")
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        self.socket.sendall("\r\n".join([*lines, "", body]).encode())
        head, answer = self.receive()
        if int(head.split(" ", 2)[1]) != status:
            raise Fault(f"{method} {path} was answered with: {head}{answer}")
        return answer

    def token(self, user):
        """A user has one token, which the service verifies once and caches."""
        if user not in self.tokens:
            self.tokens[user] = token(user)
        return self.tokens[user]

    def receive(self):
        data = b""
        while True:
            head, end, rest = data.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head) if end else None
            if length and len(rest) >= int(length[1]):
                return head.decode(), rest.decode()
            chunk = self.socket.recv(65536)
            if not chunk:
                raise Fault(f"the service hung up after: {data.decode()}")
            data += chunk


class Requests:
    """The kinds of requests. Each kind is a function of the number of the request."""

    def __init__(self, client):
        self.client = client
        self.opened = []
        self.kinds = {
            "livez": lambda n: client.ask(200, "GET", "/livez"),
            "current": lambda n: client.ask(200, "GET", f"{sessions(0)}/current", cashier(0, n % STANDING)),
            "open, refused": lambda n: client.ask(
                409, "POST", sessions(0), cashier(0, n % STANDING), '{"initial_cash":150000}'),
            "list of 20": lambda n: client.ask(200, "GET", f"{sessions(n % 20)}?limit=20", ADMINISTRATOR),
            "open": self.open,
            "close": self.close,
        }

    def open(self, number):
        of_business, user = self.idle(number)
        answer = self.client.ask(201, "POST", sessions(of_business), user, '{"initial_cash":150000}')
        self.opened.append(json.loads(answer)["id"])

    def close(self, number):
        of_business, user = self.idle(number)
        path = f"{sessions(of_business)}/{self.opened[number]}/close"
        self.client.ask(200, "POST", path, user, '{"final_cash":180000}')

    def idle(self, number):
        return number % BUSINESSES, cashier(number % BUSINESSES, STANDING + number // BUSINESSES)

    def warm_up(self):
        """Sends each request once, so that tokens are cached and statements are prepared."""
        for name in ["livez", "current", "open, refused", "list of 20"]:
            for number in range(STANDING * 2):
                self.kinds[name](number)
        for number in range(REQUESTS):
            of_business, user = self.idle(number)
            self.client.ask(404, "GET", f"{sessions(of_business)}/current", user)
        for name in ["open", "close"]:
            for number in range(STANDING):
                self.kinds[name](number)
        self.opened = []


def sessions(number):
    return f"/v1/businesses/{business(number)}/sessions"


class Callgrind:
    """Reads the counter of a process under callgrind."""

    def __init__(self, pid, file):
        self.pid, self.file, self.looks = pid, file, 0

    def look(self):
        """Returns the instructions since the previous call, and the file with their functions."""
        run(["callgrind_control", f"--vgdb-prefix={self.file}.vgdb", "--dump", str(self.pid)])
        self.looks += 1
        newest = f"{self.file}.{self.looks}"
        with open(newest, encoding="utf-8") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("totals:")), newest


def count(requests, callgrind, profiled):
    """The instructions of a request of each kind, without those of the idle service."""
    requests.warm_up()
    callgrind.look()
    begin = time.monotonic()
    time.sleep(IDLE_SECONDS)
    idle = callgrind.look()[0] / (time.monotonic() - begin)
    counts = {}
    for name, ask in requests.kinds.items():
        begin = time.monotonic()
        for number in range(REQUESTS):
            ask(number)
        total, file = callgrind.look()
        counts[name] = round((total - idle * (time.monotonic() - begin)) / REQUESTS)
        if name == profiled:
            show_profile(file)
    return counts


def show_profile(file):
    """Prints the functions with the most instructions of their own, and keeps callgrind's file."""
    names, costs = {}, defaultdict(int)
    current, is_of_call = "", False
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            if function := re.match(r"fn=\((\d+)\)(?: (.*))?", line):
                current = function[1]
                names.setdefault(current, function[2])
            elif call := re.match(r"cfn=\((\d+)\) (.*)", line):
                names.setdefault(call[1], call[2])
            elif line.startswith("calls="):
                is_of_call = True
            elif cost := re.match(r"[+*\d-]\S* (\d+)$", line):
                costs[current] += 0 if is_of_call else int(cost[1])
                is_of_call = False
    total = sum(costs.values())
    print(f"\n{total // REQUESTS:>10,}  instructions a request; the functions that take most by themselves:")
    most = sorted(costs, key=costs.get, reverse=True)[:SHOWN]
    rows = [f"{costs[function] // REQUESTS:>10,}  {names[function]}" for function in most]
    print(subprocess.run(["swift", "demangle", "--simplified"], input="\n".join(rows), capture_output=True, text=True,
                         check=True).stdout)
    shutil.copy(file, PROFILE)
    say(f"callgrind's own file is {PROFILE}")


def measure(options, folder):
    database = Database(os.environ["DATABASE_URL"], SESSIONS)
    database.create()
    environment = {
        "DATABASE_URL": database.url, "HTTP_PORT": "0", "MANAGEMENT_PORT": "0",
        "SHUTDOWN_DELAY_SECONDS": "0", "DATABASE_CONNECT_TIMEOUT_MILLISECONDS": "60000",
        "SWIFT_DETERMINISTIC_HASHING": "1",
    }
    run([os.path.abspath(options.program), "migrate", "up"], environment)
    database.fill()
    # valgrind fails on this debug information.
    run(["strip", "--strip-debug", "-o", f"{folder}/cashpilot", options.program])
    output = f"{folder}/callgrind.out"
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", f"--vgdb-prefix={output}.vgdb",
               f"{folder}/cashpilot", "serve"]
    service = Program(command, environment, ["listening"], f"{folder}/log", START_SECONDS)
    with service:
        say("counting; this takes a minute or two")
        requests = Requests(Client(service.urls["listening"]))
        try:
            return count(requests, Callgrind(service.process.pid, output), options.profile)
        except BaseException:
            service.show_complaints()
            raise


def compare(counts, options):
    """Prints the table and returns whether no request is above the limit."""
    with open(BASELINE, encoding="utf-8") as file:
        baseline = json.load(file)
    print(f"\n{'instructions a request':24}{'now':>12}{'baseline':>12}{'change':>10}")
    changes = {}
    for name, now in counts.items():
        changes[name] = now / baseline[name] - 1 if name in baseline else 0
        print(f"{name:24}{now:>12,}{baseline.get(name, 0):>12,}{changes[name]:>+10.1%}")
    if options.write:
        with open(BASELINE, "w", encoding="utf-8") as file:
            json.dump(counts, file, indent=1)
            file.write("\n")
        say(f"{BASELINE} is written")
        return True
    worse = [name for name, change in changes.items() if change > ALLOWED]
    for name in worse:
        say(f"{name}: over {ALLOWED:.0%} more than in {BASELINE}")
    if worse or min(changes.values()) < -ALLOWED:
        say("if that is meant, renew the baseline: bench/counts --write")
    return not worse


def arguments():
    parser = argparse.ArgumentParser(
        prog="bench/counts",
        description=f"Counts the instructions that the service takes for hot requests, {REQUESTS} of each on one "
        f"connection, under callgrind, and compares them with {BASELINE}.",
        epilog=f"Exit status: 0, or 1 if a request takes over {ALLOWED:.0%} more than in the baseline.",
    )
    parser.add_argument("--program", metavar="FILE", help="count with this release program instead of building one")
    parser.add_argument("--write", action="store_true", help="make what is counted the new baseline")
    parser.add_argument("--profile", metavar="REQUEST", help="print where the instructions of one request go: "
                        "livez, current, 'open, refused', 'list of 20', open, close")
    return parser.parse_args()


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = tempfile.mkdtemp(prefix="cashpilot-counts.")
    try:
        is_well = compare(measure(options, folder), options)
    except (Fault, OSError, subprocess.SubprocessError) as error:
        sys.exit(f"bench: {error}")
    finally:
        shutil.rmtree(folder)
    sys.exit(0 if is_well else 1)


main()
