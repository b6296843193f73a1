"""Links: codes that cannot be guessed or used twice, who belongs together, what is shared and what stays."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.dossiers.followed import LIMIT, List
from core.dossiers.rights import Rights
from core.dossiers.snapshots import digits_proof
from core.messages import Address
from core.people.codes import Codes
from core.people.links import Links
from core.people.model import Linked
from core.profile import Disclosure, Linking
from core.secret import Secret
from tests.conftest import NOW
from tests.core.dossiers.made import CODE, OTHER

SECRET = Secret("k" * 32)
ZALO, TELEGRAM, WEB, BOT, STRANGER = (
    Address("zalo", "111"),
    Address("telegram", "222"),
    Address("web", "333"),
    Address("zalobot", "444"),
    Address("telegram", "999"),
)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
PROOFS = {digits_proof(SECRET, CODE.text, "1234")}


class People:
    """Codes and links over one database."""

    def __init__(self, engine: AsyncEngine, **rules: int) -> None:
        self.rules = Linking(**rules)  # type: ignore[arg-type]
        self.codes, self.links = Codes(engine, SECRET, self.rules), Links(engine, self.rules)

    async def code(self, owner: Address, now: dt.datetime = NOW) -> str:
        code = await self.codes.make(owner, None, now)
        assert code is not None
        return code

    async def link(self, owner: Address, other: Address, now: dt.datetime = NOW) -> None:
        assert await self.codes.claim(other, None, await self.code(owner, now), now) == owner
        assert isinstance(await self.links.confirm(other, now), Linked)


@pytest.fixture
def people(engine: AsyncEngine) -> People:
    return People(engine)


async def test_a_code_has_eight_digits_and_only_its_fingerprint_is_kept(
    people: People, engine: AsyncEngine
) -> None:
    codes = [await people.code(Address("zalo", str(n))) for n in range(5)]
    assert all(len(code) == 8 and code.isdecimal() for code in codes)
    with sqlite3.connect(engine.url.database or "") as database:
        kept = str(database.execute("SELECT * FROM link_code").fetchall())
    assert not [code for code in codes if code in kept]


async def test_typed_and_confirmed_it_links(people: People) -> None:
    await people.link(TELEGRAM, WEB)
    assert await people.links.linked(TELEGRAM) == (WEB,)
    assert await people.links.linked(WEB) == (TELEGRAM,)
    assert await people.links.linked(STRANGER) == ()


async def test_a_code_alone_links_nothing(people: People) -> None:
    await people.codes.claim(TELEGRAM, None, await people.code(ZALO), NOW)
    assert await people.links.linked(ZALO) == ()
    assert await people.links.confirm(STRANGER, NOW) == "gone"


async def test_a_code_works_for_whoever_types_it_first_and_once(people: People) -> None:
    code = await people.code(ZALO)
    assert await people.codes.claim(TELEGRAM, None, code, NOW) == ZALO
    assert await people.codes.claim(STRANGER, None, code, NOW) == "wrong"
    assert await people.codes.claim(TELEGRAM, None, code, NOW) == "wrong"
    await people.links.confirm(TELEGRAM, NOW)
    assert await people.codes.claim(STRANGER, None, code, NOW) == "wrong"


async def test_of_many_who_type_it_at_once_one_gets_it(people: People) -> None:
    code = await people.code(ZALO)
    typing = [people.codes.claim(Address("web", str(n)), None, code, NOW) for n in range(8)]
    assert sorted(map(str, await asyncio.gather(*typing))) == ["wrong"] * 7 + [str(ZALO)]


@pytest.mark.parametrize(("after", "outcome"), [(9, ZALO), (10, "wrong"), (600, "wrong")])
async def test_a_code_lasts_ten_minutes(people: People, after: int, outcome: object) -> None:
    code = await people.code(ZALO)
    assert await people.codes.claim(TELEGRAM, None, code, NOW + after * MINUTE) == outcome


@pytest.mark.parametrize(("after", "linked"), [(4, True), (5, False)])
async def test_who_typed_it_has_five_minutes_to_agree(people: People, after: int, linked: bool) -> None:
    typed = NOW + 9 * MINUTE
    await people.codes.claim(TELEGRAM, None, await people.code(ZALO), typed)
    done = await people.links.confirm(TELEGRAM, typed + after * MINUTE)
    assert isinstance(done, Linked) is linked
    assert (await people.links.linked(ZALO) == (TELEGRAM,)) is linked


async def test_a_new_code_ends_the_old_one(people: People) -> None:
    old, new = await people.code(ZALO), await people.code(ZALO)
    assert await people.codes.claim(TELEGRAM, None, old, NOW) == "wrong"
    assert await people.codes.claim(TELEGRAM, None, new, NOW) == ZALO


async def test_a_new_code_ends_what_somebody_typed_and_did_not_confirm(people: People) -> None:
    await people.codes.claim(STRANGER, None, await people.code(ZALO), NOW)
    await people.code(ZALO)
    assert await people.links.confirm(STRANGER, NOW) == "gone"


async def test_ones_own_code_costs_nothing_and_stays_usable(people: People) -> None:
    code = await people.code(ZALO)
    for _ in range(10):
        assert await people.codes.claim(ZALO, None, code, NOW) == "own"
    assert await people.codes.claim(TELEGRAM, None, code, NOW) == ZALO


async def test_guessing_is_stopped_after_five_tries_though_the_sixth_is_right(people: People) -> None:
    code = await people.code(ZALO)
    wrong = [str((int(code) + n) % 10**8).zfill(8) for n in range(1, 7)]
    tries = [await people.codes.claim(STRANGER, None, guess, NOW) for guess in wrong]
    assert tries == ["wrong"] * 5 + ["locked"]
    assert await people.codes.claim(STRANGER, None, code, NOW) == "locked"
    assert await people.codes.claim(TELEGRAM, None, code, NOW) == ZALO


async def test_many_guesses_at_once_gain_nothing(people: People) -> None:
    guesses = [people.codes.claim(STRANGER, None, f"{n:08d}", NOW) for n in range(20)]
    assert sorted(map(str, await asyncio.gather(*guesses))) == ["locked"] * 15 + ["wrong"] * 5


async def test_new_addresses_from_one_place_do_not_help(engine: AsyncEngine) -> None:
    people = People(engine, per_origin=2)
    tries = [
        await people.codes.claim(Address("web", str(n)), "203.0.113.7", "00000000", NOW) for n in range(12)
    ]
    assert tries == ["wrong"] * 10 + ["locked"] * 2
    assert await people.codes.claim(Address("web", "x"), "203.0.113.8", "00000000", NOW) == "wrong"


async def test_everybody_together_may_be_wrong_only_so_often(engine: AsyncEngine) -> None:
    people = People(engine, wrong_per_hour=6)
    code = await people.code(ZALO)
    tries = [await people.codes.claim(Address("web", str(n)), None, "0" * 8, NOW) for n in range(8)]
    assert tries == ["wrong"] * 6 + ["locked"] * 2
    assert await people.codes.claim(TELEGRAM, None, code, NOW) == "locked"


async def test_one_who_is_locked_out_does_not_lock_the_others_out(engine: AsyncEngine) -> None:
    people = People(engine, wrong_per_hour=6)
    code = await people.code(ZALO)
    for _ in range(50):
        await people.codes.claim(STRANGER, None, "0" * 8, NOW)
    assert await people.codes.claim(TELEGRAM, None, code, NOW) == ZALO


async def test_codes_are_not_had_without_end(people: People) -> None:
    got = [await people.codes.make(ZALO, None, NOW) for _ in range(12)]
    assert [code is None for code in got] == [False] * 10 + [True] * 2


async def test_a_fifth_address_is_refused(people: People) -> None:
    for other in (TELEGRAM, WEB, BOT):
        await people.link(ZALO, other)
    assert await people.links.room(WEB) == "full"
    assert await people.links.room(ZALO, STRANGER) == "full"
    await people.codes.claim(STRANGER, None, await people.code(WEB), NOW)
    assert await people.links.confirm(STRANGER, NOW) == "full"
    assert await people.links.linked(STRANGER) == ()


async def test_two_last_places_taken_at_once_are_one(people: People) -> None:
    await people.link(ZALO, TELEGRAM)
    await people.link(ZALO, WEB)
    for owner, other in ((TELEGRAM, BOT), (WEB, STRANGER)):
        await people.codes.claim(other, None, await people.code(owner), NOW)
    done = await asyncio.gather(people.links.confirm(BOT, NOW), people.links.confirm(STRANGER, NOW))
    assert sorted(isinstance(one, Linked) for one in done) == [False, True]
    assert len(await people.links.linked(ZALO)) == 3


async def test_linked_with_one_is_linked_with_all_best_reached_first(people: People) -> None:
    await people.link(WEB, TELEGRAM)
    await people.link(ZALO, BOT)
    await people.link(TELEGRAM, BOT)
    assert await people.links.linked(WEB) == (ZALO, BOT, TELEGRAM)
    assert await people.links.linked(ZALO) == (BOT, TELEGRAM, WEB)
    assert await people.links.room(WEB, ZALO) == "together"


async def test_confirming_again_is_the_same_link(people: People) -> None:
    await people.codes.claim(TELEGRAM, None, await people.code(ZALO), NOW)
    first = await people.links.confirm(TELEGRAM, NOW)
    assert await people.links.confirm(TELEGRAM, NOW + MINUTE) == first
    await people.links.part(TELEGRAM, NOW + 2 * MINUTE)
    assert await people.links.confirm(TELEGRAM, NOW + 3 * MINUTE) == "gone"


async def test_parting_leaves_the_others_together_and_nobody_alone(people: People) -> None:
    for other in (TELEGRAM, WEB):
        await people.link(ZALO, other)
    assert await people.links.part(TELEGRAM, NOW) == (ZALO, WEB)
    assert (await people.links.linked(TELEGRAM), await people.links.linked(WEB)) == ((), (ZALO,))
    assert await people.links.part(ZALO, NOW) == (WEB,)
    assert await people.links.linked(WEB) == ()
    assert await people.links.part(STRANGER, NOW) == ()


async def test_consent_is_recorded_on_both_sides_and_its_end_too(people: People, engine: AsyncEngine) -> None:
    await people.link(ZALO, TELEGRAM)
    await people.links.part(TELEGRAM, NOW + HOUR)
    with sqlite3.connect(engine.url.database or "") as database:
        rows = database.execute("SELECT address, purpose, withdrawn_at IS NULL FROM consent").fetchall()
    assert sorted(rows) == [(str(TELEGRAM), "link", 0), (str(ZALO), "link", 0)]


async def test_old_codes_are_forgotten(people: People, engine: AsyncEngine) -> None:
    await people.code(ZALO)
    await people.codes.forget_old(NOW + DAY)
    with sqlite3.connect(engine.url.database or "") as database:
        assert database.execute("SELECT count(*) FROM link_code").fetchone() == (0,)


async def test_one_list_with_its_labels_and_each_keeps_its_own_afterwards(
    people: People, engine: AsyncEngine
) -> None:
    followed = List(engine)
    await followed.add(ZALO, CODE.text, NOW)
    await followed.name(ZALO, CODE.text, "của mẹ")
    await followed.add(TELEGRAM, OTHER.text, NOW + MINUTE)
    await people.link(ZALO, TELEGRAM)
    for who in (ZALO, TELEGRAM):
        assert [(f.code, f.label) for f in await followed.of(who)] == [
            (CODE.text, "của mẹ"),
            (OTHER.text, ""),
        ]
    await followed.name(TELEGRAM, CODE.text, "khai sinh")
    assert [f.label for f in await followed.of(ZALO)] == ["khai sinh", ""]
    await people.links.part(TELEGRAM, NOW)
    assert [(f.code, f.label) for f in await followed.of(ZALO)] == [(CODE.text, "khai sinh")]
    assert [f.code for f in await followed.of(TELEGRAM)] == [OTHER.text]


async def test_what_both_follow_is_one_entry_and_goes_from_both(people: People, engine: AsyncEngine) -> None:
    followed = List(engine)
    for who in (ZALO, TELEGRAM):
        await followed.add(who, CODE.text, NOW)
    await followed.name(TELEGRAM, CODE.text, "của mẹ")
    await people.link(ZALO, TELEGRAM)
    assert [(f.code, f.label) for f in await followed.of(ZALO)] == [(CODE.text, "của mẹ")]
    await followed.remove(ZALO, CODE.text, NOW)
    await people.links.part(TELEGRAM, NOW)
    assert not await followed.of(TELEGRAM)


async def test_the_list_is_as_long_for_two_addresses_as_for_one(people: People, engine: AsyncEngine) -> None:
    followed = List(engine)
    for n in range(LIMIT):
        assert await followed.add((ZALO, TELEGRAM)[n % 2], f"H15.50-261008-{n:04d}", NOW)
    await people.link(ZALO, TELEGRAM)
    assert not await followed.add(ZALO, CODE.text, NOW)
    assert await followed.add(ZALO, "H15.50-261008-0001", NOW)


@pytest.fixture
def rights(engine: AsyncEngine) -> Rights:
    return Rights(engine, SECRET, Disclosure(), 30 * MINUTE)


async def _prove(rights: Rights, who: Address, now: dt.datetime = NOW) -> None:
    assert await rights.prove_by_digits(who, CODE.text, "1234", PROOFS, now) == "proved"


async def test_a_proof_counts_on_the_other_address_when_the_link_has_lasted_a_while(
    people: People, rights: Rights
) -> None:
    await _prove(rights, ZALO)
    await people.link(ZALO, TELEGRAM)
    levels = [
        await rights.level(TELEGRAM, CODE.text, NOW + dt.timedelta(minutes=m)) for m in (0, 29, 30, 600)
    ]
    assert levels == ["code", "code", "proved", "proved"]
    assert await rights.level(STRANGER, CODE.text, NOW + HOUR) == "code"
    await people.links.part(ZALO, NOW + HOUR)
    assert await rights.level(TELEGRAM, CODE.text, NOW + HOUR) == "code"
    assert await rights.level(ZALO, CODE.text, NOW + HOUR) == "proved"


async def test_a_proof_given_after_linking_counts_at_once(people: People, rights: Rights) -> None:
    await people.link(ZALO, TELEGRAM)
    await _prove(rights, TELEGRAM, NOW + HOUR)
    assert await rights.level(ZALO, CODE.text, NOW + HOUR) == "proved"


async def test_on_a_shared_computer_a_proof_of_the_telephone_counts_a_day_only(
    people: People, rights: Rights
) -> None:
    await people.link(ZALO, WEB, NOW - HOUR)
    await _prove(rights, ZALO)
    assert await rights.level(WEB, CODE.text, NOW + 23 * HOUR) == "proved"
    assert await rights.level(WEB, CODE.text, NOW + 24 * HOUR) == "code"
    assert await rights.level(ZALO, CODE.text, NOW + 29 * DAY) == "proved"


async def test_withdrawing_on_one_address_withdraws_on_all(people: People, rights: Rights) -> None:
    await people.link(ZALO, TELEGRAM, NOW - HOUR)
    await _prove(rights, ZALO)
    await rights.withdraw(TELEGRAM, CODE.text)
    assert await rights.level(ZALO, CODE.text, NOW) == "code"


async def test_a_leave_stays_with_the_account_that_took_it_up(people: People, rights: Rights) -> None:
    await _prove(rights, STRANGER)
    token = await rights.share(STRANGER, CODE.text, NOW)
    assert await rights.redeem(ZALO, token, NOW) == CODE.text
    await people.link(ZALO, TELEGRAM)
    assert await rights.level(ZALO, CODE.text, NOW + HOUR) == "delegated"
    assert await rights.level(TELEGRAM, CODE.text, NOW + HOUR) == "code"


async def test_leaves_are_seen_and_ended_from_either_address(people: People, rights: Rights) -> None:
    await people.link(ZALO, TELEGRAM, NOW - HOUR)
    await _prove(rights, ZALO)
    await rights.share(ZALO, CODE.text, NOW)
    assert len(await rights.delegations(TELEGRAM, CODE.text, NOW)) == 1
    assert await rights.revoke(TELEGRAM, CODE.text) == 1


async def test_a_leave_given_on_the_others_proof_ends_with_the_link(people: People, rights: Rights) -> None:
    await people.link(ZALO, TELEGRAM, NOW - HOUR)
    await _prove(rights, ZALO)
    own, borrowed = [await rights.share(who, CODE.text, NOW) for who in (ZALO, TELEGRAM)]
    for address in await people.links.part(TELEGRAM, NOW), (TELEGRAM,):
        await rights.end_borrowed(address[0], NOW)
    assert await rights.redeem(Address("zalo", "kin"), borrowed, NOW) == "wrong"
    assert await rights.redeem(Address("zalo", "kin"), own, NOW) == CODE.text
