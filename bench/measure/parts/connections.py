"""Throughput and latency from one connection to many."""

CONNECTIONS = [1, 4, 16, 64, 256, 1024]
KINDS = ["current", "open_close"]
SECONDS_MIN = 3  # Of a run: the slowest take a second to answer so many connections once.


def measure(bench):
    targets = [bench.service(bench.main_database), *map(bench.peer, bench.options.peers)]

    def one_round(runs, seconds):
        for kind in KINDS:
            for connections in CONNECTIONS:
                for target in targets:
                    runs.run(f"{kind}, {target.name}, {connections}", target, kind, connections,
                             max(seconds, SECONDS_MIN))

    return {"connections": CONNECTIONS, "kinds": KINDS, "targets": [target.name for target in targets],
            "runs": bench.rounds(one_round, warm_up=False)}
