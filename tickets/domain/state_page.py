"""The statuses and moves as a page and a drawing for docs/, made from the table itself: `python -m tickets.domain.state_page docs` writes both anew."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tickets.domain.status import BESIDE, MOVES, OPEN, STATUSES

WIDTH, HEIGHT, HALF_WIDTH, HALF_HEIGHT = 1280, 600, 54, 20
STEP, LEFT, MIDDLE, ABOVE, BELOW = 158, 84, 300, 80, 500
# Where each status stands in the drawing: (place on the line, height). A status without a place fails the page, loudly.
PLACES: dict[str, tuple[float, int]] = {
    **{status: (place, MIDDLE) for place, status in enumerate(("已登记", "已受理", "待签收", "办理中", "待审核", "待回访", "已核实", "已结案"))},
    "不予受理": (0, ABOVE),
    "已移交": (1, ABOVE),
    "并单": (2, ABOVE),
    "争议": (1.8, BELOW),
    "挂账": (3.5, ABOVE),
    "调解": (5.5, ABOVE),
}
HEAD = """# Statuses and moves

Made from `tickets/domain/status.py` by `python -m tickets.domain.state_page docs`; a test holds both to it. Nothing else moves a ticket: every verb of `tickets/actions/` goes through
`moves.move`, which asks this table, claims the ticket by its status and step, writes the history line and brings the clocks in line.

![Statuses and moves](states.svg)
"""


def page() -> str:
    """The page in Markdown: the drawing, the statuses, the moves, and a grid of what leads where."""
    lines = [HEAD, "| status | in English | ticket open | moves from here |", "|---|---|---|---|"]
    for status, english in STATUSES.items():
        leaving = "、".join(f"{name} → {target}" for name, (sources, target) in MOVES.items() if status in sources)
        lines.append(f"| {status} | {english} | {'yes' if status in OPEN else 'no'} | {leaving or '–'} |")
    lines += ["", "| move | from | to |", "|---|---|---|"]
    lines += [f"| {name} | {'、'.join(sources)} | {target} |" for name, (sources, target) in MOVES.items()]
    lines += ["", "Steps that leave the status as it is:", "", "| step | taken at |", "|---|---|"]
    lines += [f"| {name} | {'、'.join(places)} |" for name, places in BESIDE.items()]
    return "\n".join(lines) + "\n"


def drawing() -> str:
    """The same as an SVG: every status a box, every move an arrow with its name."""
    missing = set(STATUSES) - set(PLACES)
    if missing:
        raise LookupError(f"没有画出的状态：{'、'.join(sorted(missing))}；请在 PLACES 里给出位置 (a status without a place in the drawing)")
    arrows, boxes = [line for arrow in _arrows() for line in arrow], [line for status in STATUSES for line in _box(status)]
    style = (
        "text{font:14px 'Noto Sans CJK SC','Microsoft YaHei',sans-serif;fill:#182433;text-anchor:middle}.n{font-size:12px;fill:#39465a;paint-order:stroke;stroke:#fff;stroke-width:4px}"
        ".o{fill:#e6f0fb;stroke:#066fd1}.e{fill:#f1f3f6;stroke:#8a97ab}.a{fill:none;stroke:#66758c;stroke-width:1.3;marker-end:url(#m)}"
    )
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="工单状态与流转 Statuses and moves">',
        f"<style>{style}</style>",
        '<defs><marker id="m" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10z" fill="#66758c"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    return (
        "\n".join([*head, *(line for line in arrows if line.startswith("<path")), *boxes, *(line for line in arrows if line.startswith("<text")), "</svg>"])
        + "\n"
    )


def _centre(status: str) -> tuple[float, float]:
    place, height = PLACES[status]
    return LEFT + place * STEP, float(height)


def _box(status: str) -> Iterator[str]:
    x, y = _centre(status)
    yield (
        f'<rect class="{"o" if status in OPEN else "e"}" x="{x - HALF_WIDTH:g}" y="{y - HALF_HEIGHT:g}" width="{2 * HALF_WIDTH}" height="{2 * HALF_HEIGHT}" rx="8"/>'
    )
    yield f'<text x="{x:g}" y="{y + 5:g}">{status}</text>'


def _arrows() -> Iterator[Iterator[str]]:
    """One arrow for each pair of statuses, with the names of all moves between them."""
    between: dict[tuple[str, str], list[str]] = {}
    for name, (sources, target) in MOVES.items():
        for source in sources:
            between.setdefault((source, target), []).append(name)
    for (source, target), names in between.items():
        yield _arrow(source, target, "、".join(names), back=(target, source) in between)


def _arrow(source: str, target: str, names: str, *, back: bool) -> Iterator[str]:
    """A straight arrow to a neighbour, a bow over or under what lies between; one that comes back on itself is a loop."""
    (x, y), (to_x, to_y) = _centre(source), _centre(target)
    if source == target:
        yield f'<path class="a" d="M{x - 16:g} {y - HALF_HEIGHT:g}C{x - 40:g} {y - 74:g} {x + 40:g} {y - 74:g} {x + 16:g} {y - HALF_HEIGHT:g}"/>'
        yield f'<text class="n" x="{x:g}" y="{y - 66:g}">{names}</text>'
        return
    if y == to_y:
        yield from _along(x, to_x, y, names)
        return
    shift = 14 if back and (y > to_y) else -14 if back else 0
    down = 1 if to_y > y else -1
    start, end = (x + shift, y + down * HALF_HEIGHT), (to_x + shift, to_y - down * HALF_HEIGHT)
    yield f'<path class="a" d="M{start[0]:g} {start[1]:g}L{end[0]:g} {end[1]:g}"/>'
    side = "end" if shift < 0 else "start"
    at = 0.42 if y != MIDDLE else 0.62 if back or to_y == ABOVE else 0.82
    label = (start[0] + (end[0] - start[0]) * at + (-6 if side == "end" else 6), start[1] + (end[1] - start[1]) * at)
    yield f'<text class="n" style="text-anchor:{side}" x="{label[0]:g}" y="{label[1]:g}">{names}</text>'


def _along(x: float, to_x: float, y: float, names: str) -> Iterator[str]:
    """Along the main line: the next status straight, further ones in a bow above, back ones in a bow below."""
    apart = round(abs(to_x - x) / STEP)
    if to_x > x and apart == 1:
        yield f'<path class="a" d="M{x + HALF_WIDTH:g} {y:g}L{to_x - HALF_WIDTH:g} {y:g}"/>'
        yield f'<text class="n" x="{(x + to_x) / 2:g}" y="{y - 7:g}">{names}</text>'
        return
    up = to_x > x
    edge = y - HALF_HEIGHT if up else y + HALF_HEIGHT
    bow = 40 + (18 if up else 40) * apart
    top = edge - bow if up else edge + bow
    lean = 18 if up else -18
    yield f'<path class="a" d="M{x + lean:g} {edge:g}C{x + lean:g} {top:g} {to_x - lean:g} {top:g} {to_x - lean:g} {edge:g}"/>'
    yield f'<text class="n" x="{(x + to_x) / 2:g}" y="{edge + (top - edge) * 0.75 + (-6 if up else 15):g}">{names}</text>'


def write(folder: Path) -> None:
    """Writes states.md and states.svg into the folder."""
    (folder / "states.md").write_text(page(), encoding="utf-8")
    (folder / "states.svg").write_text(drawing(), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
