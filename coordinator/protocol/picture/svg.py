"""
The drawing: a plan of boxes and lines as SVG.

Boxes are events, with a lock before each gate that refuses and a flag before each that
records a breach; what hangs below a box are obligations. A line leads from an event to
the gates that ask for it.
"""

from collections.abc import Iterator
from html import escape
from typing import Final

from coordinator.protocol.picture.course import course
from coordinator.protocol.picture.layout import (
    BOX,
    LINE,
    PAD,
    Box,
    Lane,
    Plan,
    Route,
    TextLine,
    lay_out,
)
from coordinator.protocol.profile import ProfileSpec

__all__ = ["picture"]

# Dark enough on white for a thin line, and apart for most eyes that mix up colours.
_COLOURS: Final = (
    "#0b5fa5",
    "#a4400b",
    "#2f7d32",
    "#8a1c7c",
    "#6b5a00",
    "#00707a",
    "#b3202c",
    "#4a4a9c",
)
_STYLE: Final = """
text { font: 10px Helvetica, Arial, 'DejaVu Sans', sans-serif; fill: #222;
  dominant-baseline: middle }
.title { font-size: 20px; font-weight: bold }
.area { font-size: 14px; font-weight: bold; fill: #444 }
.name { font-size: 11px; font-weight: bold }
.sender { fill: #555 }
.box { fill: #fff; stroke: #333 }
.tag { fill: #fff6d6; stroke: #b58900 }
.sometimes { stroke-dasharray: 4 3 }
.line { fill: none; stroke-width: 1.3 }
.recorded { stroke-dasharray: 5 3 }
.mark { stroke: #333; fill: none }
.solid { fill: #333 }
"""


def picture(profile: ProfileSpec) -> str:
    """Draw the course of a case under a profile, as an SVG document."""
    plan = lay_out(course(profile))
    title = f"The course of a case under {profile.reference}"
    size = f'width="{plan.width:g}" height="{plan.height:g}"'
    box = f"0 0 {plan.width:g} {plan.height:g}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="{box}"',
        ' role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(_description(plan))}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect {size} fill="#fff"/>',
        *(line for lane in plan.lanes for line in _lane(lane, plan)),
        *_key(title),
        *(_route(route) for route in plan.routes),
        *(line for box in plan.boxes for line in _box(box)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _description(plan: Plan) -> str:
    """Say what the picture shows, for those who cannot see it."""
    areas = ", ".join(lane.name for lane in plan.lanes)
    needs = "; ".join(
        f"{box.step.name} after {', '.join(sources)}"
        for box in plan.boxes
        if (sources := dict.fromkeys(need.source for need in box.step.needs))
    )
    return (
        f"{len(plan.boxes)} events in the areas {areas}, from left to right by what"
        f" must come before. {needs}."
    )


def _lane(lane: Lane, plan: Plan) -> Iterator[str]:
    if plan.lanes.index(lane) % 2 == 0:  # every other one, to tell them apart
        size = f'width="{plan.width:g}" height="{lane.height:g}"'
        yield f'<rect y="{lane.y:g}" {size} fill="#f4f6f8"/>'
    yield _text("area", 12, lane.y + 14, lane.name.capitalize())


def _key(title: str) -> Iterator[str]:
    """Explain the marks, in a row below the title."""
    yield _text("title", 12, 24, title)
    yield _text(
        "sender",
        12,
        48,
        "From left to right: an event stands right of what must come before it. A line"
        " leads to the gate that asks for it.",
    )
    y, x = 72, 12
    yield from _lock(x, y)
    yield _text("key", x + 14, y, "refused unless this holds")
    x += 180
    yield from _flag(x, y)
    yield _text("key", x + 14, y, "recorded as a breach, and paged, unless this holds")
    x += 310
    yield _tag(x, y - 9, 26, 18, always=True)
    yield _text("key", x + 34, y, "is owed from then on: by when, until what")
    x += 280
    yield _tag(x, y - 9, 26, 18, always=False)
    yield _text("key", x + 34, y, "is owed in some cases")


def _route(route: Route) -> str:
    points = " ".join(f"{x:g},{y:g}" for x, y in route.points)
    colour = _COLOURS[route.colour % len(_COLOURS)]
    kind = "line" if route.refuses else "line recorded"
    x, y = route.points[-1]
    return (
        f'<polyline class="{kind}" stroke="{colour}" points="{points}"/>'
        f'<path fill="{colour}" d="M{x:g} {y:g}l-7 -3.5v7z"/>'
    )


def _box(box: Box) -> Iterator[str]:
    yield (
        f'<rect class="box" x="{box.x:g}" y="{box.y:g}" width="{BOX}"'
        f' height="{box.height:g}" rx="4"/>'
    )
    marks = dict(zip(box.gate_ys, box.step.gates, strict=True))
    for line in box.lines:
        yield from _line(box, line)
        if line.y in marks:
            _, refuses = marks[line.y]
            yield from (_lock if refuses else _flag)(box.x + PAD, line.y)
    for y, words, always in box.tags:
        yield _tag(box.x + 10, y, BOX - 10, len(words) * LINE + 4, always=always)
        for place, text in enumerate(words):
            yield _text("tags", box.x + 18, y + 2 + LINE * (place + 0.5), text)


def _line(box: Box, line: TextLine) -> Iterator[str]:
    inset = 14 if line.style in ("refuse", "record") else 0
    yield _text(line.style, box.x + PAD + inset, line.y, line.words)


def _text(style: str, x: float, y: float, words: str) -> str:
    return f'<text class="{style}" x="{x:g}" y="{y:g}">{escape(words)}</text>'


def _tag(x: float, y: float, width: float, height: float, *, always: bool) -> str:
    kind = "tag" if always else "tag sometimes"
    return (
        f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}"'
        f' height="{height:g}" rx="7"/>'
    )


def _lock(x: float, y: float) -> Iterator[str]:
    yield f'<rect class="solid" x="{x:g}" y="{y - 1:g}" width="8" height="6" rx="1"/>'
    yield f'<path class="mark" d="M{x + 2:g} {y - 1:g}v-2a2 2 0 0 1 4 0v2"/>'


def _flag(x: float, y: float) -> Iterator[str]:
    yield f'<path class="mark" d="M{x + 1:g} {y + 5:g}v-10h7l-2 3 2 3h-7"/>'
