"""Learning from what people choose: who counts, how many must agree, and what comes of it."""

from __future__ import annotations

import asyncio
import datetime as dt
import pathlib

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db import engine as engines
from core.messages import Address
from core.procedures.catalogue import Catalogue
from core.procedures.choices import Choices, keep_learning, learn, learned, phrase_of
from core.procedures.guide import Guide
from core.secret import Secret
from tests.conftest import NOW, rows, until

BIRTH, DEATH = "dang-ky-khai-sinh", "dang-ky-khai-tu"


def _people(
    count: int, phrase: str, procedure: str | None, prefix: str = "p"
) -> list[tuple[str, str | None, str]]:
    return [(phrase, procedure, f"{prefix}{n}") for n in range(count)]


@pytest.mark.parametrize(
    ("choices", "taught"),
    [
        (_people(3, "cung be day thang", BIRTH), {BIRTH: ["cung be day thang"]}),
        (_people(2, "cung be day thang", BIRTH), {}),
        ([("x y", BIRTH, "one")] * 9, {}),
        (_people(3, "x y", BIRTH) + _people(1, "x y", DEATH, "q"), {}),
        (_people(4, "x y", BIRTH) + _people(1, "x y", DEATH, "q"), {BIRTH: ["x y"]}),
        (_people(5, "x y", None), {}),
        ([("x y", DEATH, "p0"), *_people(3, "x y", BIRTH)], {BIRTH: ["x y"]}),
        ([], {}),
    ],
)
def test_what_choices_teach(choices: list[tuple[str, str | None, str]], taught: dict[str, list[str]]) -> None:
    assert learn(choices) == taught


def test_a_phrase_holds_nobodys_numbers() -> None:
    assert phrase_of("Tôi tên A, CCCD 066099001234, sđt 0905 123 456: đầy tháng bé") == (
        "toi ten anh can cuoc cong dan so dien thoai day thang be"
    )
    assert len(phrase_of("khai sinh " * 100)) <= 200


@pytest.mark.both_databases
async def test_one_person_teaches_only_so_much_a_day(engine: AsyncEngine) -> None:
    choices = Choices(engine, Secret("k" * 32))
    for n in range(30):
        await choices.record(Address("web", "a"), f"x{n}", BIRTH, NOW)
    kept = await rows(engine, "SELECT who FROM search_choice")
    assert len(kept) == 20
    assert "web:a" not in str(kept)


@pytest.mark.both_databases
async def test_a_question_asked_back_becomes_one_that_is_answered(
    engine: AsyncEngine, catalogue: Catalogue
) -> None:
    guide, choices = Guide(catalogue), Choices(engine, Secret("k" * 32))
    question = "cúng mụ cho cháu xong giờ lo cái giấy đầu đời"
    before = guide.ask(question, ["documents"])
    assert before.procedure is None
    for n in range(3):
        await choices.record(Address("web", str(n)), phrase_of(question), BIRTH, NOW)
    task = asyncio.create_task(keep_learning(engine, guide))
    await until(lambda: guide.ask(question, ["documents"]).procedure == BIRTH)
    task.cancel()
    # Without accents and shortened it is understood too: the words were learned, not the string.
    assert guide.ask("cung mu xong lo cai giay dau doi cho chau", ["documents"]).procedure == BIRTH
    assert not guide.learn(await learned(engine))
    guide.learn({})
    assert guide.ask(question, ["documents"]).procedure is None


@pytest.mark.both_databases
async def test_old_choices_are_forgotten(engine: AsyncEngine) -> None:
    choices = Choices(engine, Secret("k" * 32))
    for n in range(3):
        await choices.record(Address("web", str(n)), "x y", BIRTH, NOW)
    await choices.forget_old(NOW + dt.timedelta(days=366))
    assert await learned(engine) == {}


@pytest.mark.parametrize(
    "url", ["sqlite+aiosqlite:///{folder}/empty.db", "postgresql+asyncpg://a@127.0.0.1:9/c"]
)
async def test_a_database_without_tables_or_away_is_waited_for(
    guide: Guide, tmp_path: pathlib.Path, url: str
) -> None:
    empty = engines.create(url.format(folder=tmp_path))
    task = asyncio.create_task(keep_learning(empty, guide))
    await asyncio.sleep(0.2)
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await empty.dispose()
