"""Who gets a notice and why others do not; what is counted is what is sent."""

from __future__ import annotations

import random

import pytest

from core.broadcasts.model import Audience, Content, Listed, Reason
from core.broadcasts.scope import of_offices
from core.conversations.state import State, States
from core.db.reminder_tables import WatchRow
from core.dossiers.model import Status
from core.messages import Address
from core.people.links import Links
from core.reminders import gone
from core.reminders.model import Kind, Wishes
from core.staff.offices import Office, of_code
from tests.core.broadcasts.made import APPROVER, AUTHOR, HOUR, LONG_AGO, MORNING, NIGHT, Town, content


async def test_each_reason_is_named(town: Town) -> None:
    await town.subscribe("zalo:1", "zalo:2", "telegram:3", "web:4", "zalo:5", "telegram:6", "terminal:7")
    await town.wish("zalo:2", Wishes(stopped=True))
    await town.wish("telegram:3", Wishes(off=frozenset({Kind.NOTICE})))
    await town.wish("web:4", Wishes(paused_until=MORNING + 10 * LONG_AGO))
    await town.gone("zalo:5")
    await town.link("zalo:1", "telegram:6")
    await town.follow("H15.50.05-261001-0001", "zalo:1", "zalo:9")
    count = await town.many.audiences.count(content())
    assert count.channels == {"zalo": 1}
    assert count.charged == 1
    assert count.left_out == {
        Reason.STOPPED: 1,
        Reason.TURNED_OFF: 1,
        Reason.PAUSED: 1,
        Reason.GONE: 1,
        Reason.NO_CHANNEL: 1,
        Reason.DUPLICATE_PERSON: 1,
        Reason.NO_CONSENT: 1,  # zalo:9 only follows
    }


async def test_a_pause_that_ends_in_time_and_other_wishes_leave_nobody_out(town: Town) -> None:
    await town.subscribe("zalo:1", "zalo:2", "zalo:3")
    await town.wish("zalo:1", Wishes(paused_until=MORNING + HOUR))
    await town.wish("zalo:2", Wishes(off=frozenset({Kind.RATING}), quiet_changes=True))
    assert (await town.many.audiences.count(content())).recipients == 3


async def test_who_wrote_after_they_were_gone_is_back(town: Town) -> None:
    await town.subscribe("telegram:1")
    await town.gone("telegram:1")
    await States(town.engine).put(Address("telegram", "1"), State(), MORNING + HOUR)
    assert (await town.many.audiences.count(content())).recipients == 1


async def test_a_person_is_told_at_their_best_address_that_is_not_gone(town: Town) -> None:
    await town.subscribe("telegram:1")
    await town.link("telegram:1", "zalo:1", "web:1", person="a")
    await town.subscribe("zalo:2")
    await town.link("zalo:2", "telegram:2", person="b")
    await town.gone("zalo:2")
    await town.begun(content())
    assert [row.address for row in await town.outgoing(1)] == ["telegram:2", "zalo:1"]


@pytest.mark.parametrize(
    ("older", "newer", "left_out"),
    [
        (Wishes(off=frozenset({Kind.NOTICE})), Wishes(), None),
        (Wishes(), Wishes(off=frozenset({Kind.NOTICE})), Reason.TURNED_OFF),
        (Wishes(stopped=True), Wishes(), Reason.STOPPED),
        (Wishes(paused_until=MORNING + 10 * LONG_AGO), Wishes(), None),
    ],
)
async def test_of_linked_addresses_the_newest_word_counts_but_stop_holds(
    town: Town, older: Wishes, newer: Wishes, left_out: Reason | None
) -> None:
    await town.subscribe("zalo:1")
    await town.wish("zalo:1", older, MORNING - HOUR)
    await town.wish("telegram:1", newer, MORNING)
    await town.link("zalo:1", "telegram:1")
    count = await town.many.audiences.count(content())
    assert dict(count.left_out) == ({left_out: 1} if left_out else {})
    assert count.recipients == (0 if left_out else 1)


