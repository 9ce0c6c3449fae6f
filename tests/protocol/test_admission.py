"""What ingress turns away undecided, and what it stamps on what it lets in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from joserfc.jwk import OKPKey

from coordinator.events import Event, Problem, decode, made_id, mint_case_reference
from coordinator.events.signing import sign
from coordinator.protocol import Admission, Knows, Record
from tests.golden.stories import nz_2009
from tests.protocol.profiles import derived

NOW = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
CASE = mint_case_reference("urn:nz:agency:customs", made_id("first"))
SUSPICION = {"observer_role": "o", "context": "visa", "indicators": ["x"]}
REPORT = {"period": "2026", "figures": {}, "source_root": "r"}
OFFICIAL = {"role": "r", "contact_id": "known", "from": "2026-03-02T20:00:00Z"}
KEY = OKPKey.generate_key("Ed25519")
PUBLIC = KEY.as_dict(private=False)


def knows(*, key: dict[str, Any] | None = None) -> Knows:
    """Give a directory that knows one contact and one organisation."""
    return Knows(
        agency=lambda agency: agency == "ngo-refuge-two",
        contact=lambda contact: contact == "known",
        public_key=lambda _: key,
    )


def event(agency: str, name: str, data: dict[str, Any], **more: object) -> Event:
    """Make an event as it is sent."""
    told = {
        "specversion": "1.0",
        "id": made_id(agency, name),
        "source": f"urn:nz:agency:{agency}",
        "type": f"nz.item23.{name}",
        "time": "2026-03-02T20:00:00Z",
        "data": data,
    }
    return decode(orjson.dumps(told | more))


def admit(given: Event, **more: Any) -> Record | Problem:  # noqa: ANN401 - passed on
    """Send it to a door that knows the directory above."""
    door = {"knows": knows(), "sender": None, "earlier": None} | more
    admission = Admission(
        door.get("profile", nz_2009()).rules,
        door["knows"],
        own_types=door.get("own_types", False),
        require_signatures=door.get("require_signatures", False),
        plans=frozenset({"nz-2009", "nz-modern"}),
    )
    return admission.admit(
        given, sender=door["sender"], at=NOW, earlier=door["earlier"]
    )


WITHOUT_CLAIMS = derived(
    {
        "events": {
            name: row
            for name, row in nz_2009().value["events"].items()
            if name != "acc_claim.lodged"
        },
        "obligations": {},
    }
)
ACTIVATED = event(
    "coordinator", "protocol.activated", {"profile": "p"}, subject="plan:p"
)
LATE = {"recordedtime": "2026-03-02T20:05:00.001Z"}


@pytest.mark.parametrize(
    ("given", "more", "rule", "pointer"),
    [
        (ACTIVATED, {}, "coordinator_type", "/type"),
        (event("acc", "acc_claim.lodged", {"claim_ref": "c", "injury": "mental"},
               subject=CASE, personref="p"), {"profile": WITHOUT_CLAIMS},
         "unknown_type", "/type"),
        (event("labour", "annual_report.compiled", REPORT, subject="plan:nz-2O09"),
         {}, "subject", "/subject"),
        (event("moon", "suspicion.reported", SUSPICION), {}, "unknown_agency",
         "/source"),
        (event("ngo-other", "suspicion.reported", SUSPICION), {}, "unknown_agency",
         "/source"),
        (event("customs", "suspicion.reported", SUSPICION, recordedby="moon"), {},
         "unknown_agency", "/recordedby"),
        (event("police", "suspicion.reported", SUSPICION, subject="TP-1"), {},
         "subject", "/subject"),
        (event("labour", "minister.informed", {"briefing_ref": "b", "kind": "initial",
               "officer_role": "o", "method": "m"}), {}, "subject", "/subject"),
        (event("police", "suspicion.reported", SUSPICION), {"sender": "customs"},
         "forged_source", "/source"),
        (event("acc", "suspicion.reported", SUSPICION, recordedby="customs",
               via="phone"), {"sender": "customs"}, "forged_source", "/source"),
        (event("acc", "suspicion.reported", SUSPICION, recordedby="police",
               via="system"), {"sender": "police"}, "forged_source", "/source"),
        (event("acc", "suspicion.reported", SUSPICION, recordedby="police",
               via="phone"), {"sender": "labour"}, "forged_source", "/source"),
        (event("police", "suspicion.reported", SUSPICION),
         {"require_signatures": True}, "signature", "/signature"),
        (event("police", "suspicion.reported", SUSPICION, signature="a..b"),
         {"require_signatures": True}, "signature", "/signature"),
        (event("police", "suspicion.reported", SUSPICION, signature="a..b"),
         {"knows": knows(key=PUBLIC)}, "signature", "/signature"),
        (event("police", "suspicion.reported", SUSPICION, **LATE), {}, "future_time",
         "/recordedtime"),
        (event("police", "suspicion.reported", SUSPICION,
               time="2026-03-02T20:05:00.001Z"), {}, "future_time", "/time"),
        (event("police", "suspicion.reported", SUSPICION),
         {"earlier": event("police", "suspicion.reported", SUSPICION,
                           via="phone").raw}, "id_reused", "/id"),
    ],
)  # fmt: skip
def test_what_is_turned_away_is_told_why_and_where(
    given: Event, more: dict[str, Any], rule: str, pointer: str
) -> None:
    """Each rejection has its rule, the event's id and the field."""
    problem = admit(given, **more)

    assert isinstance(problem, Problem)
    assert (problem.rule, problem.pointer) == (rule, pointer)
    assert problem.event_id == given.id


