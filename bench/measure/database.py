"""The database under test, created for each measurement on a private server."""

import os
from urllib.parse import urlsplit, urlunsplit

from processes import cpu_seconds, parent
from programs import run, say

BUSINESSES = 1000
CASHIERS = 20  # In each business; see bench/fill.sql.
STANDING = 10  # Cashiers of each business with an open session.
LONG_LISTED = BUSINESSES  # One more business, which always has LONG_LIST sessions.
LONG_LIST = 20_000


def business(number):
    return identifier(1_000_000 + number)


def cashier(business_number, number):
    return identifier(2_000_000 + CASHIERS * business_number + number)


def identifier(number):
    text = f"{number:032d}"
    return "-".join([text[:8], text[8:12], text[12:16], text[16:20], text[20:]])


ADMINISTRATOR = identifier(1)


class Database:
    """`sessions`: the number of closed sessions in it."""

    def __init__(self, server_url, sessions):
        self.server_url, self.sessions = server_url, sessions
        self.name = f"bench_{sessions}"
        self.url = urlunsplit(urlsplit(server_url)._replace(path=f"/{self.name}"))

    def create(self):
        self.psql("-c", f"drop database if exists {self.name}", "-c", f"create database {self.name}",
                  url=self.server_url)
        data = self.psql("-c", "show data_directory").strip()
        with open(os.path.join(data, "postmaster.pid"), encoding="utf-8") as file:
            self.postmaster = int(file.readline())

    def drop(self):
        self.psql("-c", f"drop database if exists {self.name} with (force)", url=self.server_url)

    def fill(self):
        say(f"filling in {self.sessions} closed sessions")
        self.psql("-v", f"sessions={self.sessions}", "-f", "bench/fill.sql")

    def settle(self):
        """Closes the sessions that a load left open. Returns the numbers opened, closed, and open since the fill."""
        highest = self.sessions // BUSINESSES + STANDING
        row = self.psql("-v", f"standing={highest}", "-f", "bench/settle.sql").strip()
        return tuple(map(int, row.split("|")))

    def version(self):
        return self.psql("-c", "show server_version").split()[0]

    def cpu_seconds(self):
        """The processor time of the server and all its processes, including ended ones."""
        for _ in range(20):
            before = cpu_seconds(self.postmaster, with_ended_children=True)
            children = [name for name in os.listdir("/proc") if name.isdigit() and parent(name) == self.postmaster]
            total = before + sum(map(cpu_seconds, children))
            if cpu_seconds(self.postmaster, with_ended_children=True) == before:
                break  # Otherwise a process ended meanwhile and was counted twice or not at all.
        return total

    def psql(self, *arguments, url=None):
        command = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "-v", "ON_ERROR_STOP=1"]
        return run([*command, *arguments, url or self.url])
