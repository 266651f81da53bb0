"""pgbench scripts with the service's own statements."""

import re

from database import BUSINESSES, CASHIERS, STANDING


def code(path):
    """The lines of a file of SQL without comments. A line `-- include NAME` gives those of the fragment, as in the build."""
    with open(path, encoding="utf-8") as file:
        for line in file.read().splitlines():
            if included := re.fullmatch(r" *-- include (\w+)", line):
                yield from code(f"sql/fragments/{included[1]}.sql")
            elif not line.lstrip().startswith("--"):
                yield line


def statement(name, *values):
    """The text of sql/queries/NAME.sql without comments and the final semicolon. Values replace $1, $2 and so on."""
    text = "\n".join(code(f"sql/queries/{name}.sql")).strip().removesuffix(";")
    wanted = {int(number) for number in re.findall(r"\$(\d+)", text)}
    if wanted != set(range(1, len(values) + 1)):
        raise ValueError(f"{name}.sql takes {len(wanted)} parameters, not {len(values)}: adapt {__file__}")
    return re.sub(r"\$(\d+)", lambda match: values[int(match[1]) - 1], text)


def uuid_of(variable):
    """The id that bench/fill.sql makes from a number of seven digits.

    pgbench variables cannot be UUIDs. The conversion costs PostgreSQL about 1 µs a statement, only here."""
    return f"('{25 * '0'}' || :{variable})"


def alone(value):
    """An array of one key. The service batches several reads; pgbench cannot."""
    return f"array[{value}]"


BUSINESS, CASHIER = uuid_of("business"), uuid_of("cashier")
REQUEST = "'0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d'"

# Chooses one of two cashiers with an open session, in any business.
CHOOSE_STANDING = f"""\
\\set place random(0, {BUSINESSES * 2 - 1})
\\set business 1000000 + :place / 2
\\set cashier 2000000 + {CASHIERS} * (:place / 2) + :place % 2
"""


def current():
    return f"{CHOOSE_STANDING}{statement('session_current', *map(alone, [CASHIER, BUSINESS, CASHIER]))};\n"


def open_refused():
    return f"{CHOOSE_STANDING}{look()};\n"


def open_close(clients):
    """An open is two statements, a close is one. Clients share no business."""
    return f"""\
\\set place :client_id + {clients} * random(0, {BUSINESSES // clients - 1})
\\set business 1000000 + :place
\\set cashier 2000000 + {CASHIERS} * :place + {STANDING}
{look()};
{statement('session_open', 'gen_random_uuid()', CASHIER, BUSINESS, CASHIER, '150000', 'null', 'null', 'null',
           'gen_random_uuid()', REQUEST, 'null', 'null', 'false')} \\gset opened_
{statement('session_close', CASHIER, BUSINESS, ':opened_id', 'null', '180000', '0', '0', '0', '0', '0', '0',
           'null', 'null', 'null', 'gen_random_uuid()', REQUEST, 'null', 'null')};
"""


def look():
    return statement("session_open_precheck", *map(alone, [CASHIER, BUSINESS, CASHIER, "''"]))