async def test_communes(town: Town) -> None:
    await town.subscribe("zalo:1", unit="22015")
    await town.subscribe("zalo:2", unit="22018")
    await town.subscribe("zalo:3")
    count = await town.many.audiences.count(content(Audience(units=("22015",))))
    assert count.channels == {"zalo": 1}
    assert count.left_out == {Reason.NO_UNIT: 1, Reason.NOT_IN_SCOPE: 1}


async def test_followers_by_state_procedure_field_and_office(town: Town) -> None:
    one = await town.office("Phường Buôn Ma Thuột", "22015", "H15.50.05")
    inner = await town.office("Chi nhánh", None, "H15.50.05.13")
    await town.follow("H15.50.05-261001-0001", "zalo:1", status=Status.PAYMENT, procedure="1.001193")
    await town.follow("H15.50.05.13-261001-0002", "zalo:2", status=Status.PAYMENT, procedure="1.000894")
    await town.follow("H15.50.051-261001-0003", "zalo:3", status=Status.DONE, procedure="1.000894")

    async def told(**chosen: object) -> list[str]:
        count = await town.many.audiences.count(content(Audience("followers", **chosen)))  # type: ignore[arg-type]
        assert count.recipients + count.left_out.get(Reason.NOT_IN_SCOPE, 0) == 3
        made = await town.approved(content(Audience("followers", **chosen)))  # type: ignore[arg-type]
        await town.tick()
        return sorted(row.address for row in await town.outgoing(made.id))

    assert await told(statuses=(Status.PAYMENT,)) == ["zalo:1", "zalo:2"]
    assert await told(procedures=("1.000894",)) == ["zalo:2", "zalo:3"]
    assert await told(procedures=("1.000894",), statuses=(Status.DONE,)) == ["zalo:3"]
    assert await told(offices=(one,)) == ["zalo:1"]
    assert await told(offices=(inner,)) == ["zalo:2"]
    assert await told(offices=(one, inner)) == ["zalo:1", "zalo:2"]
    assert await told(fields=("Hộ tịch",)) == ["zalo:1", "zalo:2", "zalo:3"]


async def test_a_list_of_addresses_and_codes(town: Town) -> None:
    await town.subscribe("zalo:1", "zalo:2")
    await town.follow("H15.50.05-261001-0001", "telegram:1", "zalo:2")
    draft = await town.many.drafts.create(AUTHOR, content(Audience("listed")))
    entries = [
        Listed("zalo:1", "address"),
        Listed("zalo:2", "address"),
        Listed("zalo:3", "address"),  # never agreed
        Listed("H15.50.05-261001-0001", "code"),
        Listed("H15.50.05-261001-0009", "code"),  # nobody ever saw it
        Listed("zalo:1", "address"),
    ]
    draft, number = await town.many.drafts.put_list(AUTHOR, draft.id, draft.version, entries)
    assert number == 5
    count = await town.many.audiences.count(draft.content, draft.id)
    assert count.channels == {"zalo": 2, "telegram": 1}
    assert count.left_out == {Reason.NO_CONSENT: 1, Reason.UNKNOWN_CODE: 1}
    await town.many.approval.submit(AUTHOR, draft.id, draft.version)
    await town.tick()
    assert sorted(row.address for row in await town.outgoing(draft.id)) == ["telegram:1", "zalo:1", "zalo:2"]


async def test_a_list_within_an_office(town: Town) -> None:
    office = await town.office("Phường Buôn Ma Thuột", "22015", "H15.50.05")
    await town.subscribe("zalo:1", unit="22015")
    await town.subscribe("zalo:2", unit="22018")
    await town.follow("H15.50.05-261001-0001", "zalo:3")
    await town.follow("H15.50.06-261001-0001", "zalo:4")
    audience = Audience("listed", units=("22015",), offices=(office,))
    draft = await town.many.drafts.create(APPROVER, content(audience))
    values = [("zalo:1", "address"), ("zalo:2", "address"), ("H15.50.05-261001-0001", "code")]
    values.append(("H15.50.06-261001-0001", "code"))
    entries = [Listed(value, kind) for value, kind in values]  # type: ignore[arg-type]
    draft, _ = await town.many.drafts.put_list(APPROVER, draft.id, draft.version, entries)
    count = await town.many.audiences.count(draft.content, draft.id)
    assert count.recipients == 2
    assert count.left_out == {Reason.NOT_IN_SCOPE: 2}


