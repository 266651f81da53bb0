"""Measures response times of the service and the fastest peer with 256 connections."""

CONNECTIONS = 256
KINDS = ["current", "refused", "open_close"]


def measure(bench):
    targets = [bench.service(bench.main_database), *(bench.peer(name) for name in bench.options.peers if name == "go")]

    def one_round(runs, seconds):
        for kind in KINDS:
            for target in targets:
                runs.run(f"{kind}, {target.name}", target, kind, CONNECTIONS, seconds)

    return {"connections": CONNECTIONS, "runs": bench.rounds(one_round)}
