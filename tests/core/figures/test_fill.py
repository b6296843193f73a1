"""Counting: what the measures make of a day, again and again, and after a pause."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.figures.fill import Filler
from core.figures.measures.conversations import Conversations
from core.figures.model import ALL_OFFICES, Period, Row, Slice, Window
from core.figures.read import Reader
from tests.conftest import rows
from tests.core.figures.filled import NOW, TODAY, ZONE, Year

CODE, OTHER = "H15.50.05.13-261008-0975", "H15.50.06-261008-0001"
ALL = Slice()


async def sums(year: Year, *names: str, whose: Slice = ALL, day: dt.date = TODAY) -> dict[str, int]:
    found = await Reader(year.engine).sums(names, whose, Period(day, day))
    return {key: count for (_, key), (count, _) in found.items()}


@pytest.mark.both_databases
async def test_conversations_are_people_on_a_day_and_end_as_their_messages_do(engine: AsyncEngine) -> None:
    year = Year(engine)
    five = await year.office("Năm", "H15.50.05")
    for outcome in ("answered", "asked_back", "button"):
        await year.turn("alone", outcome, procedure="dang-ky-khai-sinh")
    await year.turn("partly", "answered")
    await year.turn("partly", "declined")
    await year.turn("unanswered", "failed")
    await year.turn("handed", "declined")
    await year.turn("handed", "handed", identifier="H15.50.05.13")
    await year.turn("alone", "answered", channel="web")  # the same mark elsewhere is somebody else
    await year.turn("yesterday", "answered", days=1)
    await year.tick()
    assert await sums(year, "people") == {"alone": 2, "partly": 1, "unanswered": 1, "handed": 1}
    assert await sums(year, "people", whose=Slice((five,))) == {"handed": 1}
    assert await sums(year, "people", whose=Slice((ALL_OFFICES,), "web")) == {"alone": 1}
    assert await sums(year, "messages", whose=Slice((five,))) == {"handed": 1}
    assert await sums(year, "procedure") == {"dang-ky-khai-sinh": 3}
    assert await sums(year, "people", day=TODAY - dt.timedelta(days=1)) == {"alone": 1}
    assert await sums(year, "speed") == {"000000036": 9}


@pytest.mark.both_databases
async def test_counting_again_changes_nothing_and_takes_in_what_is_new(engine: AsyncEngine) -> None:
    year = Year(engine)
    await year.turn("a")
    await year.sent("pickup", CODE)
    await year.tick()
    before = await rows(engine, "SELECT * FROM figure_day ORDER BY measure, office, channel, day, key")
    await year.tick()
    again = await rows(engine, "SELECT * FROM figure_day ORDER BY measure, office, channel, day, key")
    assert before == again
    await year.turn("b")
    await year.tick()
    assert await sums(year, "people") == {"alone": 2}


@pytest.mark.both_databases
async def test_what_was_sent_and_what_it_led_to(engine: AsyncEngine) -> None:
    year = Year(engine)
    five = await year.office("Năm", "H15.50.05")
    await year.sent("pickup", CODE)
    await year.sent("pickup", CODE, channel="telegram")  # a second follower of the same dossier
    await year.sent("payment", OTHER, state="failed")
    await year.sent("notice", "broadcast:12")
    await year.sent("notice", "broadcast:12", state="gone")
    await year.moved("collected", CODE, hours=50)
    await year.moved("paid", OTHER)
    await year.moved("finished", CODE, on_time=True)
    await year.moved("finished", OTHER, on_time=False)
    await year.tick()
    assert await sums(year, "sent") == {"pickup.sent": 2, "payment.failed": 1}
    assert await sums(year, "reminded") == {"collected": 1}
    assert await sums(year, "notice") == {"broadcast:12.sent": 1, "broadcast:12.gone": 1}
    assert await sums(year, "led") == {"collected.d02": 1, "paid.none": 1}
    assert await sums(year, "finished") == {"on_time": 1, "late": 1}
    assert await sums(year, "finished", whose=Slice((five,))) == {"on_time": 1}


@pytest.mark.both_databases
async def test_followed_dossiers_stand_by_office_state_and_lateness(engine: AsyncEngine) -> None:
    year = Year(engine)
    five = await year.office("Năm", "H15.50.05")
    await year.followed(CODE, 4, due_in=-2)
    await year.followed("H15.50.05.13-261008-0976", 4, due_in=3)
    await year.followed("H15.50.05.13-261008-0977", 5, due_in=-2)  # the count of days rests: not late
    await year.followed(OTHER, 10)
    await year.tick()
    reader = Reader(engine)
    offices = await year_offices(year)
    day, found = await reader.stock("standing", ALL, Period(TODAY, TODAY), offices)
    assert day == TODAY
    assert found == {(five, "4.late"): 1, (five, "4.open"): 1, (five, "5.open"): 1, (0, "10.ended"): 1}
    _, mine = await reader.stock("standing", Slice((0,)), Period(TODAY, TODAY), offices)
    assert mine == {(0, "10.ended"): 1}
    nothing = await reader.stock("standing", ALL, Period(dt.date(2026, 1, 1), dt.date(2026, 1, 31)), offices)
    assert nothing == (None, {})


async def year_offices(year: Year) -> list:  # type: ignore[type-arg]
    from core.staff.offices import Offices

    return await Offices(year.engine).all(also_closed=True)


async def test_a_stock_is_not_looked_at_with_every_tick(engine: AsyncEngine) -> None:
    year = Year(engine)
    await year.followed(CODE, 4)
    await year.tick()
    await year.followed(OTHER, 4)
    year.now += dt.timedelta(minutes=5)
    await year.tick()
    assert await sums(year, "standing") == {"4.open": 1}
    year.now += dt.timedelta(hours=1)
    await year.tick()
    assert await sums(year, "standing") == {"4.open": 2}


async def test_days_on_which_nobody_counted_are_made_up_for(engine: AsyncEngine) -> None:
    year = Year(engine)
    await year.turn("a")
    await year.tick()
    await year.turn("late", at=NOW + dt.timedelta(hours=8))  # an hour before midnight there
    year.now = NOW + dt.timedelta(days=3)
    await year.turn("b", days=1)
    await year.tick()
    assert await sums(year, "people") == {"alone": 2}
    assert await sums(year, "people", day=TODAY + dt.timedelta(days=2)) == {"alone": 1}
    few = await year.tick()
    assert few < 10, "no day is counted for ever"


async def test_the_last_turns_of_a_day_are_counted_when_the_next_has_begun(engine: AsyncEngine) -> None:
    midnight = dt.datetime(2026, 11, 24, 17, 0, tzinfo=dt.UTC)
    year = Year(engine, now=midnight + dt.timedelta(seconds=1))
    await year.tick()
    await year.turn("a", at=midnight - dt.timedelta(milliseconds=1))  # written by another process just now
    year.now = midnight + dt.timedelta(minutes=5)
    await year.tick()
    assert await sums(year, "people") == {"alone": 1}


async def test_figures_outlive_what_they_were_counted_from(engine: AsyncEngine) -> None:
    year = Year(engine)
    await year.turn("a", days=30)
    await year.tick()
    async with engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM turn")
    await year.tick()
    await Filler(engine, ZONE, lambda: NOW).again(Period(TODAY - dt.timedelta(days=40), TODAY), kept=10)
    assert await sums(year, "people", day=TODAY - dt.timedelta(days=30)) == {"alone": 1}
    await Filler(engine, ZONE, lambda: NOW).again(Period(TODAY - dt.timedelta(days=40), TODAY), kept=400)
    assert await sums(year, "people", day=TODAY - dt.timedelta(days=30)) == {}


class Waits:
    """A measure another subject might add."""

    names = ("waits",)
    back = 0
    stock = False

    async def of(self, connection: object, window: Window) -> list[Row]:
        return [Row("waits", "zalo", "x", 2, 9.0, office=7)]


async def test_another_subject_can_add_a_measure(engine: AsyncEngine) -> None:
    await Filler(engine, ZONE, lambda: NOW, [lambda _: Waits()]).tick()
    found = await Reader(engine).sums(("waits",), Slice((7,), "zalo"), Period(TODAY, TODAY))
    assert found == {("waits", "x"): (2, 9.0)}


@pytest.mark.both_databases
async def test_what_many_asked_and_nobody_answered(engine: AsyncEngine) -> None:
    year = Year(engine)
    five, six = await year.office("Năm", "H15.50.05"), await year.office("Sáu", "H15.50.06")
    for who in "abc":
        await year.turn(who, "declined", phrase="nuoi ca", text="Nuôi cá")
    await year.turn("a", "declined", phrase="nuoi ca", text="nuoi ca")
    for who in "ab":
        await year.turn(who, "declined", phrase="xe", text="Xe")
    for who in "abcd":
        await year.turn(who, "declined", phrase="dat", text="Đất", identifier="H15.50.05.13", channel="web")
    await year.turn("e", "declined", days=40, phrase="xe", text="Xe")
    offices = await year_offices(year)
    month = Period(TODAY - dt.timedelta(days=29), TODAY)

    async def found(whose: Slice, period: Period = month) -> list[tuple[str, int, int]]:
        said = await Reader(engine).unanswered(whose, period, 3, offices)
        return [(one.text.casefold(), one.people, one.times) for one in said]

    assert await found(ALL) == [("đất", 4, 4), ("nuoi ca", 3, 4)]
    assert await found(Slice((five,))) == [("đất", 4, 4)]
    assert await found(Slice((six,))) == []
    assert await found(Slice((0, six))) == [("nuoi ca", 3, 4)]
    assert await found(Slice((ALL_OFFICES,), "web")) == [("đất", 4, 4)]
    longer = Period(TODAY - dt.timedelta(days=50), TODAY)
    assert ("xe", 3, 3) in await found(ALL, longer)


@pytest.mark.both_databases
async def test_months_that_are_over_are_added_up_and_come_to_the_same(engine: AsyncEngine) -> None:
    year = Year(engine)
    for days in (0, 5, 24, 30, 50, 70):
        await year.turn(f"p{days}", "answered" if days % 2 else "declined", days=days)
        await year.turn("q", days=days, channel="web")
    counting = Filler(engine, ZONE, lambda: NOW, [lambda _: Conversations()])
    await counting.again(Period(TODAY - dt.timedelta(days=100), TODAY), kept=400)
    periods = [
        Period(TODAY - dt.timedelta(days=n), TODAY - dt.timedelta(days=m))
        for n, m in ((99, 0), (80, 3), (54, 24), (30, 0))
    ]
    reader, names = Reader(engine), ("people", "messages")
    by_months = [await reader.sums(names, ALL, p) for p in periods]
    series = await reader.series(names, ALL, periods[0])
    assert (await rows(engine, "SELECT count(*) FROM figure_day WHERE measure = 'm:people'"))[0][0] > 0
    assert {day.day for _, day, _ in series if day.month == 10} == {1}
    async with engine.begin() as connection:
        await connection.exec_driver_sql(
            "DELETE FROM figure_day WHERE measure LIKE 'm:%' OR measure = '_month'"
        )
    assert [await reader.sums(names, ALL, p) for p in periods] == by_months
    days = await reader.series(names, ALL, periods[0])
    assert sum(days.values()) == sum(series.values())


async def test_a_day_that_is_counted_again_changes_its_month(engine: AsyncEngine) -> None:
    year = Year(engine)
    october = Period(dt.date(2026, 10, 1), dt.date(2026, 10, 31))
    await year.turn("a", days=30)
    counting = Filler(engine, ZONE, lambda: NOW, [lambda _: Conversations()])
    await counting.again(october, kept=400)
    await year.turn("b", days=30)
    await counting.again(Period(dt.date(2026, 10, 25), dt.date(2026, 10, 25)), kept=400)
    found = await Reader(engine).sums(("people",), ALL, october)
    assert found == {("people", "alone"): (2, 0.0)}
