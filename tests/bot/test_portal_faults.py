"""Every failure the simulated portals can make, and every one of their dossiers, seen through the whole way."""

from __future__ import annotations

import asyncio
import time
from typing import get_args

import httpx
import pytest

from core.dossiers import follow_up_wording, wording
from core.dossiers.asking import Follow
from core.dossiers.codes import DossierCode
from core.dossiers.model import TITLES
from core.dossiers.shown import Shown
from simulators.portal.dossiers import Dossier
from simulators.portal.failures import Kind
from simulators.portal.working import PROVINCE
from tests.bot.town import Town

PROMISED = 10.0  # far below the delay: PORTAL_WAIT decides, and settings keep it under 5 s
_APOLOGY = "chưa trả lời lúc này"  # what is said when the portal fails and nothing is remembered


async def _fail(town: Town, kind: Kind, **more: object) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        body = {"kind": kind, "times": None, "seconds": 30.0, **more}
        (await client.post(f"{town.base}/_control/failures", json=body)).raise_for_status()


# What each failure may lead to, with nothing remembered: an apology, or the true state where the answer
# was still good (a session that can be renewed), or was good in part.
_STILL_TRUE = {Kind.EXPIRED, Kind.FUTURE_DATES, Kind.NULLS, Kind.UNKNOWN_STATUS, Kind.MISSING_STATUS}


@pytest.mark.parametrize("root", ["H15", "H45"])
@pytest.mark.parametrize("kind", list(Kind))
async def test_every_failure_has_a_true_answer_in_time(town: Town, kind: Kind, root: str) -> None:
    code = town.dossier(root).dossier.code
    await _fail(town, kind)
    started = time.monotonic()
    shown = await town.says(code)
    assert time.monotonic() - started < PROMISED
    assert "trục trặc" not in shown
    assert code in shown
    said = [title for title in TITLES.values() if f"Tình trạng: {title}" in shown]
    if kind in _STILL_TRUE:
        assert said in ([], ["Đang xử lý"])
    else:
        assert said == []
        assert _APOLOGY in shown or "chưa có gì để hiện" in shown
    if kind is Kind.FUTURE_DATES:
        assert not any(f"/{year}" in shown for year in range(2028, 2100))


@pytest.mark.parametrize("root", ["H15", "H45"])
@pytest.mark.parametrize("kind", [k for k in Kind if k not in _STILL_TRUE])
async def test_after_a_good_answer_a_failing_portal_costs_nobody_the_state(
    town: Town, kind: Kind, root: str
) -> None:
    code = town.dossier(root).dossier.code
    before = await town.says(code)
    assert "Tình trạng: Đang xử lý" in before
    await _fail(town, kind)
    started = time.monotonic()
    after = await town.says(code)
    assert time.monotonic() - started < PROMISED
    assert "Tình trạng: Đang xử lý" in after
    assert "ghi nhận lúc" in after
    town.world.failures.clear()


async def test_a_portal_that_is_down_is_left_alone_and_heals_by_itself(town: Town) -> None:
    code = town.dossier("H15").dossier.code
    await _fail(town, Kind.RESET)
    for _ in range(6):
        assert _APOLOGY in await town.says(code)
    town.world.failures.clear()
    asked = dict(town.world.calls)
    assert _APOLOGY in await town.says(code)
    assert dict(town.world.calls) == asked  # given up on for a while
    # The other portal is not touched by it.
    assert "Tình trạng: Đang xử lý" in await town.says(town.dossier("H45").dossier.code)


def _private(dossier: Dossier) -> tuple[str, ...]:
    owner = dossier.owner
    return (owner.name, owner.phone, owner.phone[-9:], owner.identity, owner.address)


async def test_no_unproved_text_tells_anything_of_any_owner(town: Town) -> None:
    """All 2,000, through the drivers and every text a bare code can lead to."""
    every = list(town.world.newest())
    assert len(every) == 2000
    gate = asyncio.Semaphore(8)

    async def look(dossier: Dossier) -> None:
        async with gate:
            found = await town.portals.dossier(DossierCode.parse(dossier.code))
        assert found
        now = town.world.now()
        shown = Shown(found.view, "code", True, now, PROVINCE, now, simulated=True)
        texts = [wording.about(shown).text, wording.timeline(shown).text, wording.summary(shown)]
        texts += [follow_up_wording.answer(follow, shown).text for follow in get_args(Follow)]
        said = "\n".join(texts)
        assert dossier.code in said
        assert not [p for p in (*_private(dossier), found.view.owner_masked or "-") if p in said]

    await asyncio.gather(*map(look, every))


async def test_a_curious_neighbour_learns_nothing_in_conversation(town: Town) -> None:
    for number, dossier in enumerate(list(town.world.newest())[::40]):
        said = await town.says(dossier.code, who=f"n{number}")
        for question in ("ai đứng tên", "thiếu giấy gì", "đóng bao nhiêu tiền", "đang ở phòng nào"):
            said += "\n" + await town.says(question, who=f"n{number}")
        assert dossier.code in said
        assert "Chủ hồ sơ:" not in said
        assert not [p for p in _private(dossier) if p in said]
