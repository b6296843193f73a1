"""What waits: which section, whose, in which order; as the index of either database answers it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncEngine

from core.counter import lists
from core.counter.details import Details, Followers, amount_due
from core.counter.lists import Lists
from core.counter.model import Section, Today, section_of
from core.counter.scope import ranges
from core.counter.to_do import ToDo
from core.db.reminder_tables import GoneRow, WatchRow
from core.dossiers.model import Fee, Status
from core.messages import Address
from core.reminders import tasks
from core.reminders.model import Kind, Wishes
from core.reminders.wishes import WishBook
from core.staff.audit import Audit
from core.staff.offices import Offices
from tests.core.counter.made import BINH_KIEN, CLERK, MONDAY, PROFILE, PROVINCE, ZONE, Counter, code

CALENDAR = PROFILE.calendar()
TODAY = Today.of(MONDAY, CALENDAR, 2)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture
def counter(engine: AsyncEngine) -> Counter:
    return Counter(engine)


DUE = [  # on a Monday at nine; the Tuesday is a holiday, so two working days end on Thursday
    ("2026-11-20T17:00", Section.LATE),
    ("2026-11-20T00:00", Section.LATE),
    ("2026-11-23T08:59", Section.LATE),
    ("2026-11-23T00:00", Section.SOON),  # no hour: the whole day
    ("2026-11-23T17:00", Section.SOON),
    ("2026-11-26T17:00", Section.SOON),
    ("2026-11-27T00:00", None),
    (None, None),
]


@pytest.mark.both_databases
async def test_sections_are_those_of_the_rules(counter: Counter) -> None:
    await counter.offices()
    expected = dict.fromkeys(Section, 0)
    for number, (due, section) in enumerate(DUE):
        view = await counter.waits(number, Status.PROCESSING, due_at=at(due) if due else None)
        assert section_of(view, TODAY, CALENDAR) is section, due
        if section:
            expected[section] += 1
    for number, status in enumerate(Status, 50):
        view = await counter.waits(number, status)
        if section := section_of(view, TODAY, CALENDAR):
            expected[section] += 1
    found = Lists(counter.engine)
    assert await found.counts(None, TODAY) == expected
    for section, number in expected.items():
        assert len(await found.page(section, None, TODAY)) == number


@pytest.mark.both_databases
async def test_each_office_sees_its_own_the_most_urgent_first(counter: Counter) -> None:
    await counter.offices()
    for number, days in enumerate((1, 5, 3)):
        await counter.waits(number, Status.DONE, days)
    await counter.waits(9, Status.DONE, 9, office="H15.50.06")
    await counter.waits(8, Status.DONE, 2, office="H15.50")  # between the two: nobody's
    offices, found = await Offices(counter.engine).all(), Lists(counter.engine)
    mine = ranges(offices, CLERK.scope())
    assert (await found.counts(mine, TODAY))[Section.READY] == 3
    assert [line.code for line in await found.page(Section.READY, mine, TODAY)] == [code(1), code(2), code(0)]
    both = ranges(offices, {1, 2})
    assert both is not None
    assert len(both) == 2
    assert (await found.counts(both, TODAY))[Section.READY] == 4
    assert len(await found.page(Section.READY, both, TODAY)) == 4
    assert (await found.counts(None, TODAY))[Section.READY] == 5
    assert (await found.counts([], TODAY))[Section.READY] == 0
    assert await found.page(Section.READY, [], TODAY) == []


async def test_what_is_paid_waits_for_no_money(counter: Counter) -> None:
    await counter.waits(1, Status.PAYMENT)
    async with counter.engine.begin() as connection:
        await connection.execute(text("UPDATE watch SET paid = true"))
    assert (await Lists(counter.engine).counts(None, TODAY))[Section.PAYMENT] == 0


async def test_pages(counter: Counter) -> None:
    for number in range(lists.PAGE + 3):
        await counter.waits(number, Status.DONE, number)
    found = Lists(counter.engine)
    assert (
        len(await found.page(Section.READY, None, TODAY, 1)) == lists.PAGE + 1
    )  # one more: there is a next page
    assert [line.code for line in await found.page(Section.READY, None, TODAY, 2)] == [
        code(2),
        code(1),
        code(0),
    ]


async def plan_of(engine: AsyncEngine, query: Any) -> str:
    word = "EXPLAIN" if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    compiled = query.compile(engine.sync_engine, compile_kwargs={"literal_binds": True})
    async with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            await connection.exec_driver_sql("SET enable_seqscan = off")
        return str((await connection.exec_driver_sql(f"{word} {compiled}")).all())


@pytest.mark.both_databases
async def test_a_range_of_codes_is_asked_of_the_index(counter: Counter) -> None:
    await counter.offices()
    mine = ranges(await Offices(counter.engine).all(), {BINH_KIEN})
    postgres = counter.engine.dialect.name == "postgresql"
    from sqlalchemy import select

    which = lists.within(WatchRow.code, mine, postgres=postgres)
    plan = await plan_of(counter.engine, select(WatchRow.code).where(WatchRow.status == 9, which))
    assert "ix_watch_counter" in plan, plan
    assert ("~>=~" in plan) if postgres else ("code>?" in plan), plan


@pytest.mark.both_databases
async def test_details_of_a_page(counter: Counter) -> None:
    view = await counter.waits(
        1,
        Status.DONE,
        5,
        ("zalo:1", "telegram:1", "web:gone", "web:stopped"),
        fees=(Fee("Lệ phí", 8000, False),),
    )
    await counter.waits(2, Status.DONE, 5, ())
    async with counter.engine.begin() as connection:
        await connection.execute(insert(GoneRow).values(address="web:gone", at=MONDAY, reason="blocked"))
    await WishBook(counter.engine).put(Address.parse("web:stopped"), Wishes(stopped=True), MONDAY)
    hours = dt.timedelta(hours=1)
    await counter.outbox(subject=code(1), finished_at=MONDAY - 30 * hours, occasion="9.x.+3")
    await counter.outbox(
        subject=code(1),
        address="telegram:1",
        state="failed",
        finished_at=MONDAY - 29 * hours,
        occasion="9.x.+3",
    )
    await counter.outbox(subject=code(1), finished_at=MONDAY - 90 * hours, occasion="9.x.now")
    await counter.outbox(subject=code(1), state="pending", due_at=MONDAY + 90 * hours, occasion="9.x.+7")
    found = await Details(counter.engine).of([code(1), code(2), code(3)], MONDAY)
    one = found[code(1)]
    assert one.view == view
    assert amount_due(view) == 8000
    assert one.followers == Followers(4, 2)
    assert one.last is not None
    assert (one.last.kind, one.last.states) == (Kind.PICKUP, {"sent": 1, "failed": 1})
    assert one.last.at == MONDAY - 29 * hours
    assert found[code(2)].followers == Followers(0, 0)
    assert found[code(3)].view is None
    assert len(await Details(counter.engine).reminders(code(1), MONDAY)) == 2


@pytest.mark.both_databases
async def test_tasks_of_an_office_are_done_once_by_those_who_work_there(counter: Counter) -> None:
    await counter.offices()
    mine = tasks.phone(code(1), Kind.PICKUP, "9.x.+3", "UBND", MONDAY)
    other = tasks.phone(code(1, "H15.50.06"), Kind.PICKUP, "9.x.+3", "UBND", MONDAY)
    await tasks.Tasks(counter.engine).add(mine, other, tasks.ceiling("2026-11", MONDAY))
    todo = ToDo(counter.engine, Audit(counter.engine, counter.clock))
    wanted = ranges(await Offices(counter.engine).all(), CLERK.scope())
    page = await todo.page(wanted)
    assert [(t.subject, page.number) for t in page.tasks] == [(code(1), 1)]
    everything = await todo.page(None)
    assert [t.why for t in everything.tasks] == ["phone", "phone", "ceiling"]
    foreign = next(t.id for t in everything.tasks if t.subject == other.subject)
    assert not await todo.done(CLERK, foreign, wanted, MONDAY)
    assert await todo.done(CLERK, page.tasks[0].id, wanted, MONDAY)
    assert not await todo.done(CLERK, page.tasks[0].id, wanted, MONDAY)
    assert await todo.done(PROVINCE, foreign, None, MONDAY)
    assert (await todo.page(None)).number == 1
    assert [what for what, _ in await counter.audited()] == ["counter.done", "counter.done"]
