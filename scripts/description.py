"""What the program says of itself, `cashpilot --experimental-dump-help`, as its pages need it."""

import re

# What is told of a setting's flag ends with the environment variable that it stands for.
SETTING = re.compile(r"^(?P<told>.*) \((?P<name>[A-Z_]+)(; default (?P<default>.*))?\)$")


def options(command):
    """Its own arguments, without those of settings, and what each means."""
    for argument in command.get("arguments", []):
        told = argument.get("abstract", "")
        if argument["valueName"] in ("help", "version") or not argument["shouldDisplay"] or SETTING.match(told):
            continue
        if argument.get("defaultValue"):
            told += f" Default: {argument['defaultValue']}."
        elif not argument["isOptional"]:
            told += " Required."
        yield argument, told


def children(command):
    """The commands below it."""
    return [child for child in command.get("subcommands", []) if child["commandName"] != "help"]
