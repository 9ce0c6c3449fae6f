"""A profile built on another: what it adds, replaces and takes away."""

import pytest

from coordinator.events.located_yaml import LocatedError
from coordinator.protocol import Profile, load_profile
from tests.golden.stories import nz_2009
from tests.protocol.profiles import MAIN, modern, texts

HEAD = "profile: nz-own\nversion: 3\ntitle: x\nsource: x\nextends: nz_2009.yaml\n"


def own(text: str, *, file: str = "own.yaml", **more: str) -> Profile:
    """Load a profile that extends the packaged one."""
    files = texts() | {file: text} | {f"{name}.yaml": one for name, one in more.items()}
    return load_profile(file, files.__getitem__)


def test_what_it_does_not_say_is_as_in_the_other() -> None:
    """It has its own name and version, and all else from below."""
    spec = own(HEAD).spec

    assert spec.reference == "nz-own/3"
    assert spec.events == nz_2009().spec.events
    assert spec.obligations == nz_2009().spec.obligations


def test_an_entry_says_only_what_differs() -> None:
    """A key replaces the base's key; the others of the entry stand."""
    text = f"{HEAD}obligations:\n  protect:\n    due: PT1H elapsed\n"
    spec, base = own(text).spec, nz_2009().spec
    after = spec.obligations["protect"].due.after

    assert after is not None
    assert str(after.length) == "PT1H"
    assert spec.obligations["protect"].ladder == base.obligations["protect"].ladder


def test_null_takes_an_entry_away() -> None:
    """The rest of the section stands."""
    text = f"{HEAD}obligations:\n  programme_item: null\n"
    gone = set(nz_2009().spec.obligations) - set(own(text).spec.obligations)

    assert gone == {"programme_item"}


def test_a_list_is_changed_by_what_goes_and_what_comes() -> None:
    """What is kept keeps its order; what is new stands behind."""
    change = "{without: [1], also: [customs]}"
    spec = own(f"{HEAD}events:\n  housing.requested:\n    emitters: {change}\n").spec

    assert nz_2009().spec.events["housing.requested"].emitters == ("police", "msd")
    assert spec.events["housing.requested"].emitters == ("msd", "customs")


def test_one_may_build_on_one_that_builds_on_another() -> None:
    """The last word is the outermost's."""
    middle = f"{HEAD}limits:\n  reminder: 0.5\n"
    outer = HEAD.replace("nz-own", "outer").replace("nz_2009", "middle")
    spec = own(outer, middle=middle).spec

    assert (spec.profile, spec.limits.reminder) == ("outer", 0.5)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (HEAD.replace("version: 3\n", ""), 4, "version is missing"),
        (f"{HEAD}notices: {{without: [9]}}\n", 6, "it has 1 to 4"),
        (f"{HEAD}notices: {{without: 9}}\n", 6, "a list of the base is changed by"),
        (f"{HEAD}notices: {{minus: [1]}}\n", 6, "a list of the base is changed by"),
        (HEAD.replace("nz_2009", "own"), 5, "extends leads back to own.yaml"),
        (f"{HEAD}obligations:\n  protct: null\n", 7, "there is no protct here"),
    ],
)
def test_a_fault_in_what_extends_is_placed_in_its_own_file(
    text: str, line: int, says: str
) -> None:
    """One line: the file, the place, what is wrong."""
    with pytest.raises(LocatedError, match=rf"^own\.yaml:{line}: .*{says}"):
        own(text)


def test_a_fault_that_the_base_has_is_placed_in_the_base() -> None:
    """Whoever extends it sees where it is to be mended."""
    broken = texts()[MAIN].replace("ladder: ministerial", "ladder: rope")
    files = texts() | {MAIN: broken, "own.yaml": HEAD}
    with pytest.raises(LocatedError, match=rf"^{MAIN}:\d+: no ladder is called rope"):
        load_profile("own.yaml", files.__getitem__)


def test_todays_profile_keeps_what_the_law_of_2009_and_today_share() -> None:
    """It drops the programme, and no gate or obligation else."""
    base, today = nz_2009().spec, modern().spec

    assert set(base.events) == set(today.events)
    assert set(base.obligations) - set(today.obligations) == {"programme_item"}
