"""Every way to a person over the simulated Zalo: what gets through, what it costs, and nobody told twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.zalo_oa.api import Api
from bot.channels.zalo_oa.template import Templates
from core.db.tables import LinkRow
from core.dossiers.model import DossierView, Status
from core.dossiers.shown import Level, Shown
from core.errors import SendError
from core.messages import Address, Message
from core.people.links import Links
from core.profile import Linking
from core.reminders.contract import Drop, Later, Step
from core.reminders.costs import Costs
from core.reminders.deliver import Delivery
from core.reminders.entries import Entry
from core.reminders.gate import Replies
from core.reminders.ladder import Ladder
from core.reminders.ledger import Ledger
from core.reminders.model import Kind, Outgoing
from core.reminders.outbox import Outbox
from core.reminders.pace import Pace
from core.reminders.purse import Purse
from core.reminders.tasks import Tasks
from core.reminders.twins import Twins
from core.reminders.ways import Paid, Parts
from simulators.zalo.people import Person
from simulators.zalo.server import create
from tests.bot.channels.zalo_oa.conftest import BASE, Shop
from tests.bot.channels.zalo_oa.test_template import FILE, PARAMS, Held
from tests.core.dossiers.shown import CALENDAR, CODE
from tests.core.reminders.posted import FAST, Sender

HOUR = dt.timedelta(hours=1)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
AGENCY = "Trung tâm Phục vụ hành chính công phường Tuy Hòa"


class Books:
    """The dossier as each address may see it, and the messages about it; keeps nothing else."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.levels: dict[str, Level] = {}
        self.says: dict[str, Drop | Later] = {}

    async def shown(self, outgoing: Outgoing) -> Shown | None:
        now = self._shop.world.clock.now()
        due = now + 48 * HOUR
        view = DossierView(CODE, Status.DONE, "Đã có kết quả", "1", "Cấp giấy phép", AGENCY, due_at=due)
        return Shown(view, self.levels.get(outgoing.address, "proved"), True, now, CALENDAR, now)

    async def write(self, outgoing: Outgoing) -> Message | Drop | Later:
        return self.says.get(outgoing.address, Message(f"Tin cho {outgoing.address}"))


class Town:
    """One person on Zalo and Telegram, and everything between them and a reminder."""

    def __init__(self, shop: Shop, engine: AsyncEngine, costs: Costs) -> None:
        self.shop, self.engine, self.world = shop, engine, shop.world
        self.clock = clock = shop.world.clock.now
        self.world.zbs.add("7895417", dict(PARAMS))
        self.person = self.world.people.add()
        self.zalo, self.telegram_address = f"zalo:{self.person.id}", "telegram:1"
        self.telegram, self.books = Sender(), Books(shop)
        client = httpx.AsyncClient(transport=httpx.ASGITransport(create(shop.world)))
        api = Api(client, BASE, Held(shop), clock)
        self.templates = Templates(api, api, FILE.templates, clock)
        self.outbox, self.ledger, self.tasks = Outbox(engine, clock), Ledger(engine), Tasks(engine)
        self.purse = Purse(engine, clock, ZONE, costs.month)
        pace = Pace(engine, clock, FAST)
        parts = Parts(
            {"zalo": shop.zalo.sender, "telegram": self.telegram, "zalobot": self.telegram},
            {"zalo": Paid(shop.zalo.windows, self.templates)},
            pace,
            self.books,
            self.books,
            Links(engine, Linking()),
            Twins(engine, clock),
            self.tasks,
            self.purse,
            costs,
            clock,
        )
        self.delivery = Delivery(
            self.outbox,
            self.books,
            Ladder(parts),
            pace,
            Replies(engine, clock),
            clock,
            channels=("zalo", "telegram", "zalobot"),
            worker="host/-/1/me",
        )

    async def link(self, *addresses: str) -> None:
        rows = [{"address": one, "person": "p", "since": self.clock()} for one in addresses]
        async with self.engine.begin() as connection:
            await connection.execute(insert(LinkRow), rows)

    async def put(self, who: str, occasion: str = "1", kind: Kind = Kind.PICKUP, hours: int = 72) -> None:
        now = self.clock()
        async with self.engine.begin() as connection:
            await self.outbox.add(connection, [Entry(who, CODE, kind, occasion, now, now + hours * HOUR)])

    async def writes(self, person: Person | None = None) -> None:
        self.world.people.write(person or self.person, "xin chào")
        await self.world.push()

    async def remind(self, occasion: str = "1", **more: Any) -> dict[str, int]:
        await self.put(self.zalo, occasion, **more)
        return await self.delivery.tick()

    async def steps(self, ident: int = 1) -> Sequence[Step]:
        return await self.ledger.of(ident)

    def sent(self) -> list[str]:
        return [sent.channel for sent in self.world.sent]


@pytest.fixture
def town(shop: Shop, engine: AsyncEngine) -> Town:
    return Town(shop, engine, Costs(month=10_000))


