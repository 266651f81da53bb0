"""Draws throughput and p99 by connections, as SVG for light and dark pages."""

import math
from statistics import median

from peers import TITLES

WIDTH, HEIGHT = 400, 240  # The axes of a panel.
LEFT, TOP, RIGHT, BETWEEN = 66, 56, 96, 96
TITLE_OF = {"service": "CashPilot", **TITLES}
KINDS = {"current": "current", "open_close": "open + close"}
SHADES = {"service": "#1f77d0", "go": "#d9480f", "fastapi": "#2b8a3e", "litestar": "#9c36b5"}
MARKS = {"service": "circle", "go": "square", "fastapi": "diamond", "litestar": "triangle"}
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600 }
.small { font-size: 12px; fill: #59636e }
.grid { stroke: #d1d9e0; stroke-width: 1 }
.line { fill: none; stroke-width: 2.2 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .small { fill: #9198a1 }
  .grid { stroke: #3d444d }
  .line, .mark { filter: brightness(1.35) }
}
"""


def draw(part):
    """Draws a row for each kind of request: requests/s on the left, p99 on the right."""
    kinds = part["kinds"]
    width = LEFT + WIDTH + RIGHT + LEFT + WIDTH + RIGHT
    height = TOP + len(kinds) * (HEIGHT + BETWEEN)
    body = []
    for place, kind in enumerate(kinds):
        top = TOP + place * (HEIGHT + BETWEEN)
        rates, p99s = (curves(part, kind, field) for field in ["rate", "p99"])
        body += panel(LEFT, top, f"{KINDS[kind]}: requests/s", part["connections"], rates, Linear(rates))
        body += panel(2 * LEFT + WIDTH + RIGHT, top, f"{KINDS[kind]}: p99, ms", part["connections"], p99s, Log(p99s))
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        "<title>Throughput and p99 against connections</title>", f"<style>{STYLE}</style>", *body, "</svg>", ""])


def curves(part, kind, field):
    """The median for each number of connections."""
    return {name: [median(run[field] for run in part["runs"][f"{kind}, {name}, {count}"])
                   for count in part["connections"]] for name in part["targets"]}


class Linear:
    """Ticks from 0 to a round number, at most five steps."""

    def __init__(self, curves):
        most = max(max(values) for values in curves.values())
        step = next(step for power in range(9) for digit in (1, 2, 5) if (step := digit * 10**power) * 5 >= most)
        self.ticks = [step * number for number in range(math.ceil(most / step) + 1)]

    def share(self, value):
        return value / self.ticks[-1]


class Log:
    """Powers of ten around all values."""

    def __init__(self, curves):
        values = [value for curve in curves.values() for value in curve]
        self.low, self.high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        self.high = max(self.high, self.low + 1)
        self.ticks = [10.0**power for power in range(self.low, self.high + 1)]

    def share(self, value):
        return (math.log10(value) - self.low) / (self.high - self.low)


def panel(left, top, title, connections, curves, scale):
    bottom = top + HEIGHT
    xs = [left + WIDTH * place / max(1, len(connections) - 1) for place in range(len(connections))]
    yield f'<text class="title" x="{left}" y="{top - 16}">{title}</text>'
    for tick in scale.ticks:
        y = bottom - HEIGHT * scale.share(tick)
        yield f'<path class="grid" d="M{left} {y:.1f}h{WIDTH}"/>'
        yield f'<text class="small" x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{spoken(tick)}</text>'
    for x, count in zip(xs, connections):
        yield f'<text class="small" x="{x:.1f}" y="{bottom + 20}" text-anchor="middle">{count}</text>'
    yield f'<text class="small" x="{left + WIDTH / 2}" y="{bottom + 40}" text-anchor="middle">connections</text>'
    ends = {}
    for name, values in curves.items():
        points = [(x, bottom - HEIGHT * scale.share(value)) for x, value in zip(xs, values)]
        ends[name] = points[-1][1]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        yield f'<path class="line" stroke="{SHADES[name]}" d="M{path}"/>'
        yield from (mark(name, x, y) for x, y in points)
    for name, y in apart(ends).items():
        yield f'<text x="{left + WIDTH + 12}" y="{y + 4:.1f}">{TITLE_OF[name]}</text>'


def apart(ends, least=16):
    """Moves labels down until none overlaps another."""
    placed, before = {}, -math.inf
    for name, y in sorted(ends.items(), key=lambda item: item[1]):
        placed[name] = before = max(y, before + least)
    return placed


def mark(name, x, y):
    corners = {"square": [(-4, -4), (4, -4), (4, 4), (-4, 4)], "diamond": [(0, -5.5), (5.5, 0), (0, 5.5), (-5.5, 0)],
               "triangle": [(0, -5), (5, 4), (-5, 4)]}.get(MARKS[name])
    if corners is None:
        return f'<circle class="mark" fill="{SHADES[name]}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
    points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)
    return f'<polygon class="mark" fill="{SHADES[name]}" points="{points}"/>'


def spoken(value):
    return f"{value / 1000:g} k" if value >= 1000 else f"{value:g}"
