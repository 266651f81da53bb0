"""Measures the memory of the service, and the time from its start until it is ready."""

import resource
import socket
import time
from contextlib import ExitStack
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from database import BUSINESSES, business, cashier
from loads import SESSIONS
from programs import Fault
from runs import Runs, Target
from tokens import token

STARTS = 5
BUSY_CONNECTIONS = 256
SPARE_DESCRIPTORS = 500


def measure(bench):
    sockets = bench.options.sockets
    raise_descriptor_limit(sockets + SPARE_DESCRIPTORS)
    database = bench.main_database
    ready = []
    for _ in range(STARTS):
        begin = time.monotonic()
        with bench.new_service(database) as service:
            wait_until_ready(service)
            ready.append(round((time.monotonic() - begin) * 1000, 1))
    settings = {"HTTP_CONNECTIONS_MAX": str(sockets + BUSY_CONNECTIONS)}
    with bench.new_service(database, **settings) as service:
        wait_until_ready(service)
        target = Target("service", service, database, is_service=True)
        found = {"start_to_ready_milliseconds": ready, "idle": service.memory("VmRSS")}
        runs = Runs(bench.loads)
        for kind in ["current", "refused", "open_close"]:
            runs.run(kind, target, kind, BUSY_CONNECTIONS, bench.options.seconds)
        found["busy"] = service.memory("VmHWM")
    with bench.new_service(database, **settings) as service:
        with hold_open(service, sockets):
            found["sockets"] = service.memory("VmRSS")
    return found | {"busy_connections": BUSY_CONNECTIONS, "socket_count": sockets}


def wait_until_ready(service):
    for _ in range(2000):
        try:
            with urlopen(f"{service.management_urls[0]}/readyz", timeout=5) as answer:
                answer.read()
            return
        except (HTTPError, URLError):
            time.sleep(0.002)
    raise Fault("the service does not become ready")


def hold_open(service, count):
    """Connections that sent one request and then stay idle, like those of tills."""
    address = urlsplit(service.url)
    requests = [(f"GET {SESSIONS(business(b))}/current HTTP/1.1\r\nHost: bench\r\n"
                 f"Authorization: Bearer {token(cashier(b, 0))}\r\n\r\n").encode() for b in range(BUSINESSES)]
    with ExitStack() as stack:
        for number in range(count):
            connection = stack.enter_context(socket.create_connection((address.hostname, address.port), 5))
            connection.sendall(requests[number % len(requests)])
            if not connection.recv(65536).startswith(b"HTTP/1.1 200 "):
                raise Fault(f"idle socket {number} got no answer")
        return stack.pop_all()


def raise_descriptor_limit(wanted):
    """Sets the limit of this process and of those that it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise Fault(f"only {hard} open files are allowed here, and {wanted} are needed: --sockets {max(0, hard - 500)}")
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
