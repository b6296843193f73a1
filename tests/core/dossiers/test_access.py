"""One look at a dossier: counted, logged, shown or not; from memory it is one transaction."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db.tables import CounterRow, LookupRow
from core.dossiers.access import Access, Person, TooManyLookups
from core.dossiers.audit import Audit
from core.dossiers.codes import DossierCode
from core.dossiers.followed import List
from core.dossiers.lookup import Lookup
from core.dossiers.model import Dossier
from core.dossiers.rights import Rights
from core.dossiers.snapshots import Snapshots, digits_proof
from core.errors import PortalAway
from core.limits import Counters
from core.messages import Address
from core.profile import Disclosure
from core.secret import Secret
from tests.conftest import NOW
from tests.core.dossiers.made import CODE, OTHER, Clock, FakePortal, dossier

pytestmark = pytest.mark.both_databases
SECRET = Secret("k" * 32)
RULES = Disclosure(lookups_per_hour=3, unknown_per_hour=2, per_origin=2, unknown_per_minute=5)
PERSON = Person(Address("web", "a"), "192.0.2.1")


class AskedPortal(FakePortal):
    """Notes how many connections to the database are in use while it is asked."""

    def __init__(self, engine: AsyncEngine, held: dict[str, Dossier]) -> None:
        super().__init__(held)
        self._engine = engine
        self.connections_in_use: list[int] = []

    async def dossier(self, code: DossierCode) -> Dossier | None:
        self.connections_in_use.append(self._engine.pool.checkedout())  # type: ignore[attr-defined]
        return await super().dossier(code)


class Desk:
    """Access over a portal with memory, and what it leaves in the database."""

    def __init__(
        self, engine: AsyncEngine, rules: Disclosure = RULES, portal: FakePortal | None = None
    ) -> None:
        self.engine, self.clock = engine, Clock()
        self.portal = portal or FakePortal({CODE.text: dossier()})
        lookup = Lookup(self.portal, Snapshots(engine, SECRET), self.clock)
        rights, audit = Rights(engine, SECRET, rules), Audit(engine, SECRET)
        self.access = Access(engine, lookup, rights, audit, Counters(engine), SECRET, rules, self.clock)

    async def log(self) -> list[tuple[str, str, str]]:
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                select(LookupRow.code, LookupRow.level, LookupRow.outcome).order_by(LookupRow.id)
            )
            return [(code, level, outcome) for code, level, outcome in rows]

    async def counted(self, key: str) -> int:
        async with self.engine.connect() as connection:
            query = select(CounterRow.count).where(CounterRow.key == key)
            return await connection.scalar(query) or 0


@pytest.fixture
def desk(engine: AsyncEngine) -> Desk:
    return Desk(engine)


def _who(person: Person) -> str:
    return SECRET.fingerprint("who", str(person.address))


def _origin(person: Person) -> str:
    return SECRET.fingerprint("origin", person.origin or "")


@pytest.fixture
def statements(engine: AsyncEngine) -> Iterator[list[str]]:
    """The statements and commits of the database, as they come."""
    seen: list[str] = []

    def said(_: object, __: object, statement: str, *___: object) -> None:
        seen.append(statement.split()[0])

    def committed(_: object) -> None:
        seen.append("COMMIT")

    event.listen(engine.sync_engine, "before_cursor_execute", said)
    event.listen(engine.sync_engine, "commit", committed)
    yield seen
    event.remove(engine.sync_engine, "before_cursor_execute", said)
    event.remove(engine.sync_engine, "commit", committed)


async def test_a_look_from_memory_is_one_transaction(desk: Desk, statements: list[str]) -> None:
    await desk.access.see(PERSON, CODE)
    statements.clear()
    seen = await desk.access.see(PERSON, CODE)
    assert seen.view is not None
    assert statements == ["SELECT", "SELECT", "INSERT", "INSERT", "SELECT", "INSERT", "COMMIT"]
    assert desk.portal.calls == [CODE.text]


async def test_every_look_is_counted_and_logged(desk: Desk) -> None:
    for _ in range(3):
        await desk.access.see(PERSON, CODE)
    with pytest.raises(TooManyLookups):
        await desk.access.see(PERSON, CODE)
    assert await desk.log() == [(CODE.text, "code", "shown")] * 3 + [(CODE.text, "code", "limited")]
    assert await desk.counted(f"lookups:{_who(PERSON)}") == 4
    # Whoever goes too far alone takes nothing from those at the same address.
    assert await desk.counted(f"lookups:{_origin(PERSON)}") == 3


async def test_of_many_looks_at_once_no_more_are_shown_than_allowed(desk: Desk) -> None:
    looks = await asyncio.gather(*(desk.access.see(PERSON, CODE) for _ in range(9)), return_exceptions=True)
    assert sum(isinstance(look, TooManyLookups) for look in looks) == 6
    assert sorted(outcome for _, _, outcome in await desk.log()) == ["limited"] * 6 + ["shown"] * 3


async def test_an_address_stands_for_only_so_many_people(desk: Desk) -> None:
    people = [Person(Address("web", f"p{n}"), "192.0.2.1") for n in range(3)]
    for person in people[:2]:
        for _ in range(3):
            await desk.access.see(person, CODE)
    with pytest.raises(TooManyLookups):
        await desk.access.see(people[2], CODE)
    assert (await desk.access.see(Person(Address("zalo", "z")), CODE)).view


async def test_unknown_codes_are_counted_for_the_person_the_address_and_all(desk: Desk) -> None:
    assert (await desk.access.see(PERSON, OTHER)).view is None
    assert (await desk.access.see(PERSON, OTHER)).view is None  # remembered now, and counted all the same
    with pytest.raises(TooManyLookups):
        await desk.access.see(PERSON, CODE)
    keys = (f"unknown:{_who(PERSON)}", f"unknown:{_origin(PERSON)}", "unknown:everybody")
    assert [await desk.counted(key) for key in keys] == [2, 2, 2]
    assert [outcome for _, _, outcome in await desk.log()] == ["nothing", "nothing", "limited"]


async def test_too_many_unknown_codes_of_all_stop_looks_by_code_for_a_minute(desk: Desk) -> None:
    for n in range(5):
        await desk.access.see(Person(Address("zalo", str(n))), OTHER)
    with pytest.raises(TooManyLookups):
        await desk.access.see(PERSON, CODE)
    desk.clock.move(minutes=1)
    assert (await desk.access.see(PERSON, CODE)).view


async def test_who_proved_is_neither_counted_nor_limited(desk: Desk, engine: AsyncEngine) -> None:
    proofs = {digits_proof(SECRET, CODE.text, "1234")}
    rights = Rights(engine, SECRET, RULES)
    assert await rights.prove_by_digits(PERSON.address, CODE.text, "1234", proofs, NOW) == "proved"
    levels = [(await desk.access.see(PERSON, CODE)).level for _ in range(5)]
    assert levels == ["proved"] * 5
    assert await desk.counted(f"lookups:{_who(PERSON)}") == 0
    assert await desk.log() == [(CODE.text, "proved", "shown")] * 5


async def test_a_look_counts_before_the_portal_is_asked_and_is_logged_when_it_is_away(desk: Desk) -> None:
    desk.portal.error = PortalAway("down")
    with pytest.raises(PortalAway):
        await desk.access.see(PERSON, CODE)
    assert await desk.counted(f"lookups:{_who(PERSON)}") == 1
    assert await desk.log() == [(CODE.text, "code", "away")]


async def test_no_connection_waits_for_the_portal(engine: AsyncEngine) -> None:
    asked = AskedPortal(engine, {CODE.text: dossier()})
    desk = Desk(engine, RULES, asked)
    assert (await desk.access.see(PERSON, CODE)).view
    assert asked.connections_in_use == [0]


async def test_an_old_memory_is_given_with_its_time_when_the_portal_is_away(desk: Desk) -> None:
    await desk.access.see(PERSON, CODE)
    desk.clock.move(hours=2)
    desk.portal.error = PortalAway("down")
    seen = await desk.access.see(PERSON, CODE)
    assert (seen.stale, seen.fetched_at) == (True, NOW)
    assert [outcome for _, _, outcome in await desk.log()] == ["shown", "shown"]


async def test_what_the_person_calls_it_comes_with_it(desk: Desk, engine: AsyncEngine) -> None:
    followed = List(engine)
    assert (await desk.access.see(PERSON, CODE)).label is None
    await followed.add(PERSON.address, CODE.text, NOW)
    assert (await desk.access.see(PERSON, CODE)).label == ""
    await followed.name(PERSON.address, CODE.text, "của mẹ")
    assert (await desk.access.see(PERSON, CODE)).label == "của mẹ"
    other = Person(Address("web", "b"))
    assert (await desk.access.see(other, CODE)).label is None


async def test_a_proof_that_ended_opens_nothing(desk: Desk, engine: AsyncEngine) -> None:
    proofs = {digits_proof(SECRET, CODE.text, "1234")}
    await Rights(engine, SECRET, RULES).prove_by_digits(PERSON.address, CODE.text, "1234", proofs, NOW)
    desk.clock.move(days=1, seconds=dt.timedelta(minutes=1).seconds)
    assert (await desk.access.see(PERSON, CODE)).level == "code"
