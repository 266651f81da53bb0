"""What scripts/contract does beside its database: serves the demo data, and lets schemathesis at it.

    contract-run.py PROGRAM FOLDER SEED

FOLDER is for files that nobody needs afterwards. Exit status: 0 without a finding.
"""

import os
import pathlib
import subprocess
import sys

from openapi.service import load_demo, start, token

CHECKS = pathlib.Path(".build/checks/contract").resolve()

# A request that the schema allows may be refused all the same, for what no schema can say: a version or a
# cursor of another state (412, 422), a key that was used (422), 5.0 for an integer, a name that the zone
# database does not have, a card number in a text (422); and a page that the client has is not sent again
# (304), and / leads to another (302). What is left of this check: never 400, 405, 413, 415.
CONFIGURATION = """
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "302", "304", "401", "403", "404", "409", "412", "422", "429"]

[parameters]
"path.business_id" = "{business}"
"path.user_id" = "{user}"
"""


def attempt(address, folder, seed, name, token, seconds, *options):
    """One run of schemathesis; answers whether it found nothing."""
    command = [sys.executable, CHECKS / "bin" / "schemathesis", "--config-file", folder / "schemathesis.toml"]
    command += ["run", address + "/openapi.yaml", "--checks", "all", "--seed", seed, "--max-time", str(seconds)]
    command += ["--max-examples", "20", "--continue-on-failure", "--no-color", "--warnings", "off"]
    command += ["--header", "Authorization: Bearer " + token, *options]
    environment = os.environ | {"PYTHONPATH": str(CHECKS)}
    print(f"== as {name}: {' '.join(options)}", flush=True)
    return subprocess.run(command, env=environment, cwd=folder, timeout=seconds + 60).returncode == 0


def main():
    program, folder, seed = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    demo = load_demo(program)
    cashier, other = demo["cashiers"][0], demo["cashiers"][-1]
    configuration = CONFIGURATION.format(business=cashier["business_ids"][0], user=other["id"])
    (folder / "schemathesis.toml").write_text(configuration)
    service, address = start(program, folder)
    # Whoever changes accounts in long sequences ends up without one: the two routes go by themselves.
    accounts = ["/v1/users/{user_id}", "/v1/me/password"]
    without = [word for path in accounts for word in ("--exclude-path", path)]
    only = [word for path in accounts for word in ("--include-path", path)]
    try:
        # Before the first run: the wrong passwords that it tries make this address wait.
        admin = ("the administrator", token(address, demo["admin"]))
        cashier = ("a cashier", token(address, cashier))
        clean = [
            attempt(address, folder, seed, *admin, 130, *without),
            attempt(address, folder, seed, *cashier, 60, *without),
            attempt(address, folder, seed, *admin, 20, *only, "--phases", "examples,coverage,fuzzing"),
        ]
        alive = service.poll() is None
    finally:
        service.terminate()
        status = service.wait(timeout=30)
    print(f"seed {seed}: {clean.count(True)} of {len(clean)} runs without a finding; "
          f"the program {'ran to its end' if alive and status == 0 else 'DIED'}")
    sys.exit(0 if all(clean) and alive and status == 0 else 1)


main()
