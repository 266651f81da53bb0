#!/usr/bin/env python3
"""Describes the packages of scripts/dependencies.txt, from Package.resolved and .build/checkouts.

    scripts/third-party.py notices               print THIRD-PARTY-NOTICES
    scripts/third-party.py sbom VERSION SECONDS  print a CycloneDX 1.5 SBOM of that version, with this time since 1970

`scripts/dependencies resolve` fetches the packages. Exit status: 1 with the reason if one is missing or its licence is
unknown.
"""

import datetime
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Linked at run time; the system provides them, in its own versions.
SYSTEM = {"libpq": "PostgreSQL", "libcrypto": "Apache-2.0"}

HEAD = """Third-party notices

`make dependencies` writes this file from the packages' own files. The program, its tests and its build use these
packages. After each list of packages come the licence and the notices of the packages.
"""


def packages():
    """The name, version, location and folder of each package."""
    try:
        pins = json.loads((ROOT / "Package.resolved").read_text())["pins"]
    except FileNotFoundError:
        sys.exit("there is no Package.resolved: run scripts/dependencies resolve first")
    located = {pin["identity"]: pin["location"] for pin in pins}
    folders = {folder.name.lower(): folder for folder in (ROOT / ".build/checkouts").glob("*")}
    for line in (ROOT / "scripts/dependencies.txt").read_text().splitlines():
        if line.startswith("#"):
            continue
        name, version = line.split()
        if name not in located or name not in folders:
            sys.exit(f"{name} is not fetched: run scripts/dependencies resolve first")
        yield name, version, located[name].removesuffix(".git"), folders[name]


def text(folder, beginning):
    """The text of the file whose name begins so; None if there is none."""
    found = sorted(file for file in folder.iterdir() if file.is_file() and file.name.upper().startswith(beginning))
    return found[0].read_text().strip() + "\n" if found else None


def licence(name, folder):
    """The licence's SPDX expression."""
    words = " ".join((text(folder, "LICENSE") or "").split())
    if "Apache License" in words:
        return "Apache-2.0 WITH Swift-exception" if "Runtime Library Exception" in words else "Apache-2.0"
    if "Permission is hereby granted, free of charge" in words:
        return "MIT"
    sys.exit(f"the licence of {name} is unknown: look at {folder}, then name it in scripts/third-party.py")


def notices():
    licences, parts = {}, [HEAD]
    for name, version, location, folder in packages():
        entry = f"* {name} {version} ({licence(name, folder)}) {location}"
        licences.setdefault(text(folder, "LICENSE"), []).append((entry, name, text(folder, "NOTICE")))
    for words, entries in licences.items():
        parts.append("\n".join(entry for entry, _, _ in entries) + "\n")
        parts.append(words)
        parts += [f"Notice of {name}:\n\n{notice}" for _, name, notice in entries if notice]
    return ("\n" + "=" * 80 + "\n\n").join(parts)


def sbom(version, seconds):
    components = [
        {
            "type": "library",
            "bom-ref": f"pkg:swift/{location.split('://')[-1]}@{number}",
            "name": name,
            "version": number,
            "licenses": [{"expression": licence(name, folder)}],
            "purl": f"pkg:swift/{location.split('://')[-1]}@{number}",
        }
        for name, number, location, folder in packages()
    ]
    components += [
        {"type": "library", "bom-ref": name, "name": name, "licenses": [{"license": {"id": expression}}]}
        for name, expression in SYSTEM.items()
    ]
    own = {"type": "application", "bom-ref": "cashpilot", "name": "cashpilot", "version": version}
    moment = datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": own | {"licenses": [{"license": {"id": "Apache-2.0"}}]},
        },
        "components": components,
        "dependencies": [{"ref": "cashpilot", "dependsOn": [component["bom-ref"] for component in components]}],
    }


match sys.argv[1:]:
    case ["notices"]:
        sys.stdout.write(notices())
    case ["sbom", version, seconds]:
        print(json.dumps(sbom(version, seconds), indent=2))
    case _:
        sys.exit(__doc__)
