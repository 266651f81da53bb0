"""Runs a build and prints the CPU seconds that each module and package cost, the most expensive first.

    python3 scripts/build-costs.py swift build -c release --product cashpilot --scratch-path .build-costs

Samples /proc ten times a second: what a compiler spends after its last sample is missing, so the sum is a few per cent
below the total, which comes from the operating system. Linux only. Exit status: the build's.
"""

import os
import re
import resource
import subprocess
import sys
import time

TICKS = os.sysconf("SC_CLK_TCK")


def module(arguments):
    """The module or C package that a compiler's command line names; None if it is no compiler."""
    program = os.path.basename(arguments[0]) if arguments else ""
    if not re.match(r"(swift|clang|ld|lld)", program):
        return None
    for flag, value in zip(arguments, arguments[1:]):
        if flag == "-module-name":
            return value
    for argument in arguments:
        found = re.search(r"checkouts/[^/]+/Sources/([^/]+)/", argument)
        if found:
            return found.group(1)
    return "(linking and planning)"


def statistics(entry):
    """The fields of /proc/PID/stat after the process's name."""
    with open(f"/proc/{entry}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()


def sample(root, seconds, names):
    """Notes the CPU seconds of every compiler below the process `root`."""
    fields = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields[entry] = statistics(entry)
        except OSError:
            continue
    for entry, (_, parent, *rest) in fields.items():
        while parent in fields and parent != root:
            parent = fields[parent][1]
        if parent != root:
            continue
        process = (entry, rest[17])
        try:
            if process not in names:
                with open(f"/proc/{entry}/cmdline") as file:
                    names[process] = module(file.read().split("\0"))
        except OSError:
            continue
        if names[process]:
            seconds[process] = (int(rest[9]) + int(rest[10])) / TICKS


def main(command):
    seconds, names = {}, {}
    build = subprocess.Popen(command, stdout=sys.stderr)
    while build.poll() is None:
        sample(str(build.pid), seconds, names)
        time.sleep(0.1)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = {}
    for process, cost in seconds.items():
        total[names[process]] = total.get(names[process], 0) + cost
    for name, cost in sorted(total.items(), key=lambda item: -item[1]):
        print(f"{cost:8.1f}  {name}")
    print(f"{usage.ru_utime + usage.ru_stime:8.1f}  all, by the operating system")
    return build.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
