"""What is made of openapi.yaml besides the program, and what it is held to.

    python3 scripts/openapi lint
    python3 scripts/openapi compat [REVISION]
    python3 scripts/openapi postman FILE
    python3 scripts/openapi clients PROGRAM

The tools are in .build/checks/openapi, where `scripts/install --with-openapi` puts them. `clients` needs a database of
its own in DATABASE_URL. Exit status: 0 if all is well, 1 with what is not, 2 for wrong arguments.
"""

import json
import pathlib
import subprocess
import sys

TOOLS = pathlib.Path(".build/checks/openapi").resolve()
CONTRACT = pathlib.Path("openapi.yaml").resolve()
sys.path.insert(1, str(TOOLS))


def lint():
    from lint import lint, validate

    # Both, whatever the first finds.
    return all([validate(CONTRACT, TOOLS), lint(CONTRACT, TOOLS)])


def compat(revision=None):
    from compatibility import compare

    revision = revision or last_tag()
    if not revision:
        print("compat: there is no tag to compare with")
        return True
    # A repository that began without a contract promised nothing.
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


def postman(path):
    from postman import collection, faults

    text = CONTRACT.read_text()
    made = collection(text)
    found = faults(made, text)
    for fault in found:
        print(fault)
    pathlib.Path(path).write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n")
    print(f"postman: {sum(len(folder['item']) for folder in made['item'])} requests in {path}")
    return not found


def clients(program):
    from clients import work

    work(CONTRACT, TOOLS, TOOLS.parent / "clients", program)
    return True


COMMANDS = {"lint": lint, "compat": compat, "postman": postman, "clients": clients}


if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
    print(__doc__, file=sys.stderr)
    sys.exit(2)
sys.exit(0 if COMMANDS[sys.argv[1]](*sys.argv[2:]) else 1)
