"""The sender against the simulated Zalo; the cases are in ``cases/zalo_oa.yml``."""

from __future__ import annotations

import asyncio
import datetime as dt
import unicodedata

import pytest

from bot.channels.zalo_oa.failures import MEANING, failure
from core.errors import SendError
from core.messages import Address, Button, Message
from tests.bot.channels.zalo_oa.conftest import Shop

MORNING = dt.datetime(2026, 11, 23, 23, 5, tzinfo=dt.UTC)  # 06:05 of the 24th in Vietnam


def test_the_night_ends_at_five_past_six_in_vietnam() -> None:
    late = dt.datetime(2026, 11, 23, 16, 30, tzinfo=dt.UTC)  # 23:30
    early = late + dt.timedelta(hours=3)
    assert failure(-234, late).not_before == failure(-133, early).not_before == MORNING
    assert failure(-144, early).not_before == MORNING + dt.timedelta(days=1)
    assert failure(-114, late).gone
    assert failure(-115, late).configuration
    assert len(MEANING) > 30


async def test_everything_we_send_is_taken_by_zalo(shop: Shop) -> None:
    person = shop.world.people.add()
    shop.world.people.write(person, "chào")
    buttons = (*(Button(f"Chọn {n}", f"p{n}") for n in range(9)), Button("Gửi số", contact=True))
    text = unicodedata.normalize("NFD", "Giấy tờ phải nộp gồm những thứ sau đây. " * 110)
    await shop.zalo.sender.send(Address("zalo", person.id), Message(text, buttons))
    assert len(shop.world.sent) == 4
    await shop.zalo.typing(Address("zalo", person.id))


async def test_windows_and_blocks_of_the_simulated_zalo(shop: Shop) -> None:
    person = shop.world.people.add()
    to, hello = Address("zalo", person.id), Message("Chào")
    with pytest.raises(SendError) as never:
        await shop.zalo.sender.send(to, hello)
    assert never.value.outside_window
    shop.world.people.write(person, "chào")
    shop.world.clock.advance(days=8)
    with pytest.raises(SendError) as old:
        await shop.zalo.sender.send(to, hello)
    assert old.value.outside_window
    person.blocked = True
    with pytest.raises(SendError) as blocked:
        await shop.zalo.sender.send(to, hello)
    assert blocked.value.gone


async def test_an_expired_token_does_not_cost_the_message(shop: Shop) -> None:
    person = shop.world.people.add()
    shop.world.people.write(person, "chào")
    shop.world.failures.add("token_expired", "oa")
    to = Address("zalo", person.id)
    await asyncio.gather(*(shop.zalo.sender.send(to, Message(f"{n}")) for n in range(5)))
    assert sorted(shop.world.texts(person)) == ["0", "1", "2", "3", "4"]
    assert shop.world.counts()["oauth.token"] == 1
