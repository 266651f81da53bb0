"""Measures throughput and latency with 1 to 1024 connections."""

from runs import Target

CONNECTIONS = [1, 4, 16, 64, 256, 1024]
KINDS = ["current", "open_close"]
SECONDS_MIN = 3  # For each run: the slowest peer needs 1 s for one response on each connection.
# By default the service responds with 503 instead of waiting long. Here it waits, as the peers do.
PATIENT = {"DATABASE_QUEUE_MAX": "4096", "DATABASE_POOL_WAIT_MILLISECONDS": "8000",
           "DATABASE_LOCK_TIMEOUT_MILLISECONDS": "8500", "DATABASE_STATEMENT_TIMEOUT_MILLISECONDS": "9000",
           "DATABASE_REQUEST_TIMEOUT_MILLISECONDS": "10000"}


def measure(bench):
    database = bench.main_database
    with bench.new_service(database, **PATIENT) as service:
        targets = [Target("service", service, database, is_service=True), *map(bench.peer, bench.options.peers)]

        def one_round(runs, seconds):
            for kind in KINDS:
                for connections in CONNECTIONS:
                    for target in targets:
                        runs.run(f"{kind}, {target.name}, {connections}", target, kind, connections,
                                 max(seconds, SECONDS_MIN))

        return {"connections": CONNECTIONS, "kinds": KINDS, "targets": [target.name for target in targets],
                "runs": bench.rounds(one_round, warm_up=False)}
