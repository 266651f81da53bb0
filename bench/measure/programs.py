"""Starts programs and commands."""

import os
import re
import select
import subprocess
import sys
import time
from collections import deque
from contextlib import contextmanager

import processes

START_SECONDS = 20
STOP_SECONDS = 25  # The service stops within 20 s.
LIMIT_SECONDS = 900  # For each other command.
QUIET_SECONDS = 30  # The slowest peer still has to send 1024 responses.


class Fault(Exception):
    """The reason why the measurement failed."""


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


class Program:
    """A server that prints its address on standard output. Its standard error goes to a file."""

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
                self.fail_to_listen()
            text += chunk
            for line in text.splitlines():
                for name in self.names:
                    if f": {name} on http://" in line and text.endswith("\n"):
                        urls[name] = line.rpartition(" on ")[2]
        return urls

    def fail_to_listen(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            raise Fault(f"{self.command[0]} does not listen. Its log ends with:\n{log.read()[-2000:]}")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    @property
    def url(self):
        return self.urls["listening"]

    def show_complaints(self, most=10):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            lines = deque((line for line in file if re.search('"level":"(warning|error|critical)"', line[:100])), most)
        for line in lines:
            say(f"the log says: {line.rstrip()}")

    def cpu_seconds(self):
        return sum(map(processes.cpu_seconds, processes.with_descendants(self.process.pid)))

    def memory(self, field):
        """Bytes of all its processes: VmRSS is the current value, VmHWM the sum of their maxima."""
        return sum(processes.memory(pid, field) for pid in processes.with_descendants(self.process.pid))

    def wait_until_quiet(self):
        """Waits until it uses less than a tenth of a processor."""
        deadline = time.monotonic() + QUIET_SECONDS
        while time.monotonic() < deadline:
            before = self.cpu_seconds()
            time.sleep(0.2)
            if self.cpu_seconds() - before <= 0.02:
                return
        raise Fault(f"{self.command[0]} is still at work {QUIET_SECONDS} s after the load")


@contextmanager
def running(command, environment=None):
    """Runs a command that ends with this process or at the end of the block."""
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", *command], env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        try:
            yield process
        finally:
            process.kill()


def finish(process):
    """Waits for the end of the command and returns its standard output."""
    output, errors = process.communicate(timeout=LIMIT_SECONDS)
    if process.returncode:
        raise Fault(f"{process.args[3]} ended with status {process.returncode}:\n{output[-1000:]}{errors[-2000:]}")
    return output


def run(command, environment=None):
    with running(command, environment) as process:
        return finish(process)
