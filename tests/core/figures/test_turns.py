"""The log of turns: what is kept of a message, what never is, and for how long."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.figures.assumptions import Assumptions
from core.figures.turns import Turn, TurnLog, kept_text
from core.messages import Address, How, Message, Outcome, Reply, Understood
from core.privacy import HIDDEN
from core.secret import Secret
from tests.conftest import dump, rows

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = dt.datetime(2026, 11, 24, 18, 30, tzinfo=dt.UTC)  # the 25th in the province
WHO = Address("zalo", "person-1")


def turn(
    text: str,
    outcome: Outcome = "answered",
    kind: str = "text",
    at: dt.datetime = NOW,
    private: bool = False,
    said: str | None = None,
    question: str | None = None,
) -> Turn:
    known = Understood("ask_fee", 0.75, "ask_office", 0.5)
    how = How(outcome, known, "dang-ky-khai-sinh", "H15.50.05.13-261008-0975", question, private)
    procedures = ({"code": "1.001193", "name": "Đăng ký khai sinh", "score": 0.91234},)
    return Turn(at, WHO, kind, text, Reply((Message("x"),), procedures=procedures, said=said, how=how), 42)


def log(engine: AsyncEngine) -> TurnLog:
    return TurnLog(engine, Secret("k" * 32), ZONE, Assumptions())


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("làm khai sinh hết bao nhiêu", "làm khai sinh hết bao nhiêu"),
        ("số tôi 0912 345 678", f"số tôi {HIDDEN}"),
        ("cccd 012345678901 đây", f"cccd {HIDDEN} đây"),
        ("hồ sơ H15.50.05.13-261008-0975 đâu rồi", "hồ sơ [mã hồ sơ] đâu rồi"),
        ("h15 50 05 13 261008 0975", "[mã hồ sơ]"),
        ("mã xem hộ 1234 5678", f"mã xem hộ {HIDDEN}"),
        ("nộp 4 bản, ngày 12/11", "nộp 4 bản, ngày 12/11"),
        ("a\x00b\ud83d", "ab"),
        ("  ", None),
    ],
)
def test_numbers_and_codes_are_hidden(written: str, kept: str | None) -> None:
    assert kept_text(turn(written)) == kept


def test_what_may_be_a_proof_and_what_was_pressed_is_not_there_at_all() -> None:
    assert kept_text(turn("1234", private=True)) is None
    assert kept_text(turn("1234", said=HIDDEN)) is None
    assert kept_text(turn("tt:dang-ky-khai-sinh:2", kind="payload")) is None
    assert kept_text(turn("", kind="location")) is None
    assert len(kept_text(turn("ă" * 5000)) or "") == 1000


@pytest.mark.both_databases
async def test_a_row_says_how_the_answer_came_about_and_not_who_asked(engine: AsyncEngine) -> None:
    await log(engine).write([turn("phí bao nhiêu, số 0912345678")])
    query = (
        "SELECT day, who, channel, kind, text, phrase, intent, confidence, second, margin, procedure, outcome, ms,"
        " identifier FROM turn"
    )
    ((day, who, *rest),) = await rows(engine, query)
    assert str(day) == "2026-11-25"
    assert len(who) == 64
    assert rest == [
        "zalo", "text", f"phí bao nhiêu, số {HIDDEN}", None, "ask_fee", 0.75, "ask_office", 0.5,
        "dang-ky-khai-sinh", "answered", 42, "H15.50.05.13",
    ]  # fmt: skip
    everything = await dump(engine)
    for hidden in ("person-1", "0912345678", "261008-0975"):
        assert hidden not in everything
    assert "1.001193" in everything


async def test_the_same_person_has_the_same_mark_here_and_no_other_table_shares_it(
    engine: AsyncEngine,
) -> None:
    await log(engine).write([turn("a"), turn("b")])
    marks = {who for (who,) in await rows(engine, "SELECT who FROM turn")}
    assert len(marks) == 1
    assert Secret("k" * 32).fingerprint("who", str(WHO)) not in marks


@pytest.mark.parametrize(
    ("one", "phrase"),
    [
        (turn("Nuôi cá LỒNG!", "declined"), "nuoi ca long"),
        (turn("Nuôi cá lồng", "answered"), None),
        (turn("Nuôi cá lồng", "asked_back"), None),
        (turn("1234", "declined", private=True), None),
        (turn("none", "declined", "payload", question="nuoi ca"), "nuoi ca"),
        (turn("tt:x:1", "failed", "payload"), None),
        (turn("số 0912345678 của ai", "declined"), "so cua ai"),
    ],
)
async def test_only_questions_that_were_not_answered_are_grouped(
    engine: AsyncEngine, one: Turn, phrase: str | None
) -> None:
    await log(engine).write([one])
    assert await rows(engine, "SELECT phrase FROM turn") == [(phrase,)]


@pytest.mark.both_databases
async def test_words_go_first_and_rows_later(engine: AsyncEngine) -> None:
    kept = log(engine)
    ages = (1, 89, 91, 399, 402)
    await kept.write([turn(f"sau {n}", "declined", at=NOW - dt.timedelta(days=n)) for n in ages])
    await kept.forget_old(NOW)
    await kept.forget_old(NOW)
    found = await rows(engine, "SELECT text, phrase FROM turn ORDER BY day DESC")
    assert found == [("sau 1", "sau 1"), ("sau 89", "sau 89"), (None, None), (None, None)]


async def test_an_answer_without_a_message_is_silence(engine: AsyncEngine) -> None:
    silent = Turn(NOW, WHO, "text", "alo", Reply(()), 1)
    await log(engine).write([silent])
    assert await rows(engine, "SELECT outcome, text FROM turn") == [("silent", "alo")]


async def test_more_than_a_transaction_takes_is_forgotten_too(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.figures.turns.CHUNK", 3)
    kept = log(engine)
    await kept.write([turn("x", at=NOW - dt.timedelta(days=500 - n)) for n in range(8)])
    await kept.forget_old(NOW)
    assert await rows(engine, "SELECT count(*) FROM turn") == [(0,)]
