"""Generates a client with each of two generators, and runs a shift with each against the running program."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import service
import shift

GENERATOR_SECONDS = 120


def generate(path, tools, folder):
    """Writes the packages cashpilot_python_client and cashpilot_generated into `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    environment = os.environ | {"PYTHONPATH": str(tools)}
    python_client = [tools / "bin" / "openapi-python-client", "generate", "--path", path, "--meta", "none",
                     "--output-path", folder / "cashpilot_python_client"]
    jar = tools / "openapi_generator_cli" / "openapi-generator.jar"
    generated = ["java", "-jar", jar, "generate", "--generator-name", "python", "--input-spec", path,
                 "--output", folder, "--additional-properties", "packageName=cashpilot_generated"]
    for command in (python_client, generated):
        run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             timeout=GENERATOR_SECONDS)
        if run.returncode != 0:
            sys.exit(f"{run.stdout}\nthe generator ended with {run.returncode}")


def work(path, tools, folder, program):
    generate(path, tools, folder)
    sys.path.insert(0, str(folder))
    shifts = {"openapi-python-client": shift.by_python_client, "openapi-generator": shift.by_generator}
    with tempfile.TemporaryDirectory(prefix="cashpilot-clients.") as temporary:
        person = service.load_demo(program)["cashiers"][0]
        with service.served(program, pathlib.Path(temporary)) as address:
            for name, by in shifts.items():
                begin = time.monotonic()
                by(address, person)
                print(f"{name} completed a shift: {time.monotonic() - begin:.1f} s", flush=True)