@pytest.mark.both_databases
async def test_the_windows_by_the_clock_of_zalo(town: Town) -> None:
    await town.writes()
    assert await town.remind("1") == {"sent": 1}
    town.world.clock.advance(hours=49)
    assert await town.remind("2") == {"sent": 1}
    town.world.clock.advance(days=6)
    assert await town.remind("3") == {"sent": 1}
    assert town.sent() == ["oa", "oa", "uid_template"]
    assert await town.steps(1) == (Step("free", town.zalo, "sent"),)
    assert await town.steps(2) == (Step("charged", town.zalo, "sent", None, 55),)
    assert await town.steps(3) == (Step("template", town.zalo, "sent", None, 560),)
    assert await town.purse.spent() == 560  # of December; the 55 đ were November's
    assert town.world.sent[-1].message["template_data"]["thu_tuc"] == "Cấp giấy phép"


async def test_a_template_tells_no_more_than_was_proved(town: Town) -> None:
    town.books.levels[town.zalo] = "code"
    assert await town.remind() == {"sent": 1}
    assert town.world.sent[-1].message["template_data"]["thu_tuc"] == "Thủ tục hành chính"


async def test_free_messages_used_up_and_no_template_for_the_kind(town: Town) -> None:
    await town.writes()
    town.person.free_left = 0
    assert await town.remind(kind=Kind.CHANGED) == {"pending": 1}
    assert await town.steps() == (Step("free", town.zalo, "again", "zalo error -218"),)
    town.world.clock.advance(hours=24)
    town.person.free_left = 8
    assert await town.delivery.tick() == {"sent": 1}
    assert [step.cost for step in await town.steps()] == [0, 0]


async def test_free_messages_used_up_go_on_to_the_template(town: Town) -> None:
    await town.writes()
    town.person.free_left = 0
    assert await town.remind() == {"sent": 1}
    assert [(s.step, s.outcome, s.cost) for s in await town.steps()] == [
        ("free", "again", 0),
        ("template", "sent", 560),
    ]


async def test_a_refused_template_goes_on_to_the_linked_channel(town: Town) -> None:
    await town.link(town.zalo, town.telegram_address)
    town.world.zbs.balance = 0
    assert await town.remind() == {"sent": 1}
    assert await town.steps() == (
        Step("template", town.zalo, "failed", "zalo error -321"),
        Step("other", town.telegram_address, "sent"),
    )
    assert town.telegram.sent == [(town.telegram_address, f"Tin cho {town.telegram_address}")]
    assert await town.purse.spent() == 0
    assert await town.remind("2") == {"sent": 1}  # the template rests: no second refusal
    assert [step.step for step in await town.steps(2)] == ["other"]


async def test_an_unapproved_template_is_no_step(town: Town) -> None:
    town.world.zbs.templates["7895417"].approved = False
    assert await town.remind() == {"failed": 1}
    assert await town.steps() == (Step("counter", town.zalo, "tasked", "no_way"),)
    (task,) = await town.tasks.waiting()
    assert (task.subject, task.kind, task.why, task.agency) == (CODE, "pickup", "phone", AGENCY)


async def test_who_blocked_is_phoned_once_and_not_written_to_again(town: Town) -> None:
    await town.writes()
    town.person.blocked = True
    assert await town.remind() == {"failed": 1}
    assert [(s.step, s.outcome) for s in await town.steps()] == [("free", "gone"), ("counter", "tasked")]
    calls = len(town.world.calls)
    assert await town.remind("2") == {"failed": 1}
    assert len(town.world.calls) == calls
    assert [(s.step, s.outcome, s.reason) for s in await town.steps(2)] == [
        ("counter", "tasked", "gone_before")
    ]
    assert len(await town.tasks.waiting()) == 2
    assert await town.remind("3", kind=Kind.RATING) == {"failed": 1}
    assert await town.steps(3) == ()
    assert len(await town.tasks.waiting()) == 2


async def test_nobody_is_phoned_for_a_stranger(town: Town) -> None:
    town.books.levels[town.zalo] = "code"
    town.person.banned = True
    assert await town.remind() == {"failed": 1}
    assert await town.steps() == (Step("free", town.zalo, "gone", "zalo error -227"),)
    assert await town.tasks.waiting() == []


async def test_the_night_is_waited_for_unless_it_is_too_late_then(town: Town) -> None:
    town.world.failures.add("code", "oa", method="template", code=-133)
    assert await town.remind() == {"pending": 1}
    assert (await town.steps())[0].reason == "zalo error -133"
    town.world.failures.add("code", "oa", method="template", code=-133)
    assert await town.remind("2", hours=2) == {"failed": 1}
    assert [step.step for step in await town.steps(2)] == ["template", "counter"]
    assert await town.purse.spent() == 0


