"""Starts the program with the demo data, in the database of DATABASE_URL."""

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request

READY_SECONDS = 30
STOP_SECONDS = 30


def load_demo(program):
    """Brings the schema up to date, loads the demo data, and answers it."""
    subprocess.run([program, "migrate", "up"], check=True, stdout=subprocess.DEVNULL)
    seeded = subprocess.run([program, "demo", "seed", "--yes", "--database", "cashpilot", "--json"], check=True, stdout=subprocess.PIPE)
    return json.loads(seeded.stdout)


def start(program, folder):
    """Serves; answers the process and where it listens."""
    environment = os.environ | {
        "HTTP_PORT": "0",
        "MANAGEMENT_PORT": "0",
        # One administrator sends all requests, as fast as it can.
        "USER_REQUESTS_MAX": "65536", "ADDRESS_REQUESTS_MAX": "65536", "USER_WRITES_PER_SECOND": "0",
        "LOG_LEVEL": "warning",
    }
    output = folder / "output"
    with output.open("w") as out, (folder / "log").open("w") as log:
        service = subprocess.Popen([program, "serve"], env=environment, stdout=out, stderr=log)
    for _ in range(READY_SECONDS * 20):
        for line in output.read_text().splitlines():
            if line.startswith("cashpilot: listening on "):
                return service, line.split()[-1]
        if service.poll() is not None:
            break
        time.sleep(0.05)
    service.kill()
    sys.exit("the program does not listen:\n" + (folder / "log").read_text())


@contextlib.contextmanager
def served(program, folder):
    """Serves for the length of the block, which gets the address."""
    service, address = start(program, folder)
    try:
        yield address
    finally:
        service.terminate()
        if service.wait(timeout=STOP_SECONDS) != 0:
            sys.exit("the program did not end well:\n" + (folder / "log").read_text())


def token(address, person):
    body = json.dumps({"email": person["email"], "password": person["password"]}).encode()
    request = urllib.request.Request(address + "/v1/auth/token", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["access_token"]
