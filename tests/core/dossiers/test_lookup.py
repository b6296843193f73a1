"""Memory, portal and what is said when the portal does not answer."""

from __future__ import annotations

import asyncio
import json
import time

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.dossiers.lookup import Lookup
from core.dossiers.model import Status
from core.dossiers.snapshots import Snapshots, digits_proof, phone_proof
from core.errors import PortalAway, PortalConfused
from core.secret import Secret
from tests.conftest import NOW, rows
from tests.core.dossiers.made import CODE, IDENTITY, PHONE, Clock, FakePortal, dossier

pytestmark = pytest.mark.both_databases

SECRET = Secret("k" * 32)


@pytest.fixture
def portal() -> FakePortal:
    return FakePortal({CODE.text: dossier()})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lookup(engine: AsyncEngine, portal: FakePortal, clock: Clock) -> Lookup:
    return Lookup(portal, Snapshots(engine, SECRET), clock)


async def test_a_fresh_answer_is_given_again_without_asking(
    lookup: Lookup, portal: FakePortal, clock: Clock
) -> None:
    first = await lookup.find(CODE)
    clock.move(seconds=59)
    assert await lookup.find(CODE) == first
    assert first.view == dossier().view
    assert len(portal.calls) == 1
    clock.move(seconds=2)
    portal.held[CODE.text] = dossier(status=Status.DONE)
    found = await lookup.find(CODE)
    assert found.view
    assert (found.view.status, found.stale, found.fetched_at) == (Status.DONE, False, clock.now)


async def test_many_at_once_ask_the_portal_once(lookup: Lookup, portal: FakePortal) -> None:
    portal.delay = 0.05
    found = await asyncio.gather(*(lookup.find(CODE) for _ in range(50)))
    assert len(portal.calls) == 1
    assert all(f.view for f in found)


@pytest.mark.parametrize("error", [PortalAway("down"), PortalConfused("HTML")])
async def test_when_the_portal_fails_the_last_known_state_comes_with_its_time(
    lookup: Lookup, portal: FakePortal, clock: Clock, error: PortalAway
) -> None:
    before = await lookup.find(CODE)
    clock.move(hours=5)
    portal.error = error
    after = await lookup.find(CODE)
    assert after.stale
    assert (after.view, after.fetched_at) == (before.view, before.fetched_at)


async def test_a_slow_portal_is_not_waited_for_but_its_answer_is_kept(
    engine: AsyncEngine, lookup: Lookup, portal: FakePortal, clock: Clock
) -> None:
    await lookup.find(CODE)
    lookup = Lookup(portal, Snapshots(engine, SECRET), clock, wait=0.3)
    clock.move(hours=1)
    portal.delay, portal.held[CODE.text] = 0.6, dossier(status=Status.RETURNED)
    started = time.monotonic()
    assert (await lookup.find(CODE)).stale
    assert time.monotonic() - started < 5  # what a citizen is promised
    await asyncio.sleep(0.5)
    assert (await lookup.find(CODE)).view == dossier(status=Status.RETURNED).view
    assert len(portal.calls) == 2


async def test_processes_that_learn_of_a_dossier_at_once_do_not_fail(engine: AsyncEngine) -> None:
    stores = [Snapshots(engine, SECRET) for _ in range(8)]
    await asyncio.gather(*(store.put(CODE.text, dossier(), NOW) for store in stores))
    kept = await stores[0].get(CODE.text)
    assert kept
    assert kept.view == dossier().view


async def test_nothing_remembered_and_no_answer_is_an_error(lookup: Lookup, portal: FakePortal) -> None:
    portal.error = PortalAway("down")
    with pytest.raises(PortalAway):
        await lookup.find(CODE)


async def test_one_who_gives_up_does_not_spoil_it_for_the_others(lookup: Lookup, portal: FakePortal) -> None:
    portal.delay = 0.1
    impatient, patient = (asyncio.create_task(lookup.find(CODE)) for _ in range(2))
    await asyncio.sleep(0.02)
    impatient.cancel()
    assert (await patient).view


async def test_a_dossier_the_portal_lost_is_not_forgotten(
    lookup: Lookup, portal: FakePortal, clock: Clock
) -> None:
    before = await lookup.find(CODE)
    portal.held.clear()
    for _ in range(2):
        clock.move(hours=1)
        found = await lookup.find(CODE)
        assert (found.view, found.stale, found.proofs) == (before.view, True, before.proofs)


async def test_that_a_code_is_unknown_is_remembered_for_a_while_too(
    lookup: Lookup, portal: FakePortal, clock: Clock
) -> None:
    portal.held.clear()
    assert (await lookup.find(CODE)).view is None
    assert (await lookup.find(CODE)).view is None
    assert len(portal.calls) == 1
    clock.move(minutes=2)
    portal.held[CODE.text] = dossier()
    assert (await lookup.find(CODE)).view


async def test_the_database_holds_nobodys_numbers(lookup: Lookup, engine: AsyncEngine) -> None:
    found = await lookup.find(CODE)
    stored = json.dumps([list(map(str, row)) for row in await rows(engine, "SELECT * FROM dossier_snapshot")])
    for number in (PHONE, PHONE[-4:], IDENTITY, IDENTITY[-4:]):
        assert f'"{number}"' not in stored.replace("'", '"')
        assert number not in stored or len(number) == 4
    assert phone_proof(SECRET, CODE.text, PHONE) in found.proofs
    assert digits_proof(SECRET, CODE.text, IDENTITY[-4:]) in found.proofs
    assert digits_proof(SECRET, CODE.text, PHONE[-4:]) in found.proofs
    assert len(found.proofs) == 3
