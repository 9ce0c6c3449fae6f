"""The picture of a case's course: everything on it, and nothing over anything else."""

from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from coordinator.protocol.picture import picture
from coordinator.protocol.picture.course import Step, course
from coordinator.protocol.picture.layout import BOX, LINE, PAD, Box, Plan, lay_out
from coordinator.protocol.profile import ProfileSpec
from tests.golden.stories import nz_2009
from tests.protocol.profiles import derived, modern

SPECS = [nz_2009().spec, modern().spec]
SVG = "{http://www.w3.org/2000/svg}"
# The widest that a letter of a wide sans-serif is on average, at 10 and 11 pixels.
WIDE, WIDE_BOLD = 6.3, 7.9


def frame(box: Box) -> tuple[float, float, float, float]:
    """Give the corners of a box with its tags: left, top, right, bottom."""
    bottom = box.y + box.height
    if box.tags:
        y, lines, _ = box.tags[-1]
        bottom = y + len(lines) * LINE + 4
    return box.x, box.y, box.x + BOX, bottom


@pytest.fixture(params=SPECS, ids=["2009", "modern"], name="plan")
def _plan(request: pytest.FixtureRequest) -> Plan:
    return lay_out(course(request.param))


def test_no_box_lies_on_another(plan: Plan) -> None:
    """Boxes and what hangs below them have a place each."""
    for one, other in combinations(map(frame, plan.boxes), 2):
        apart = one[0] >= other[2] or other[0] >= one[2]
        assert apart or one[1] >= other[3] or other[1] >= one[3]


def test_no_line_runs_behind_a_box(plan: Plan) -> None:
    """Lines run between columns and above the boxes of a lane."""
    for route in plan.routes:
        for (x1, y1), (x2, y2) in zip(route.points, route.points[1:], strict=False):
            for left, top, right, bottom in map(frame, plan.boxes):
                assert not (
                    max(x1, x2) > left + 0.1
                    and min(x1, x2) < right - 0.1
                    and max(y1, y2) > top + 0.1
                    and min(y1, y2) < bottom - 0.1
                )


def test_no_two_sources_share_a_line(plan: Plan) -> None:
    """What runs between columns or along a lane has a track of its own."""
    by_x: dict[float, set[int]] = {}
    for route in plan.routes:
        for x, _ in route.points[1:-1]:
            by_x.setdefault(x, set()).add(route.colour)

    assert all(len(colours) == 1 for colours in by_x.values())


def test_every_text_fits_its_box(plan: Plan) -> None:
    """No text runs over the side of its box or its tag."""
    for box in plan.boxes:
        for line in box.lines:
            wide = WIDE_BOLD if line.style == "name" else WIDE
            inset = 14 if line.style in ("refuse", "record") else 0
            assert len(line.words) * wide + inset <= BOX - PAD
        for _, words, _ in box.tags:
            assert all(len(one) * WIDE <= BOX - 18 for one in words)


def test_everything_lies_within_the_picture(plan: Plan) -> None:
    """Nothing is cut off at a side."""
    corners = [point for route in plan.routes for point in route.points]
    corners += [(right, bottom) for _, _, right, bottom in map(frame, plan.boxes)]

    assert all(0 < x < plan.width and 0 < y < plan.height for x, y in corners)


def test_the_picture_has_every_event_that_an_agency_sends() -> None:
    """All but the bus's own, each with its gates and obligations."""
    spec = SPECS[0]
    steps = {step.name: step for step in course(spec)}

    assert set(steps) == {
        name for name, one in spec.events.items() if one.emitters != ("coordinator",)
    }
    assert all(
        len(step.gates) == len(spec.events[name].gates) for name, step in steps.items()
    )
    assert [one.words for one in steps["referral.acknowledged"].tags] == [
        "T2b within 2 days, until case.identified or suspicion.closed"
    ]
    assert [one.always for one in steps["suspicion.reported"].tags] == [False]


def columns(spec: ProfileSpec) -> dict[str, int]:
    """Give each event's column."""
    return {step.name: step.column for step in course(spec)}


def test_an_event_stands_right_of_what_must_come_before() -> None:
    """The course of a case reads from left to right."""
    found = columns(SPECS[0])
    path = [
        "suspicion.reported", "case.identified", "victim.identified",
        "evidence.assessed", "certification.endorsed", "certification.issued",
        "victim.referred", "case_management.commenced",
    ]  # fmt: skip

    assert [found[name] for name in path] == list(range(8))
    assert found["interpreter.assigned"] == found["interpreter.requested"]


def needs(steps: list[Step], name: str) -> set[tuple[str, bool]]:
    """Give what leads to an event, and whether its lack is refused."""
    (step,) = (one for one in steps if one.name == name)
    return {(one.source, one.refuses) for one in step.needs}


def test_lines_lead_from_what_gates_ask_for() -> None:
    """Refusing and recording gates alike, each marked as it is."""
    steps = course(SPECS[0])

    assert needs(steps, "certification.withdrawn") == {
        ("certification.issued", True),
        ("investigation.commenced", False),
    }
    assert needs(steps, "senior_official.assigned") == {
        ("public_report.received", True),
        ("suspicion.referred", True),
        ("case.identified", True),
    }


def test_gates_that_ask_for_each_other_end_somewhere() -> None:
    """A profile whose gates can never be met is still drawn."""
    gate = {"breach": "refuse", "says": "s", "mend": "m"}
    spec = derived(
        {
            "events/case.identified/gates": [
                {**gate, "require": {"after": "victim.identified"}}
            ]
        }
    ).spec
    found = columns(spec)

    assert max(found.values()) <= len(found)
    ET.fromstring(picture(spec))  # noqa: S314 - our own drawing


def test_what_only_the_bus_sends_leads_nowhere() -> None:
    """A gate that asks for an event that is not on the picture has no line."""
    gate = {"breach": "refuse", "says": "s", "mend": "m"}
    spec = derived(
        {
            "events/feedback.recorded/gates": [
                {**gate, "require": {"after": "protocol.activated"}},
                {**gate, "require": {"after": "case.closed"}},
            ]
        }
    ).spec
    plan = lay_out(course(spec))
    (box,) = (one for one in plan.boxes if one.step.name == "feedback.recorded")

    assert [need.source for need in box.step.needs] == [
        "protocol.activated",
        "case.closed",
    ]
    assert sum(route.points[-1][0] == box.x and route.points[-1][1] in box.gate_ys
               for route in plan.routes) == 1  # fmt: skip


@pytest.mark.parametrize("spec", SPECS, ids=["2009", "modern"])
def test_the_drawing_is_svg_that_says_what_it_shows(spec: ProfileSpec) -> None:
    """Well-formed, titled, described, with every event's name, and always the same."""
    drawn = picture(spec)
    root = ET.fromstring(drawn)  # noqa: S314 - our own drawing
    texts = {one.text for one in root.iter(f"{SVG}text")}
    described = root.findtext(f"{SVG}desc") or ""

    assert root.get("role") == "img"
    assert spec.reference in (root.findtext(f"{SVG}title") or "")
    assert "victim.identified after case.identified" in described
    assert {step.name for step in course(spec)} <= texts
    assert drawn == picture(spec)