@pytest.mark.parametrize(
    ("given", "more", "key"),
    [
        (event("customs", "suspicion.reported", SUSPICION), {"sender": "customs"},
         mint_case_reference("urn:nz:agency:customs",
                             made_id("customs", "suspicion.reported"))),
        (event("ngo-refuge-two", "suspicion.reported", SUSPICION, subject=CASE), {},
         CASE),
        (event("acc", "suspicion.reported", SUSPICION, recordedby="police",
               via="phone", subject=CASE), {"sender": "police"}, CASE),
        (event("police", "suspicion.reported", SUSPICION, recordedby="police",
               subject=CASE), {"sender": "police"}, CASE),
        (event("customs", "intelligence.shared", {"intel_ref": "I-1", "to": ["police"],
               "origin": "o", "lawful_basis": "consent"}), {}, "intel:I-1"),
        (event("police", "suspicion.reported", SUSPICION, subject=CASE,
               signature="a..b"), {}, CASE),
        (ACTIVATED, {"own_types": True, "require_signatures": True}, "plan:p"),
        (event("police", "suspicion.reported", SUSPICION, subject=CASE,
               time="2026-03-02T20:05:00Z"), {}, CASE),
    ],
)  # fmt: skip
def test_what_is_let_in_has_its_key(
    given: Event, more: dict[str, Any], key: str
) -> None:
    """A record is under its subject, its own scope, or a case it begins."""
    record = admit(given, **more)

    assert isinstance(record, Record)
    assert (record.key, record.received_at, record.sender) == (
        key,
        NOW,
        more.get("sender"),
    )


def test_a_signature_by_the_agencys_key_is_let_in() -> None:
    """Where the directory gives a key, what it signed passes."""
    raw = sign(
        event("police", "suspicion.reported", SUSPICION).raw, KEY.as_dict(private=True)
    )
    record = admit(decode(raw), knows=knows(key=PUBLIC), require_signatures=True)

    assert isinstance(record, Record)


def test_the_same_content_is_no_reuse() -> None:
    """Spaces and a signature make no other content."""
    given = event("police", "suspicion.reported", SUSPICION)
    spaced = orjson.dumps(orjson.loads(given.raw), option=orjson.OPT_INDENT_2)

    assert isinstance(admit(given, earlier=spaced), Record)
    assert isinstance(admit(given, earlier=given.raw), Record)


@pytest.mark.parametrize(("contact", "known"), [("known", True), ("unknown", False)])
def test_a_record_says_whether_the_contact_is_known(contact: str, known: bool) -> None:
    """Ingress asks the directory about the contacts that gates ask for."""
    data = OFFICIAL | {"contact_id": contact}
    given = event("police", "senior_official.assigned", data, subject=CASE)
    record = admit(given)

    assert isinstance(record, Record)
    assert record.contact_known is known


def test_a_record_that_names_no_contact_says_nothing_of_it() -> None:
    """Where nothing was asked, nothing is claimed."""
    record = admit(event("police", "suspicion.reported", SUSPICION))

    assert isinstance(record, Record)
    assert record.contact_known is None
    assert record.received_at - NOW == timedelta()


@pytest.mark.parametrize("plan", ["plan:nz-2009", "plan:nz-modern"])
def test_a_plan_that_is_kept_takes_its_reports(plan: str) -> None:
    """That of the profile in force, and of one that was."""
    assert isinstance(
        admit(event("labour", "annual_report.compiled", REPORT, subject=plan)), Record
    )
