"""One click: which reminder, to whom, never twice in a row, and true until it goes."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.counter.details import Details
from core.db.tables import LinkRow
from core.dossiers.model import DossierView, Fee, Status
from core.errors import StaffError
from core.reminders import occasions, rules
from core.reminders.model import Kind, Watched
from core.reminders.why_wording import rule
from tests.core.counter.made import CLERK, MONDAY, PROFILE, Counter, code

HOUR = dt.timedelta(hours=1)
CALENDAR = PROFILE.calendar()


@pytest.fixture
def counter(engine: AsyncEngine) -> Counter:
    return Counter(engine)


@pytest.mark.parametrize(
    ("status", "due", "kind"),
    [
        (Status.DONE, 0, Kind.PICKUP),
        (Status.PAYMENT, 0, Kind.PAYMENT),
        (Status.SUPPLEMENT, 0, Kind.SUPPLEMENT),
        (Status.PROCESSING, -48, Kind.LATE),
        (Status.RECEIVED, 20, Kind.DUE),
        (Status.RECEIVED, 999, None),
        (Status.RETURNED, 0, None),
    ],
)
async def test_the_state_says_what_is_reminded_of(
    counter: Counter, status: Status, due: int, kind: Kind | None
) -> None:
    view = await counter.waits(1, status, 9, due_at=MONDAY + due * HOUR if due else None)
    assert (await counter.reminding.possible(view)).kind is kind
    if kind is None:
        with pytest.raises(StaffError, match="không có việc gì"):
            await counter.reminding.send(CLERK, view)
        return
    assert await counter.reminding.send(CLERK, view) == 1
    row = (await counter.rows())[0]
    assert (row.kind, row.lane, row.state, row.subject) == (kind.value, 1, "pending", code(1))
    assert occasions.by_staff(row.occasion)
    # True at its hour although the rules' own reminders of this state came due before it.
    watched = Watched(code(1), status, MONDAY - dt.timedelta(9), view.due_at)
    later = MONDAY + HOUR
    told = rules.still_true(kind, row.occasion, view, watched, later, CALENDAR, PROFILE.reminders)
    assert told is None
    assert "cán bộ" in rule(kind, row.occasion, PROFILE.reminders)
    moved = DossierView(view.code, Status.RETURNED, "Đã trả kết quả")
    seen = rules.seen(watched, moved, later)
    assert rules.still_true(kind, row.occasion, moved, seen, later, CALENDAR, PROFILE.reminders)


async def test_what_is_paid_is_not_asked_for(counter: Counter) -> None:
    view = await counter.waits(1, Status.PAYMENT, fees=(Fee("Lệ phí", 8000, True),))
    assert (await counter.reminding.possible(view)).kind is None


@pytest.mark.both_databases
async def test_two_clicks_at_once_send_once(counter: Counter) -> None:
    view = await counter.waits(1, Status.DONE, 9, ("zalo:1", "telegram:2"))
    sent = await asyncio.gather(
        *(counter.reminding.send(CLERK, view) for _ in range(3)), return_exceptions=True
    )
    assert sorted(isinstance(one, StaffError) for one in sent) == [False, True, True]
    assert len(await counter.rows()) == 2
    assert await counter.audited() == [("counter.remind", f"dossier:{code(1)}")]


@pytest.mark.both_databases
async def test_a_person_with_two_channels_is_told_at_the_best(counter: Counter) -> None:
    view = await counter.waits(1, Status.DONE, 9, ("zalo:1", "telegram:2"))
    async with counter.engine.begin() as connection:
        for who in ("zalo:1", "telegram:2"):
            row = {"address": who, "person": "p", "since": MONDAY}
            await connection.execute(LinkRow.__table__.insert().values(row))
    assert await counter.reminding.send(CLERK, view) == 1
    assert [row.address for row in await counter.rows()] == ["zalo:1"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"finished_at": MONDAY - 2 * HOUR}, "Đã nhắc lúc 07:00 ngày 23/11/2026"),
        ({"finished_at": MONDAY - 13 * HOUR}, None),
        ({"finished_at": MONDAY - 2 * HOUR, "state": "failed"}, None),
        ({"finished_at": MONDAY - 2 * HOUR, "kind": "payment"}, None),
        ({"state": "pending", "due_at": MONDAY + 3 * HOUR}, "tự gửi lúc 12:00 ngày 23/11/2026"),
        ({"state": "pending", "due_at": MONDAY + 30 * HOUR}, None),
        # Sent by a clerk and held back until the counter's hours after a holiday.
        (
            {"state": "pending", "due_at": MONDAY + 30 * HOUR, "created_at": MONDAY - HOUR,
             "occasion": "9.x.k20261123T010000"},
            "Đã nhắc lúc 08:00 ngày 23/11/2026",
        ),
    ],
)  # fmt: skip
async def test_nobody_is_told_the_same_twice_in_a_row(
    counter: Counter, row: dict[str, object], said: str | None
) -> None:
    view = await counter.waits(1, Status.DONE, 9)
    await counter.outbox(subject=code(1), **row)
    possible = await counter.reminding.possible(view)
    assert (possible.before is not None) is (said is not None)
    if said is None:
        assert await counter.reminding.send(CLERK, view) == 1
    else:
        with pytest.raises(StaffError, match=said):
            await counter.reminding.send(CLERK, view)


async def test_without_followers_there_is_the_telephone(counter: Counter) -> None:
    view = await counter.waits(1, Status.DONE, 9, ())
    with pytest.raises(StaffError, match="Chưa ai theo dõi"):
        await counter.reminding.send(CLERK, view)
    never = DossierView(code(2), Status.DONE, "Đã xử lý xong")
    with pytest.raises(StaffError, match="Chưa ai theo dõi"):
        await counter.reminding.send(CLERK, never)
    assert await counter.reminding.phone(CLERK, never)
    assert not await counter.reminding.phone(CLERK, never)
    assert await counter.audited() == [("counter.phone", f"dossier:{code(2)}")]


async def test_what_was_sent_is_seen_on_the_way(counter: Counter) -> None:
    view = await counter.waits(1, Status.DONE, 9)
    await counter.reminding.send(CLERK, view)
    (sent,) = await Details(counter.engine).reminders(code(1), MONDAY)
    assert (sent.by_staff, sent.states) == (True, {"pending": 1})
