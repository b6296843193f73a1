"""A reminder that somebody at a counter sent, on its way to its follower: hours, wishes, and what it says."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.counter.remind import Reminding
from core.dossiers.model import Status
from core.people.links import Links
from core.staff.audit import Audit
from core.staff.rights import Role, Staff
from tests.bot.reminding import follow
from tests.bot.test_speaking import WHO, Day, _at, rows
from tests.bot.town import Town

CLERK = Staff(1, "hoa", "Trần Thị Hoa", frozenset({Role.COUNTER}), everywhere=True)


@pytest.fixture
async def day(town: Town) -> Day:
    """A dossier whose result waits for five days, and its follower who was told so."""
    _at(town, 9)
    dossier = town.dossier("H15").dossier
    await follow(town, dossier.code, WHO)
    made = Day(town, dossier)
    await made.passes()
    town.world.change(dossier, Status.DONE)
    assert await made.passes(hours=6)
    for _ in range(5):
        await made.passes(hours=24)
    return made


async def send(day: Day, engine: AsyncEngine) -> int:
    profile, now = day.town.first.profile, day.town.world.now
    people = Links(engine, profile.linking).everyone
    kept = await day.town.first.dossiers.snapshots.get(day.dossier.code)
    assert kept is not None
    assert kept.view is not None
    return await Reminding(engine, profile, people, Audit(engine, now), now).send(CLERK, kept.view)


async def test_at_night_it_waits_for_the_morning(day: Day, town: Town, engine: AsyncEngine) -> None:
    _at(town, 22)
    assert await send(day, engine) == 1
    assert await day.passes() == []
    _at(town, 9)
    [told] = await day.passes()
    assert "có kết quả" in told.text
    assert day.dossier.code in told.text
    assert "Mã kiểm tra" in told.text
    check = told.text.split("Mã kiểm tra ")[1][:4]
    assert "cán bộ Bộ phận Một cửa gửi" in await town.says_payload(f"rm:why:{check}", WHO)


async def test_whoever_stopped_is_left_in_peace(day: Day, town: Town, engine: AsyncEngine) -> None:
    await town.says("dừng nhắc", WHO)
    _at(town, 9)
    assert await send(day, engine) == 1
    assert await day.passes() == []
    assert ("pickup", "dropped", "unwanted") in await rows(engine)


async def test_what_was_collected_meanwhile_is_not_asked_for(
    day: Day, town: Town, engine: AsyncEngine
) -> None:
    _at(town, 22)
    assert await send(day, engine) == 1
    town.world.change(day.dossier, Status.RETURNED)
    _at(town, 9)
    assert all("chờ" not in message.text for message in await day.passes())
    assert ("pickup", "dropped", "collected") in await rows(engine)
