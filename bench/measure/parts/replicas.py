"""Measures 1 to 4 processes of the service on one database."""

from contextlib import ExitStack

from runs import Target
from service import Replicas

COUNTS = [1, 2, 3, 4]
CONNECTIONS = 96  # The same number for each of wrk's threads and each replica.
KINDS = ["current", "refused", "open_close"]


def measure(bench):
    database = bench.main_database
    with ExitStack() as stack:
        targets = {}
        for count in COUNTS:
            replicas = Replicas([bench.new_service(database) for _ in range(count)])
            targets[count] = Target("service", stack.enter_context(replicas), database, is_service=True)

        def one_round(runs, seconds):
            for kind in KINDS:
                for count, target in targets.items():
                    runs.run(f"{kind}, {count}", target, kind, CONNECTIONS, seconds)

        return {"connections": CONNECTIONS, "counts": COUNTS, "runs": bench.rounds(one_round)}
