"""The list of dossiers a person follows: its limit, its consents, many at once."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.dossiers.followed import LABEL, LIMIT, Followed, List
from core.messages import Address
from tests.conftest import NOW, rows

pytestmark = pytest.mark.both_databases
WHO = Address("zalo", "1")


@pytest.fixture
def followed(engine: AsyncEngine) -> List:
    return List(engine)


async def test_pressed_twice_at_once_is_one_entry_and_one_consent(
    followed: List, engine: AsyncEngine
) -> None:
    assert all(await asyncio.gather(*(followed.add(WHO, "H15-1", NOW) for _ in range(6))))
    assert await followed.of(WHO) == [Followed("H15-1", "")]
    assert len(await rows(engine, "SELECT id FROM consent")) == 1


async def test_a_full_list_takes_nothing_more_and_leaves_no_consent(
    followed: List, engine: AsyncEngine
) -> None:
    for number in range(LIMIT):
        assert await followed.add(WHO, f"H15-{number}", NOW)
    assert not await followed.add(WHO, "H15-x", NOW)
    assert await followed.add(WHO, "H15-0", NOW)  # is there already
    assert "H15-x" not in [f.code for f in await followed.of(WHO)]
    assert len(await rows(engine, "SELECT id FROM consent")) == LIMIT
    await followed.remove(WHO, "H15-0", NOW)
    assert await followed.add(WHO, "H15-x", NOW)


@pytest.mark.parametrize(
    ("label", "kept"),
    [("của mẹ 😀", "của mẹ 😀"), ("a\x00b", "ab"), ("a\ud83d", "a"), ("ạ" * 100, "ạ" * LABEL)],
)
async def test_any_label_can_be_kept(followed: List, label: str, kept: str) -> None:
    await followed.add(WHO, "H15-1", NOW)
    await followed.name(WHO, "H15-1", label)
    assert await followed.of(WHO) == [Followed("H15-1", kept)]
