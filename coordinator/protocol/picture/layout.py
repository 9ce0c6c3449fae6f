"""
Where everything in the picture stands. Lengths are in pixels of the drawing.

Lanes lie one below the other, an area each; columns from left to right. Lines run
between columns and above a lane's boxes only, so that none runs behind a box: from a
box to the right, along a track of its own between two columns, and to the left side
of the next box at the line of the gate. What is further away is reached along the top
of its lane.
"""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from coordinator.protocol.picture.course import Step

__all__ = ["BOX", "LINE", "PAD", "Box", "Lane", "Plan", "Route", "TextLine", "lay_out"]

BOX: Final = 276  # a box's width
LINE: Final = 14  # from one line of text to the next
PAD: Final = 8  # inside a box
HEAD: Final = 96  # above the first lane: title and key
_GAP: Final = 16  # between boxes
_TRACK: Final = 7  # between lines that run side by side
_GUTTER: Final = 26  # between columns, without tracks
_LABEL: Final = 26  # a lane's name
_MARGIN: Final = 20
# At 10 pixels, wide letters of a wide sans-serif; wider is nothing that is written.
_ACROSS: Final = 40


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line in a box, its middle at `y`; `style` is what it is."""

    style: str
    words: str
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """An event: its frame, the lines in it, where gates begin, and its tags."""

    step: Step
    x: float
    y: float
    height: float
    lines: tuple[TextLine, ...]
    gate_ys: tuple[float, ...]
    tags: tuple[tuple[float, tuple[str, ...], bool], ...]  # y, lines, always


@dataclass(frozen=True, slots=True)
class Lane:
    """An area's band."""

    name: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Route:
    """A line from an event to a gate, corner by corner; its colour's number."""

    points: tuple[tuple[float, float], ...]
    refuses: bool
    colour: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole drawing."""

    width: float
    height: float
    lanes: tuple[Lane, ...]
    boxes: tuple[Box, ...]
    routes: tuple[Route, ...]


_Track = tuple[str, int]
"""A line's source, and the column that it leaves or is on its way to."""


@dataclass(slots=True)
class _Traffic:
    """Which lines run where: by column to their right, and by lane along its top."""

    tracks: dict[int, dict[_Track, int]] = field(default_factory=dict)
    tops: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, source: Step, target: Step) -> None:
        """Keep room for the line between two events."""
        self._track(source.column, (source.name, source.column))
        if target.column != source.column + 1:
            along = self.tops.setdefault(target.area, {})
            along.setdefault(source.name, len(along))
            self._track(target.column - 1, (source.name, target.column))

    def _track(self, column: int, track: _Track) -> None:
        beside = self.tracks.setdefault(column, {})
        beside.setdefault(track, len(beside))


def lay_out(steps: Sequence[Step]) -> Plan:
    """Find a place for every event, obligation and line."""
    by_name = {step.name: step for step in steps}
    traffic = _Traffic()
    for step in steps:
        for need in step.needs:
            if need.source in by_name:
                traffic.add(by_name[need.source], step)
    lefts = _lefts(steps, traffic)
    lanes, boxes, y = [], {}, float(HEAD)
    for area, members in groupby(steps, key=lambda step: step.area):
        top = y + _LABEL + _TRACK * (len(traffic.tops.get(area, ())) + 1)
        bottoms: dict[int, float] = {}
        for step in members:
            box = _box(step, lefts[step.column], bottoms.get(step.column, top))
            boxes[step.name] = box
            bottoms[step.column] = _bottom(box) + _GAP
        height = max(bottoms.values()) - y
        lanes.append(Lane(area, y, height))
        y += height
    tops = {lane.name: lane.y + _LABEL for lane in lanes}
    width = lefts[max(lefts)] + BOX + _MARGIN
    routes = _Routes(boxes, traffic, lefts, tops).all()
    return Plan(width, y + _MARGIN, tuple(lanes), tuple(boxes.values()), tuple(routes))


def _lefts(steps: Iterable[Step], traffic: _Traffic) -> dict[int, float]:
    """Give each column's left side; lines between columns push them apart."""
    lefts, x = {}, float(_MARGIN)
    for column in range(max(step.column for step in steps) + 1):
        x += _GUTTER + _TRACK * len(traffic.tracks.get(column - 1, ()))
        lefts[column] = x
        x += BOX
    return lefts


def _box(step: Step, x: float, y: float) -> Box:
    """Break a step's words into lines, below each other."""
    at = y + PAD + LINE / 2
    lines = [TextLine("name", step.name, at)]
    for words in textwrap.wrap(f"sent by {step.senders}", _ACROSS):
        at += LINE
        lines.append(TextLine("sender", words, at))
    gate_ys = []
    for says, refuses in step.gates:
        gate_ys.append(at + LINE)
        for words in textwrap.wrap(says, _ACROSS):
            at += LINE
            lines.append(TextLine("refuse" if refuses else "record", words, at))
    bottom = at + LINE / 2 + PAD
    tags, below = [], bottom + 4
    for tag in step.tags:
        wrapped = tuple(textwrap.wrap(tag.words, _ACROSS))
        tags.append((below, wrapped, tag.always))
        below += len(wrapped) * LINE + 8
    return Box(step, x, y, bottom - y, tuple(lines), tuple(gate_ys), tuple(tags))


def _bottom(box: Box) -> float:
    if not box.tags:
        return box.y + box.height
    y, lines, _ = box.tags[-1]
    return y + len(lines) * LINE + 4


class _Routes:
    """Finds the corners of every line."""

    def __init__(
        self,
        boxes: dict[str, Box],
        traffic: _Traffic,
        lefts: dict[int, float],
        tops: dict[str, float],
    ) -> None:
        self._boxes = boxes
        self._traffic = traffic
        self._lefts = lefts
        self._tops = tops

    def all(self) -> list[Route]:
        """Give every line, those of one source after each other."""
        sources = [name for name in self._boxes if self._leads_on(name)]
        colours = {name: place for place, name in enumerate(sources)}
        return [
            Route(
                self._corners(self._boxes[need.source], box, need.place),
                need.refuses,
                colours[need.source],
            )
            for box in self._boxes.values()
            for need in box.step.needs
            if need.source in self._boxes
        ]

    def _leads_on(self, name: str) -> bool:
        return any(
            need.source == name
            for box in self._boxes.values()
            for need in box.step.needs
        )

    def _corners(
        self, source: Box, target: Box, place: int
    ) -> tuple[tuple[float, float], ...]:
        start = (source.x + BOX, source.y + PAD + LINE / 2)
        end = (target.x, target.gate_ys[place])
        name, column = source.step.name, source.step.column
        first = self._track(column, (name, column))
        if target.step.column == column + 1:
            return (start, (first, start[1]), (first, end[1]), end)
        area = target.step.area
        top = self._tops[area] + _TRACK * (self._traffic.tops[area][name] + 0.5)
        last = self._track(target.step.column - 1, (name, target.step.column))
        return (
            start,
            (first, start[1]),
            (first, top),
            (last, top),
            (last, end[1]),
            end,
        )

    def _track(self, column: int, line: _Track) -> float:
        """Give the x of a line's track right of a column."""
        right = self._lefts[column] + BOX if column in self._lefts else float(_MARGIN)
        return right + _GUTTER / 2 + _TRACK * self._traffic.tracks[column][line]
