"""The ready agent, with a real receiver behind it."""

from pathlib import Path

import pytest

from coordinator.agents.agency import forwarding
from coordinator.delivery.webhook import webhook
from tests.agents.agencies import CASE, QUICK, arrival, until, view, working
from tests.delivery.test_webhook import SIGNER, now, receiving


async def test_what_is_taken_is_done(tmp_path: Path) -> None:
    """Each delivery reaches the receiver once, as it came, under its id."""
    async with receiving() as receiver, webhook(receiver.url, SIGNER, now) as hook:
        agent = forwarding("police", hook.deliver, pace=QUICK)
        async with working(agent, tmp_path) as at:
            at.line.coming.put_nowait([arrival(1), arrival(2)])
            await until(lambda: len(receiver.got) == 2)
            await until(lambda: not at.tray.cases())

    assert [body for _, body in receiver.got] == [view(1), view(2)]
    ids = [{k.lower(): v for k, v in said.items()} for said, _ in receiver.got]
    assert [one["webhook-id"] for one in ids] == ["D1", "D2"]


@pytest.mark.parametrize(("status", "attempts"), [(410, 1), (503, QUICK.tries)])
async def test_what_is_not_taken_is_parked(
    tmp_path: Path, status: int, attempts: int
) -> None:
    """Who is gone is asked once; who fails as often as the pace says."""
    async with receiving() as receiver, webhook(receiver.url, SIGNER, now) as hook:
        receiver.status = status
        agent = forwarding("police", hook.deliver, pace=QUICK)
        async with working(agent, tmp_path) as at:
            at.line.coming.put_nowait([arrival(1)])
            await until(lambda: bool(at.tray.parked()))
            (parked,) = at.tray.parked()

    assert (parked.case, parked.attempts) == (CASE, attempts)
    assert str(status) in parked.why
    assert len(receiver.got) == attempts
