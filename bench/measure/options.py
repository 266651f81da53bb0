import argparse

import peers

PARTS = ["peers", "latency", "rows", "memory", "connections", "replicas", "contention", "overload"]
USUAL_PARTS = PARTS[:4]


def read():
    parser = argparse.ArgumentParser(
        prog="bench/run",
        description="Measures the service with everything on beside peers that do the same bare, a bare Hummingbird "
        "route, and pgbench running the same SQL, all on a private PostgreSQL with durable commits. Prints tables, and "
        "figures with their goals.",
        epilog="Everything shares this machine, so only ratios within one run mean anything. "
        "Exit status: 0, or 1 if any answer was not the expected one.",
    )
    parser.add_argument("--parts", type=listed(PARTS), default=USUAL_PARTS, metavar="LIST",
                        help=f"of {','.join(PARTS)}; default {','.join(USUAL_PARTS)}")
    parser.add_argument("--peers", type=listed(peers.ALL), default=peers.ALL, metavar="LIST",
                        help=f"of {','.join(peers.ALL)}, or none; default all")
    parser.add_argument("--sessions", type=int, default=1_000_000, metavar="N",
                        help="closed sessions to fill in, in thousands: 10000, 5000000; default %(default)s")
    parser.add_argument("--rows", type=numbers, default=[10_000, 1_000_000, 5_000_000], metavar="LIST",
                        help="such sizes that are compared; default 10000,1000000,5000000")
    parser.add_argument("--seconds", type=int, default=3, metavar="N", help="of each run; default %(default)s")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="of all runs; default %(default)s")
    parser.add_argument("--connections", type=int, default=64, metavar="N",
                        help="of wrk, and clients of pgbench; default %(default)s")
    parser.add_argument("--sockets", type=int, default=10_000, metavar="N", help="that wait idle; default %(default)s")
    parser.add_argument("--programs", metavar="DIR", help="use cashpilot and BareRoute from here instead of building")
    parser.add_argument("--plot", metavar="FILE", help="draw the part `connections` there, as SVG")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    return checked(parser, parser.parse_args())


def checked(parser, options):
    for name, low, high in [("seconds", 1, 600), ("rounds", 1, 100), ("connections", 2, 300), ("sockets", 0, 20_000)]:
        if not low <= getattr(options, name) <= high:
            parser.error(f"--{name} must be {low} to {high}")
    for sessions in [options.sessions, *options.rows]:
        if not 10_000 <= sessions <= 10_000_000 or sessions % 1000:
            parser.error("--sessions and --rows must be multiples of 1000 from 10000 to 10000000")
    if options.plot and "connections" not in options.parts:
        parser.error("--plot draws the part `connections`: add it to --parts")
    return options


def listed(known):
    def read_list(text):
        names = [] if text == "none" else text.split(",")
        if not set(names) <= set(known):
            raise argparse.ArgumentTypeError(f"must be of {','.join(known)}")
        return [name for name in known if name in names]
    return read_list


def numbers(text):
    try:
        return sorted({int(word) for word in text.split(",")})
    except ValueError:
        raise argparse.ArgumentTypeError("must be numbers with commas between") from None
