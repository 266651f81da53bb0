#!/usr/bin/env python3
"""Writes the manual page cashpilot(1): what the program says of itself, in mdoc.

    cashpilot --experimental-dump-help | scripts/manual.py [DATE]

Reads the program's description of itself from standard input, and prints the page. DATE is the page's, as
2026-11-23; without it, today's.
"""

import datetime
import json
import re
import sys
import textwrap

from description import SETTING, children, options

STATUSES = [
    ("0", "The command succeeded, or every check passed."),
    ("1", "A failure, or a rule rejected the command; standard error gives the code or the reason."),
    ("2", "A check failed:"
     " migrate status, preflight, doctor and audit verify."),
    ("64", "Invalid usage; nothing was done."),
]

VARIABLES = [
    ("NOTIFY_SOCKET", "The socket to which serve reports that it is ready or stopping; set by systemd."),
    ("NO_COLOR", "If set and not empty, output has no colour. Output that is not a terminal never has colour."),
]


def text(words):
    """Running text, which no macro is in, a sentence a line."""
    words = " ".join(words.replace("`", "").split()).replace("\\", "\\e")
    lines = [
        line for sentence in re.split(r"(?<=[.:?]) (?=[A-Z(])", words)
        for line in textwrap.wrap(sentence, 70, break_long_words=False, break_on_hyphens=False)
    ]
    return "\n".join(f"\\&{line}" if line[0] in ".'" else line for line in lines)


def word(value):
    """An argument of a macro."""
    value = value.replace("\\", "\\e").replace('"', "\\(dq")
    return f'"{value}"' if " " in value else value


def term(argument):
    value = f"Ar {word(argument['valueName'])}"
    if argument["kind"] == "positional":
        return value
    flag = f"Fl -{argument['preferredName']['name']}"
    return flag if argument["kind"] == "flag" else f"{flag} {value}"


def items(pairs):
    """A list of terms and what they mean."""
    return "\n".join([".Bl -tag -width Ds", *(f".It {term}\n{text(told)}" for term, told in pairs), ".El"])


def settings(command):
    for argument in command.get("arguments", []):
        match = SETTING.match(argument.get("abstract", ""))
        if match:
            default = f" Default: {match['default']}." if match["default"] else ""
            yield f"Ev {match['name']} Pq Fl -{argument['preferredName']['name']}", match["told"] + default


def commands(command, path=()):
    path = (*path, command["commandName"])
    if len(path) > 1:
        yield f".Ss {' '.join(path)}\n{text(command['abstract'])}"
        if command.get("discussion"):
            yield f".Pp\n{text(command['discussion'])}"
        own = [(term(argument), told) for argument, told in options(command)]
        if own:
            yield items(own)
    for child in children(command):
        yield from commands(child, path)


def main(program, date):
    serve = next(child for child in program["subcommands"] if child["commandName"] == "serve")
    print("\n".join([
        f".Dd {date:%B} {date.day}, {date.year}\n.Dt CASHPILOT 1\n.Os",
        ".Sh NAME\n.Nm cashpilot\n.Nd cash sessions over HTTP",
        ".Sh SYNOPSIS\n.Nm\n.Ar command\n.Op Ar options",
        f".Sh DESCRIPTION\n{text(program['abstract'])}\n{text(program['discussion'])}",
        "Every command explains itself with\n.Fl -help .",
        ".Sh COMMANDS",
        *commands(program),
        ".Sh ENVIRONMENT\nEach setting has a flag too, given here beside it, which wins.\nA secret, such as DATABASE_URL, has none: set its variable,\nor name its file with DATABASE_URL_FILE.",
        items([*settings(serve), *((f"Ev {name}", told) for name, told in VARIABLES)]),
        f".Sh EXIT STATUS\n{items(STATUSES)}",
        ".Sh SEE ALSO\nOPERATING.md and the other documents that come with the program.",
    ]))


if __name__ == "__main__":
    main(
        json.load(sys.stdin)["command"],
        datetime.date.fromisoformat(sys.argv[1]) if len(sys.argv) > 1 else datetime.date.today())
