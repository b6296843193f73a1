"""Linking a chat with an account of staff: a code that opens once, limits, parting, a closed account."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.errors import StaffError
from core.messages import Address
from core.secret import Secret
from core.staff import chat_links
from core.staff.accounts import Accounts, Wanted
from core.staff.audit import Audit
from core.staff.chat_links import ChatLinks
from core.staff.rights import Role, Staff
from core.staff.sealing import Sealed
from tests.conftest import dump

NOW = dt.datetime(2026, 11, 24, 3, tzinfo=dt.UTC)
ZALO, TELEGRAM = Address("zalo", "1"), Address("telegram", "2")


class Office:
    """Two members of staff, one administrator and a clock."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.at, secret = NOW, Secret("k" * 32)
        self.audit = Audit(engine, self.now)
        self.accounts = Accounts(engine, self.audit, Sealed(secret), self.now)
        self.links = ChatLinks(engine, self.audit, secret, self.now)

    def now(self) -> dt.datetime:
        return self.at

    async def staff(self, name: str, role: Role = Role.COUNTER) -> Staff:
        wanted = Wanted(name.title(), frozenset({role}), everywhere=True)
        ident, _ = await self.accounts.add(None, name, wanted, "trâu đen ăn cỏ 9 lần")
        account = await self.accounts.get(ident)
        assert account is not None
        return account.staff


@pytest.fixture
def office(engine: AsyncEngine) -> Office:
    return Office(engine)


@pytest.mark.both_databases
async def test_a_code_links_one_chat_once(office: Office, engine: AsyncEngine) -> None:
    an = await office.staff("an.thi")
    code = await office.links.code(an)
    assert code.isdecimal()
    assert len(code) == 8
    assert code not in await dump(engine), "only a fingerprint is kept"
    taken = await asyncio.gather(*(office.links.take(who, None, code) for who in (ZALO, TELEGRAM)))
    assert sorted(t.name if isinstance(t, Staff) else t for t in taken) == ["an.thi", "wrong"]
    [linked] = await office.links.of(an)
    found = await office.links.staff(linked.address)
    assert found == an
    [record, *_] = await office.audit.page()
    assert (record.what, record.who, record.detail) == (
        "chat.link",
        "an.thi",
        {"channel": linked.address.channel},
    )


@pytest.mark.both_databases
async def test_parting_on_either_side_and_only_ones_own(office: Office) -> None:
    an, ba = await office.staff("an.thi"), await office.staff("ba.minh")
    await office.links.take(ZALO, None, await office.links.code(an))
    assert not await office.links.part(ba, ZALO)
    assert await office.links.staff(ZALO) == an
    assert await office.links.part(an, ZALO)
    assert await office.links.staff(ZALO) is None
    assert not await office.links.part(an, ZALO)
    assert [r.what for r in await office.audit.page(what="chat.")] == ["chat.part", "chat.link"]


@pytest.mark.both_databases
async def test_a_closed_account_loses_its_chats_at_once_and_for_good(office: Office) -> None:
    an, boss = await office.staff("an.thi"), await office.staff("sep.lon", Role.ADMIN)
    await office.links.take(ZALO, None, await office.links.code(an))
    waiting = await office.links.code(an)
    await office.accounts.disable(boss, an.id)
    assert await office.links.staff(ZALO) is None
    assert await office.links.take(TELEGRAM, None, waiting) == "wrong"
    await office.accounts.enable(boss, an.id)
    assert await office.links.staff(ZALO) is None


async def test_codes_end_by_time_and_by_the_next_one(office: Office) -> None:
    an = await office.staff("an.thi")
    first = await office.links.code(an)
    second = await office.links.code(an)
    assert await office.links.take(ZALO, None, first) == "wrong"
    office.at += chat_links.LASTS
    assert await office.links.take(ZALO, None, second) == "wrong"
    await office.links.forget_old(office.at)


async def test_a_chat_goes_over_to_the_account_whose_code_was_typed_last(office: Office) -> None:
    an, ba = await office.staff("an.thi"), await office.staff("ba.minh")
    for staff in (an, ba):
        await office.links.take(ZALO, None, await office.links.code(staff))
    assert await office.links.staff(ZALO) == ba
    assert await office.links.of(an) == []


async def test_guessing_and_asking_are_limited(office: Office) -> None:
    an = await office.staff("an.thi")
    code = await office.links.code(an)
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    tries = [await office.links.take(ZALO, "9.9.9.9", wrong) for _ in range(chat_links.TRIES_PER_HOUR + 1)]
    assert tries == ["wrong"] * chat_links.TRIES_PER_HOUR + ["locked"]
    assert await office.links.take(ZALO, "9.9.9.9", code) == "locked"
    assert isinstance(await office.links.take(TELEGRAM, "9.9.9.9", code), Staff), "others go on"
    for _ in range(chat_links.CODES_PER_HOUR - 1):
        await office.links.code(an)
    with pytest.raises(StaffError):
        await office.links.code(an)