async def test_when_the_first_may_go(town: Town) -> None:
    town.clock.now = NIGHT
    assert (await town.many.audiences.count(content())).first_at == NIGHT + 8.5 * HOUR  # 07:30 next morning
    urgent = content(emergency=True, why="Vỡ đê, dân phải sơ tán ngay")
    assert (await town.many.audiences.count(urgent)).first_at == NIGHT


def test_offices_in_sql_as_elsewhere() -> None:
    """The SQL names each identifier that is longer than one of theirs and somebody else's."""
    offices = [Office(1, "a", None, ("H15", "H15.50.05")), Office(2, "b", None, ("H15.50", "H15.50.05.13"))]
    assert (of_code(offices, "H15.50.05.13-261001-0001") or offices[0]).id == 2
    said = str(of_offices(WatchRow.code, offices, [1]).compile(compile_kwargs={"literal_binds": True}))
    assert "H15.50.05.13." in said


@pytest.mark.parametrize("seed", range(3))
async def test_what_is_counted_is_what_is_sent(town: Town, seed: int) -> None:
    """A town by chance: every address is counted once, every person told once, where an oracle in Python says."""
    chance = random.Random(seed)
    addresses = [f"{chance.choice(['zalo', 'telegram', 'web', 'terminal'])}:{n}" for n in range(60)]
    await town.subscribe(*addresses[:40], unit=None)
    people = [addresses[n : n + chance.randint(1, 3)] for n in range(0, 57, 3)]
    for number, group in enumerate(people):
        for address in group:
            if chance.random() < 0.3:
                off = frozenset({Kind.NOTICE}) if chance.random() < 0.5 else frozenset[Kind]()
                paused = MORNING + chance.choice([HOUR, LONG_AGO]) if chance.random() < 0.5 else None
                at = MORNING - HOUR * chance.randint(0, 3)
                await town.wish(address, Wishes(off, paused_until=paused, stopped=chance.random() < 0.2), at)
        if len(group) > 1:
            await town.link(*group, person=str(number))
    await town.gone(*chance.sample(addresses, 15))
    count = await town.many.audiences.count(content())
    told = await _oracle(town, addresses[:40])
    made = await town.begun(content())
    rows = [row.address for row in await town.outgoing(made.id)]
    assert sorted(rows) == sorted(told)
    assert count.recipients == len(rows)
    assert count.recipients + sum(count.left_out.values()) == 40
    assert made.left_out == count.left_out


async def _oracle(town: Town, scope: list[str]) -> set[str]:
    """Whom the parts that send would reach: wishes by WishBook, addresses by Links."""
    groups = await Links(town.engine, town.profile.linking).everyone([Address.parse(a) for a in scope])
    found = set()
    for address, group in groups.items():
        wishes = await town.wishes.get(address)
        quiet = wishes.paused_until and wishes.paused_until >= MORNING + 72 * HOUR
        async with town.engine.connect() as connection:
            away = await gone.among(connection, [str(a) for a in group])
        here = [a for a in group if str(a) not in away]
        ranks = {name: n for n, name in enumerate(town.profile.linking.preferred)}
        if wishes.stopped or Kind.NOTICE in wishes.off or quiet or not here:
            continue
        best = min(here, key=lambda a: (ranks.get(a.channel, 9), str(a)))
        if best.channel in ranks:
            found.add(str(best))
    return found


async def test_nobody_who_came_later(town: Town) -> None:
    await town.subscribe("zalo:1")
    await town.subscribe("zalo:2", since=MORNING + HOUR / 60)
    made = await town.begun(Content("a", "b"))
    assert [row.address for row in await town.outgoing(made.id)] == ["zalo:1"]
