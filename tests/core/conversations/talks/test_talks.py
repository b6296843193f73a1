"""Conversations for staff on both databases: opened once, claimed by one, silent in one transaction, forgotten."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.conversations.inbox import Arrival, Claimed, Inbox
from core.conversations.talks.book import Book
from core.conversations.talks.deeds import Deeds
from core.conversations.talks.forgetting import Endings
from core.conversations.talks.lists import Lists
from core.conversations.talks.model import Direction, Stand, Subject, Talk
from core.conversations.talks.settle import Settling
from core.db.talk_tables import TalkRow
from core.errors import StaffError
from core.messages import Address, Aside, Incoming, Message
from core.profile import load
from core.secret import Secret
from core.staff.audit import Audit
from core.staff.offices import Office, Offices
from core.staff.rights import Role, Staff
from tests.conftest import NOW, dump, rows

pytestmark = pytest.mark.both_databases
ME = Address("zalo", "42")
ANSWER, INSTEAD = (Message("Lệ phí 8.000 đồng."),), (Message("Đã chuyển."),)
LAN, HOA = (
    Staff(n, name, name.title(), frozenset({Role.COUNTER}), everywhere=True)
    for n, name in ((1, "lan"), (2, "hoa"))
)


class Surveys:
    """Invites to a survey after each conversation."""

    def __init__(self) -> None:
        self.invited: list[int] = []

    async def closed(self, connection: AsyncConnection, talk: Talk, now: dt.datetime) -> None:
        self.invited.append(talk.id)


@dataclass
class World:
    """The parts over one database, and a clock."""

    engine: AsyncEngine
    now: dt.datetime

    def __post_init__(self) -> None:
        self.profile, self.surveys = load("dak-lak"), Surveys()
        self.book, self.settling = Book(self.engine, Secret("k" * 32)), Settling(self.engine)
        audit = Audit(self.engine, self.clock)
        self.deeds = Deeds(self.engine, audit, self.profile, self.clock, [self.surveys])
        self.lists, self.endings = Lists(self.engine), Endings(self.engine, self.profile)
        self.inbox = Inbox(self.engine, self.clock, self.settling)

    def clock(self) -> dt.datetime:
        return self.now

    async def open(self, who: Address = ME, subject: Subject = Subject()) -> int:  # noqa: B008 - frozen
        return (await self.book.open(who, subject, self.now)).id

    async def writes(self, text: str) -> Claimed:
        """Something arrives and is being thought about."""
        assert await self.inbox.put(Arrival(text, Incoming(ME, text)))
        claimed = await self.inbox.claim("me", self.now)
        assert claimed
        return claimed

    async def talk(self, number: int) -> Talk:
        found = await self.lists.get(LAN, number)
        assert found
        return found

    async def lines(self, number: int, direction: Direction = Direction.CITIZEN) -> list[str]:
        return [line.text for line in await self.lists.lines(number) if line.direction is direction]


@pytest.fixture
def world(engine: AsyncEngine) -> World:
    return World(engine, NOW)


async def test_opened_by_many_at_once_there_is_one(world: World) -> None:
    await world.book.asks(ME, "gặp cán bộ hỏi chuyện đất", NOW)
    found = await asyncio.gather(*(world.open() for _ in range(5)))
    assert len(set(found)) == 1
    assert await world.lines(found[0]) == ["gặp cán bộ hỏi chuyện đất"]
    assert await world.open(Address("zalo", "43")) != found[0]


async def test_of_many_who_claim_one_has_it(world: World) -> None:
    number = await world.open()
    clerks = [Staff(n, f"a{n}", f"A{n}", frozenset({Role.COUNTER}), everywhere=True) for n in range(1, 6)]
    outcomes = await asyncio.gather(
        *(world.deeds.claim(clerk, number) for clerk in clerks), return_exceptions=True
    )
    assert [type(o) for o in outcomes].count(StaffError) == 4
    winner = clerks[outcomes.index(None)]
    assert (await world.talk(number)).claimed_by == winner.id
    await world.deeds.claim(winner, number)
    assert len(await rows(world.engine, "SELECT 1 FROM audit WHERE what = 'talk.claim'")) == 1


async def test_what_is_said_is_decided_where_it_is_stored(world: World) -> None:
    """Nobody, then somebody waiting, then a clerk who took it up while the assistant was thinking."""
    aside = Aside("lệ phí bao nhiêu", suggested=ANSWER, waiting=INSTEAD)
    alone = await world.writes("a")
    assert await world.inbox.answered(alone, ANSWER, aside) == ANSWER
    await world.inbox.done(alone)
    number = await world.open()
    waiting = await world.writes("b")
    assert await world.inbox.answered(waiting, ANSWER, aside) == INSTEAD
    await world.inbox.done(waiting)
    held = await world.writes("c")
    await world.deeds.claim(LAN, number)
    assert await world.inbox.answered(held, ANSWER, aside) == ()
    assert await world.lines(number) == ["lệ phí bao nhiêu"] * 2
    assert await world.lines(number, Direction.SUGGESTION) == [ANSWER[0].text] * 2
    assert await world.lines(number, Direction.BOT) == [INSTEAD[0].text]
    assert (await world.talk(number)).unread == 2


async def test_a_claim_that_was_lost_leaves_no_line(world: World) -> None:
    number = await world.open()
    dead = await world.writes("a")
    world.now += dt.timedelta(minutes=2)
    other = await world.inbox.claim("other", world.now)
    assert other
    aside = Aside("a")
    assert await world.inbox.answered(dead, ANSWER, aside) is None
    assert await world.lines(number) == []
    assert await world.inbox.answered(other, ANSWER, aside) == ()
    assert await world.lines(number) == ["a"]


async def test_claiming_while_answers_are_stored_loses_and_doubles_nothing(world: World) -> None:
    number = await world.open()
    others = [Address("zalo", str(n)) for n in range(8)]
    for other in others:
        await world.book.open(other, Subject(), NOW)
    aside = Aside("x", suggested=ANSWER, waiting=ANSWER)
    said = [world.settling.settled(ME, ANSWER, Aside(f"{n}", waiting=ANSWER), NOW) for n in range(8)]
    noise = [world.settling.settled(other, ANSWER, aside, NOW) for other in others]
    results = await asyncio.gather(*said[:4], *noise, world.deeds.claim(LAN, number), *said[4:])
    assert sorted(await world.lines(number)) == [str(n) for n in range(8)]
    mine = [results[n][0] for n in (*range(4), *range(13, 17))]
    assert len(await world.lines(number, Direction.BOT)) == mine.count(ANSWER)


async def test_a_reply_goes_out_once_and_its_fate_comes_back(world: World) -> None:
    number = await world.open()
    await world.deeds.claim(LAN, number)
    await asyncio.gather(*(world.deeds.reply(LAN, number, "Chào bác", "key") for _ in range(3)))
    claimed = await world.inbox.claim("me", world.now)
    assert claimed
    assert claimed.ours
    assert claimed.reply == (Message("Cán bộ Bộ phận Một cửa tỉnh Đắk Lắk:\nChào bác"),)
    before = (await world.talk(number)).version
    await world.inbox.done(claimed)
    (line,) = [x for x in await world.lists.lines(number) if x.direction is Direction.STAFF]
    assert line.delivery == "sent"
    assert (await world.talk(number)).version > before
    assert await world.inbox.claim("me", world.now) is None
    await world.deeds.reply(LAN, number, "Còn đó không ạ", "key-2")
    assert await world.inbox.drop(ME) == 1
    line = (await world.lists.lines(number))[-1]
    assert (line.delivery, line.reason) == ("failed", "gone")


async def test_only_whoever_has_it_answers_it(world: World) -> None:
    number = await world.open()
    with pytest.raises(StaffError, match="chưa nhận"):
        await world.deeds.reply(LAN, number, "Chào", "k")
    await world.deeds.claim(LAN, number)
    for deed in (world.deeds.reply, world.deeds.close, world.deeds.hand_back):
        with pytest.raises(StaffError, match="đã nhận"):
            await deed(HOA, number, "Chào", "k")
    await world.deeds.note(HOA, number, "bác này hay hỏi", "k")
    with pytest.raises(StaffError):
        await world.deeds.reply(LAN, number, "  ", "k")
    assert await rows(world.engine, "SELECT 1 FROM inbound") == []


async def test_closed_and_handed_back(world: World) -> None:
    closed = await world.open()
    await world.deeds.claim(LAN, closed)
    await world.deeds.close(LAN, closed, "Cảm ơn bác.", "k")
    with pytest.raises(StaffError, match="kết thúc"):
        await world.deeds.close(LAN, closed, "Cảm ơn bác.", "k")
    handed = await world.open()
    assert handed != closed
    await world.deeds.claim(LAN, handed)
    await world.deeds.hand_back(LAN, handed, "", "k")
    assert world.surveys.invited == [closed]
    assert [(await world.talk(n)).ended for n in (closed, handed)] == ["staff", "bot"]
    assert await world.book.standing(ME) is None
    assert await world.settling.settled(ME, ANSWER, Aside("x"), NOW) == (ANSWER, False)


async def test_passed_on_to_an_office(world: World) -> None:
    offices = Offices(world.engine)
    async with world.engine.begin() as connection:
        ident = await offices.put(connection, Office(0, "Một cửa phường Tuy Hòa", "22015"))
    there = Staff(3, "minh", "Minh", frozenset({Role.COUNTER}), frozenset({ident}))
    elsewhere = Staff(4, "tu", "Tú", frozenset({Role.COUNTER}), frozenset({ident + 1}))
    number = await world.open()
    assert await world.lists.get(elsewhere, number), "what belongs to no office is everybody's"
    await world.deeds.claim(LAN, number)
    await world.deeds.to_office(LAN, number, ident, "đúng nơi")
    assert await world.lists.get(elsewhere, number) is None
    with pytest.raises(StaffError):
        await world.deeds.to_office(LAN, number, ident + 1, "")
    talk = await world.lists.get(there, number)
    assert talk
    assert (talk.stand, talk.office, talk.claimed_by) == (Stand.WAITING, ident, None)
    await world.deeds.claim(there, number)
    assert (await world.lists.counts(there)).mine == 1
    assert await world.book.last_place(ME) == (ident, None)


async def test_whoever_does_not_answer_gives_it_back(world: World) -> None:
    number = await world.open()
    world.now += dt.timedelta(hours=3)
    await world.settling.settled(ME, (), Aside("alo"), world.now)
    await world.deeds.claim(LAN, number)
    world.now += dt.timedelta(minutes=19)
    assert (await world.endings.tick(world.now))["given_back"] == 0
    world.now += dt.timedelta(minutes=2)
    assert (await world.endings.tick(world.now))["given_back"] == 1
    assert (await world.talk(number)).stand is Stand.WAITING
    await world.deeds.claim(HOA, number)
    await world.deeds.reply(HOA, number, "Dạ bác", "k")
    world.now += dt.timedelta(hours=23)
    assert (await world.endings.tick(world.now)) == {"given_back": 0, "closed": 0}
    world.now += dt.timedelta(hours=2)
    assert (await world.endings.tick(world.now))["closed"] == 1
    assert (await world.talk(number)).ended == "silent"


async def test_what_nobody_takes_up_ends_with_an_apology(world: World) -> None:
    number = await world.open()
    world.now += dt.timedelta(days=15)
    assert (await world.endings.tick(world.now))["closed"] == 1
    assert (await world.talk(number)).ended == "unclaimed"
    claimed = await world.inbox.claim("me", world.now)
    assert claimed
    assert claimed.reply
    assert "Rất xin lỗi" in claimed.reply[0].text


async def test_nothing_is_kept_longer_than_the_province_says(world: World) -> None:
    number = await world.open()
    await world.settling.settled(ME, (), Aside("chuyện riêng"), NOW)
    await world.book.leave_phone(ME, "0912345678", NOW)
    await world.book.leave(ME, NOW)
    await world.settling.settled(Address("web", "x"), (), Aside("không hiểu", understood=False), NOW)
    world.now += dt.timedelta(days=89)
    await world.endings.forget_old(world.now)
    assert await world.lines(number) == ["chuyện riêng"]
    world.now += dt.timedelta(days=2)
    await world.endings.forget_old(world.now)
    for table in ("talk", "talk_line", "talk_prelude"):
        assert await rows(world.engine, f"SELECT 1 FROM {table}") == []


async def test_a_person_takes_everything_with_them(world: World) -> None:
    await world.open()
    await world.settling.settled(ME, (), Aside("chuyện riêng"), NOW)
    await world.book.leave_phone(ME, "0912345678", NOW)
    other = await world.open(Address("zalo", "43"))
    assert await world.endings.forget(ME, NOW) == 1
    assert "chuyện riêng" not in await dump(world.engine)
    assert await rows(world.engine, "SELECT id FROM talk") == [(other,)]
    assert await rows(world.engine, "SELECT 1 FROM consent WHERE withdrawn_at IS NULL") == []


async def test_the_queue_is_in_the_order_of_waiting(world: World) -> None:
    numbers = []
    for n in range(4):
        numbers.append(await world.open(Address("zalo", str(n))))
        world.now += dt.timedelta(minutes=1)
    standing = await world.book.standing(Address("zalo", "3"))
    assert standing
    assert await world.book.ahead(standing) == 3
    stamp = await world.lists.stamp(world.now)
    assert [t.id for t in await world.lists.page(LAN, "waiting")] == numbers
    await world.deeds.claim(LAN, numbers[0])
    assert await world.lists.stamp(world.now) != stamp
    assert [t.id for t in await world.lists.page(LAN, "mine")] == numbers[:1]
    assert await world.book.ahead(standing) == 2
    async with world.engine.begin() as connection:
        await connection.execute(update(TalkRow).values(unread=2))
    counts = await world.lists.counts(LAN)
    assert (counts.waiting, counts.mine, counts.all, counts.unread) == (3, 1, 4, 2)
