"""The figures as one table of plain text, for a terminal and a file alike."""

from collections.abc import Sequence
from typing import Final

from bench.figure import Figure

__all__ = ["printed"]

_HEAD: Final = ("what", "value", "beside", "ratio", "goal", "reached")
_REACHED: Final = {True: "yes", False: "no", None: ""}
_LARGE: Final = 100
_SMALL: Final = 10


def printed(figures: Sequence[Figure]) -> str:
    """Give a line to each figure; below it, how it was come by and what is beside."""
    lines = [
        (
            figure.name,
            f"{_number(figure.value)} {figure.unit}",
            "" if figure.companion is None else _number(figure.companion.value),
            "" if figure.ratio is None else f"{_number(figure.ratio)}x",
            "" if figure.goal is None else figure.goal.text,
            _REACHED[figure.reached],
        )
        for figure in figures
    ]
    widths = [max(map(len, column)) for column in zip(_HEAD, *lines, strict=True)]
    text = [_line(_HEAD, widths), _line(["-" * width for width in widths], widths)]
    for figure, line in zip(figures, lines, strict=True):
        text.append(_line(line, widths))
        if figure.companion is not None:
            text.append(f"    beside: {figure.companion.name}")
        if figure.how:
            text.append(f"    {figure.how}")
    return "\n".join(text)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        cell.ljust(width) if place == 0 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join([first, *others]).rstrip()


def _number(value: float) -> str:
    """Write three digits that matter, or all before the point."""
    if value >= _LARGE:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= _SMALL else f"{value:.3f}"
