"""Checks openapi.yaml: its style, its compatibility with a revision, and clients generated from it.

    python3 scripts/openapi lint
    python3 scripts/openapi compat [REVISION]
    python3 scripts/openapi clients PROGRAM

`scripts/install --with-openapi` installs the tools in .build/checks/openapi. `clients` needs a separate database in
DATABASE_URL. Exit status: 0 for success, 1 with the findings, 2 for invalid arguments.
"""

import pathlib
import subprocess
import sys

TOOLS = pathlib.Path(".build/checks/openapi").resolve()
CONTRACT = pathlib.Path("openapi.yaml").resolve()
sys.path.insert(1, str(TOOLS))


def lint():
    from lint import lint, validate

    # A list, so that the second runs also if the first fails.
    return all([validate(CONTRACT, TOOLS), lint(CONTRACT, TOOLS)])


def compat(revision=None):
    from compatibility import compare

    revision = revision or last_tag()
    if not revision:
        print("compat: there is no tag to compare with")
        return True
    shown = subprocess.run(["git", "show", f"{revision}:{CONTRACT.name}"], stdout=subprocess.PIPE, text=True)
    if shown.returncode != 0:
        print(f"compat: {revision} has no {CONTRACT.name}")
        return False
    found = compare(shown.stdout, CONTRACT.read_text())
    for finding in found:
        print(finding)
    print(f"compat: {len(found)} changes since {revision} that break clients")
    return not found


def last_tag():
    described = subprocess.run(
        ["git", "describe", "--tags", "--abbrev=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return described.stdout.strip()


def clients(program):
    from clients import work

    work(CONTRACT, TOOLS, TOOLS.parent / "clients", program)
    return True


COMMANDS = {"lint": lint, "compat": compat, "clients": clients}


if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
    print(__doc__, file=sys.stderr)
    sys.exit(2)
sys.exit(0 if COMMANDS[sys.argv[1]](*sys.argv[2:]) else 1)
