"""Proofs and leaves: who gets them, how often one may try, how they end."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.dossiers.rights import Rights
from core.dossiers.snapshots import digits_proof, phone_proof
from core.messages import Address
from core.profile import Disclosure
from core.secret import Secret
from tests.conftest import NOW
from tests.core.dossiers.made import CODE, OTHER, PHONE

pytestmark = pytest.mark.both_databases

SECRET = Secret("k" * 32)
WEB, ZALO, TELEGRAM = Address("web", "a"), Address("zalo", "b"), Address("telegram", "c")
PROOFS = {digits_proof(SECRET, CODE.text, "1234"), phone_proof(SECRET, CODE.text, PHONE)}
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def rights(engine: AsyncEngine) -> Rights:
    return Rights(engine, SECRET, Disclosure())


async def _prove(rights: Rights, who: Address, digits: str = "1234", now: dt.datetime = NOW) -> str:
    return await rights.prove_by_digits(who, CODE.text, digits, PROOFS, now)


async def test_a_proof_is_for_one_person_one_dossier_and_a_while(rights: Rights) -> None:
    assert await _prove(rights, TELEGRAM) == "proved"
    assert await rights.level(TELEGRAM, CODE.text, NOW) == "proved"
    assert await rights.level(TELEGRAM, OTHER.text, NOW) == "code"
    assert await rights.level(WEB, CODE.text, NOW) == "code"
    assert await rights.level(TELEGRAM, CODE.text, NOW + 29 * DAY) == "proved"
    assert await rights.level(TELEGRAM, CODE.text, NOW + 30 * DAY) == "code"


async def test_on_a_page_that_may_be_a_shared_computer_it_lasts_a_day(rights: Rights) -> None:
    await _prove(rights, WEB)
    assert await rights.level(WEB, CODE.text, NOW + DAY) == "code"


async def test_five_wrong_tries_lock_the_dossier_on_every_channel_for_an_hour(rights: Rights) -> None:
    people = [WEB, ZALO, TELEGRAM, Address("web", "d"), Address("zalo", "e")]
    outcomes = [await _prove(rights, who, "0000") for who in people]
    assert outcomes == ["wrong"] * 4 + ["locked"]
    assert await _prove(rights, Address("web", "owner")) == "locked"
    assert await _prove(rights, Address("web", "owner"), now=NOW + HOUR) == "proved"


async def test_five_wrong_tries_lock_the_person_for_other_dossiers_too(rights: Rights) -> None:
    for _ in range(5):
        await _prove(rights, WEB, "0000")
    assert await rights.prove_by_digits(WEB, OTHER.text, "1", set(), NOW) == "locked"


async def test_many_tries_at_once_are_still_five(rights: Rights) -> None:
    tries = [_prove(rights, Address("web", str(n)), f"{n:04d}") for n in range(1230, 1250)]
    outcomes = await asyncio.gather(*tries)
    assert outcomes.count("locked") >= 15


async def test_a_code_nobody_knows_is_counted_and_answered_alike(rights: Rights) -> None:
    known = [await rights.prove_by_digits(WEB, CODE.text, "0000", PROOFS, NOW) for _ in range(6)]
    unknown = [await rights.prove_by_digits(ZALO, OTHER.text, "0000", set(), NOW) for _ in range(6)]
    assert known == unknown


async def test_the_same_proof_given_twice_at_once_is_one(rights: Rights) -> None:
    said = await asyncio.gather(
        *(rights.prove_by_phone(TELEGRAM, CODE.text, PHONE, PROOFS, NOW) for _ in range(8))
    )
    assert set(said) == {"proved"}


async def test_the_right_proof_is_not_counted(rights: Rights) -> None:
    for _ in range(12):
        assert await _prove(rights, TELEGRAM) == "proved"


async def test_a_vouched_telephone_number_opens_a_locked_dossier(rights: Rights) -> None:
    for n in range(6):
        await _prove(rights, Address("web", str(n)), "0000")
    assert await rights.prove_by_phone(TELEGRAM, CODE.text, "+84905000000", PROOFS, NOW) == "wrong"
    assert await rights.prove_by_phone(TELEGRAM, CODE.text, PHONE, PROOFS, NOW) == "proved"


async def test_a_leave_is_taken_up_once_and_seen_by_its_taker_only(rights: Rights) -> None:
    await _prove(rights, TELEGRAM)
    token = await rights.share(TELEGRAM, CODE.text, NOW)
    assert len(token) == 8
    assert [d.taken for d in await rights.delegations(TELEGRAM, CODE.text, NOW)] == [False]
    assert await rights.redeem(ZALO, token, NOW + HOUR) == CODE.text
    assert await rights.redeem(WEB, token, NOW + HOUR) == "wrong"
    assert await rights.level(ZALO, CODE.text, NOW + HOUR) == "delegated"
    assert await rights.level(WEB, CODE.text, NOW + HOUR) == "code"
    assert [d.taken for d in await rights.delegations(TELEGRAM, CODE.text, NOW)] == [True]
    assert await rights.level(ZALO, CODE.text, NOW + 31 * DAY) == "code"


async def test_two_who_take_the_same_leave_at_once_do_not_both_get_it(rights: Rights) -> None:
    token = await rights.share(TELEGRAM, CODE.text, NOW)
    taken = await asyncio.gather(*(rights.redeem(Address("web", str(n)), token, NOW) for n in range(8)))
    assert taken.count(CODE.text) == 1


async def test_an_old_leave_cannot_be_taken_up(rights: Rights) -> None:
    token = await rights.share(TELEGRAM, CODE.text, NOW)
    assert await rights.redeem(ZALO, token, NOW + 24 * HOUR) == "wrong"
    assert not await rights.delegations(TELEGRAM, CODE.text, NOW + 25 * HOUR)


async def test_leaves_cannot_be_guessed_for_long(rights: Rights) -> None:
    token = await rights.share(TELEGRAM, CODE.text, NOW)
    wrong = f"{(int(token) + 1) % 10**8:08d}"
    assert [await rights.redeem(WEB, wrong, NOW) for _ in range(6)] == ["wrong"] * 5 + ["locked"]
    assert await rights.redeem(WEB, token, NOW) == "locked"


async def test_a_leave_is_revoked_by_its_giver(rights: Rights) -> None:
    await rights.redeem(ZALO, await rights.share(TELEGRAM, CODE.text, NOW), NOW)
    assert await rights.revoke(WEB, CODE.text) == 0
    assert await rights.revoke(TELEGRAM, CODE.text) == 1
    assert await rights.level(ZALO, CODE.text, NOW) == "code"


async def test_withdrawing_a_proof_ends_what_was_given_on_its_strength(rights: Rights) -> None:
    await _prove(rights, TELEGRAM)
    await rights.redeem(ZALO, await rights.share(TELEGRAM, CODE.text, NOW), NOW)
    await rights.withdraw(TELEGRAM, CODE.text)
    assert await rights.level(TELEGRAM, CODE.text, NOW) == "code"
    assert await rights.level(ZALO, CODE.text, NOW) == "code"


async def test_the_taker_gives_a_leave_back_without_ending_the_owners_proof(rights: Rights) -> None:
    await _prove(rights, TELEGRAM)
    await rights.redeem(ZALO, await rights.share(TELEGRAM, CODE.text, NOW), NOW)
    await rights.withdraw(ZALO, CODE.text)
    assert await rights.level(ZALO, CODE.text, NOW) == "code"
    assert await rights.level(TELEGRAM, CODE.text, NOW) == "proved"


async def test_what_expired_is_deleted(rights: Rights) -> None:
    await _prove(rights, TELEGRAM)
    await rights.share(TELEGRAM, CODE.text, NOW)
    await rights.forget_old(NOW + 31 * DAY)
    assert await rights.level(TELEGRAM, CODE.text, NOW) == "code"
    assert not await rights.delegations(TELEGRAM, CODE.text, NOW)
