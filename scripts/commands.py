#!/usr/bin/env python3
"""Writes docs/COMMANDS.md: what the program says of its own commands, as a page.

    .build/debug/cashpilot --experimental-dump-help | scripts/commands.py

Reads the program's description of itself from standard input, and prints Markdown.
"""

import json
import sys

from description import children, options

HEAD = """# Commands

What `cashpilot help` says, as a page; `make commands` writes it. Commands that need the database take its settings from the environment or as flags ([OPERATING.md](OPERATING.md#configuration)),
`serve` takes all of them; those flags are not repeated here. Exit status: 64 invalid usage; 1 a failure, or a rule rejected the command; 2 a check failed, where the command says so."""


def call(argument):
    """An argument as it is written on a command line."""
    value = f"<{argument['valueName']}>"
    if argument["kind"] == "positional":
        return value
    name = argument["preferredName"]["name"]
    return f"--{name}" if argument["kind"] == "flag" else f"--{name} {value}"


def sections(command, path=()):
    path = (*path, command["commandName"])
    if len(path) > 1:
        yield "#" * len(path) + " `" + " ".join(path) + "`"
        yield command["abstract"]
        if command.get("discussion"):
            yield " ".join(command["discussion"].split())
        table = [f"| `{call(argument)}` | {told} |" for argument, told in options(command)]
        if table:
            yield "\n".join(["| argument | meaning |", "| --- | --- |", *table])
    for child in children(command):
        yield from sections(child, path)


print("\n\n".join([HEAD, *sections(json.load(sys.stdin)["command"])]))
