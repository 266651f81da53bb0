"""Reads processor time and memory from /proc."""

import os
import time

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid, with_ended_children=False):
    """The processor time of a process; 0 if it has ended."""
    fields = stat(pid)
    return sum(map(int, fields[11:15 if with_ended_children else 13])) / TICKS if fields else 0


def parent(pid):
    fields = stat(pid)
    return int(fields[1]) if fields else None


def stat(pid):
    """The fields after the name, which may contain spaces and parentheses."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def with_descendants(pid):
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            children.setdefault(parent(name), []).append(int(name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def memory(pid, field):
    """Bytes: VmRSS is the current value, VmHWM the maximum so far. 0 if the process has ended."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8") as file:
            return next((int(line.split()[1]) * 1024 for line in file if line.startswith(f"{field}:")), 0)
    except (FileNotFoundError, ProcessLookupError):
        return 0


def busy_share(seconds=1.0):
    """The share of all processors in use for `seconds`, 0 to 1."""
    (idle, total), _ = machine_ticks(), time.sleep(seconds)
    idle_after, total_after = machine_ticks()
    return 1 - (idle_after - idle) / max(1, total_after - total)


def machine_ticks():
    """Idle ticks (including waits for disks) and all ticks."""
    with open("/proc/stat", encoding="utf-8") as file:
        ticks = list(map(int, file.readline().split()[1:9]))
    return ticks[3] + ticks[4], sum(ticks)
