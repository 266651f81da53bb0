"""Lints the contract with vacuum, by the rules of lint-rules.yaml, and validates it.

Prints a line for each finding: where, which rule, what. A finding of any severity is one too many: what does not apply
here is off in the rules, with the reason.
"""

import json
import pathlib
import subprocess

RULES = pathlib.Path(__file__).parent / "lint-rules.yaml"


def validate(path, tools):
    return subprocess.run([tools / "bin" / "openapi-spec-validator", path]).returncode == 0


def lint(path, tools):
    command = [tools / "vacuum" / "lib" / "vacuum", "report", "--no-style", "--no-pretty", "--stdin", "--stdout"]
    report = subprocess.run(
        command + ["--ruleset", RULES], input=path.read_bytes(), stdout=subprocess.PIPE, check=True, timeout=60)
    # It writes null for no results.
    results = json.loads(report.stdout)["resultSet"].get("results") or []
    for result in results:
        line = result["range"]["start"]["line"]
        print(f"{path.name}:{line}: {result['ruleSeverity']} {result['ruleId']}: {result['message']} ({result['path']})")
    print(f"vacuum: {len(results)} findings in {path.name}")
    return not results