async def test_the_ceiling_is_never_passed_and_told_once(town: Town) -> None:
    people = [town.world.people.add(phone=f"8490000{n:04}") for n in range(30)]
    for person in people:
        await town.put(f"zalo:{person.id}")
    await town.delivery.tick()
    assert town.sent().count("uid_template") == 17  # 17 · 560 = 9,520
    assert await town.purse.spent() == 9_520
    whys = [task.why for task in await town.tasks.waiting()]
    assert sorted(whys) == ["ceiling", "phone"]  # one dossier, one call, however many follow it
    spent = await town.ledger.spent(town.clock() - HOUR, town.clock() + HOUR)
    assert spent == {("template", "sent"): (17, 9_520), ("counter", "tasked"): (13, 0)}
    town.world.clock.set(dt.datetime(2026, 12, 1, 1, 0, tzinfo=dt.UTC))
    assert await town.purse.spent() == 0


async def test_a_notice_is_charged_within_the_ceiling_and_never_a_template_or_a_call(
    shop: Shop, engine: AsyncEngine
) -> None:
    town = Town(shop, engine, Costs(month=60))
    await town.writes()
    town.world.clock.advance(hours=49)
    assert await town.remind("1", kind=Kind.NOTICE) == {"sent": 1}
    assert await town.steps(1) == (Step("charged", town.zalo, "sent", None, 55),)
    town.world.clock.advance(hours=1)
    assert await town.remind("2", kind=Kind.NOTICE) == {"failed": 1}  # 5 đ are left
    town.world.clock.advance(days=7)
    assert await town.remind("3", kind=Kind.NOTICE) == {"failed": 1}
    assert town.sent() == ["oa"]
    assert [task.why for task in await town.tasks.waiting()] == ["ceiling"]


async def test_without_a_decision_nothing_is_paid(shop: Shop, engine: AsyncEngine) -> None:
    town = Town(shop, engine, Costs())
    assert await town.remind() == {"failed": 1}
    assert town.sent() == []
    assert [task.why for task in await town.tasks.waiting()] == ["phone"]


async def test_what_may_have_arrived_ends_the_climb(town: Town) -> None:
    await town.link(town.zalo, town.telegram_address)
    await town.writes()
    town.world.failures.add("error_500", "oa", method="cs")
    assert await town.remind() == {"unknown": 1}
    assert town.telegram.sent == []
    assert [(s.step, s.outcome) for s in await town.steps()] == [("free", "unknown")]


async def test_told_at_one_address_is_told(town: Town) -> None:
    await town.link(town.zalo, town.telegram_address)
    await town.writes()
    await town.put(town.zalo)
    await town.put(town.telegram_address)
    await town.delivery.tick()
    town.world.clock.advance(seconds=61)
    await town.delivery.tick()
    assert len(town.sent()) + len(town.telegram.sent) == 1
    async with town.engine.connect() as connection:
        counts = await connection.exec_driver_sql("SELECT state, reason FROM outbox ORDER BY id")
        assert [tuple(row) for row in counts] == [("sent", None), ("dropped", "told_elsewhere")]


async def test_a_linked_address_keeps_its_own_wishes(town: Town) -> None:
    await town.link("zalobot:9", town.zalo, town.telegram_address)
    town.books.says["zalobot:9"] = Drop("unwanted")
    town.person.banned = True
    assert await town.remind() == {"sent": 1}
    assert [(s.step, s.address) for s in await town.steps()] == [
        ("free", town.zalo),
        ("other", town.telegram_address),
    ]


async def test_the_hours_of_a_linked_address_are_waited_for(town: Town) -> None:
    await town.link(town.zalo, town.telegram_address)
    town.person.banned = True
    town.books.says[town.telegram_address] = Later(town.clock() + 5 * HOUR, "hours")
    assert await town.remind() == {"pending": 1}
    assert await town.tasks.waiting() == []
    town.world.clock.advance(hours=5, seconds=1)
    town.books.says.clear()
    assert await town.delivery.tick() == {"sent": 1}
    assert town.telegram.tried == [town.telegram_address]


async def test_a_month_used_up_goes_on_at_once(town: Town) -> None:
    await town.link("zalobot:9", town.zalo)
    await town.writes()
    then = dt.datetime(2026, 12, 1, 0, 5, tzinfo=ZONE)
    town.telegram.failures["zalobot:9"] = [SendError("429", not_before=then)]
    await town.put("zalobot:9")
    assert await town.delivery.tick() == {"sent": 1}
    assert [(s.step, s.outcome) for s in await town.steps()] == [("free", "again"), ("other", "sent")]
    assert town.sent() == ["oa"]


async def test_a_delivery_report_reaches_the_ledger(town: Town) -> None:
    assert await town.remind() == {"sent": 1}
    assert await town.ledger.delivered("nhac-1")
    assert not await town.ledger.delivered("nhac-1")
    assert not await town.ledger.delivered("nhac-x")
    assert [step.outcome for step in await town.steps()] == ["delivered"]
    assert Address.parse(town.zalo).channel == "zalo"
