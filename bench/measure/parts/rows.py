"""Measures the same requests on small and large databases."""

KINDS = ["current", "refused", "list", "page_1000"]


def measure(bench):
    services = [bench.service(bench.database(sessions)) for sessions in bench.options.rows]
    for service in services:
        bench.loads.write_page_1000(service.checks)

    def one_round(runs, seconds):
        for kind in KINDS:
            for service in services:
                runs.run(f"{kind}, {service.database.sessions}", service, kind, bench.options.connections, seconds)

    return {"connections": bench.options.connections, "rows": bench.options.rows, "runs": bench.rounds(one_round)}
