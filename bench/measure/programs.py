"""Starts the programs that are measured, and reads what they use."""

import os
import re
import select
import subprocess
import sys
import time
from collections import deque
from contextlib import contextmanager

TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 20
STOP_SECONDS = 25  # The service promises 20.
LIMIT_SECONDS = 900  # Of any other command.


class Fault(Exception):
    """Why the measurement is worth nothing."""


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def cpu_seconds(pid, with_ended_children=False):
    """Of all threads of a process; 0 if it has ended."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(map(int, fields[11:15 if with_ended_children else 13])) / TICKS


class Program:
    """A server that says on standard output where it listens; standard error goes to a file."""

    def __init__(self, command, environment, names, log, start_seconds=START_SECONDS):
        self.command, self.environment, self.names, self.log = command, environment, names, log
        self.start_seconds = start_seconds

    def __enter__(self):
        begin = time.monotonic()
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *self.command], env=self.environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=log)
        try:
            self.urls = self.read_urls(begin + self.start_seconds)
        except BaseException:
            self.__exit__()
            raise
        self.start_milliseconds = round((time.monotonic() - begin) * 1000)
        self.idle_bytes = self.memory("VmRSS")
        return self

    def read_urls(self, deadline):
        urls, text, descriptor = {}, "", self.process.stdout.fileno()
        while len(urls) < len(self.names):
            ready = select.select([descriptor], [], [], max(0, deadline - time.monotonic()))[0]
            chunk = os.read(descriptor, 4096).decode() if ready else ""
            if not chunk:
                with open(self.log, encoding="utf-8") as log:
                    raise Fault(f"{self.command[0]} does not listen. Its log ends with:\n{log.read()[-2000:]}")
            text += chunk
            for line in text.splitlines():
                for name in self.names:
                    if f": {name} on http://" in line and text.endswith("\n"):
                        urls[name] = line.rpartition(" on ")[2]
        return urls

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def show_complaints(self, most=10):
        """The last warnings and errors of its log."""
        with open(self.log, encoding="utf-8", errors="replace") as file:
            lines = deque((line for line in file if re.search('"level":"(warning|error|critical)"', line[:100])), most)
        for line in lines:
            say(f"the log says: {line.rstrip()}")

    def cpu_seconds(self):
        return cpu_seconds(self.process.pid)

    def memory(self, field):
        """Bytes: VmRSS is now, VmHWM the most so far."""
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith(f"{field}:"))


@contextmanager
def running(command, environment=None):
    """A command that does not outlive us, nor the block."""
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", *command], env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        try:
            yield process
        finally:
            process.kill()


def finish(process):
    """Waits for its end, and gives its standard output."""
    output, errors = process.communicate(timeout=LIMIT_SECONDS)
    if process.returncode:
        raise Fault(f"{process.args[3]} ended with status {process.returncode}:\n{output[-1000:]}{errors[-2000:]}")
    return output


def run(command, environment=None):
    with running(command, environment) as process:
        return finish(process)
