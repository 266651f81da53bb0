"""Measures the hot requests on each program in turn."""

KINDS = ["current", "refused", "open_close", "list"]


def measure(bench):
    database, connections = bench.main_database, bench.options.connections
    service = bench.service(database)
    programs = [service, *map(bench.peer, bench.options.peers)]

    def one_round(runs, seconds):
        """Runs that are compared follow each other."""
        runs.run("current, bare", bench.bare(), "current", connections, seconds)
        for kind in KINDS:
            if kind != "list":
                runs.pgbench(f"{kind}, pgbench", service.checks, kind, connections, seconds)
            ungrouped = [bench.ungrouped()] if kind == "open_close" else []
            for target in [*programs[:1], *ungrouped, *programs[1:]]:
                runs.run(f"{kind}, {target.name}", target, kind, connections, seconds)

    runs = bench.rounds(one_round)
    return {"connections": connections, "runs": runs,
            "memory": {target.name: target.program.memory("VmHWM") for target in [bench.bare(), *programs]}}
