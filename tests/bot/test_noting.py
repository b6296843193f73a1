"""Every answer is noted, none waits for it, and what is noted says how the answer came about."""

from __future__ import annotations

import asyncio
import datetime as dt
import pathlib
from collections.abc import Awaitable, Callable, Sequence
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import noting
from bot.app import create_app
from bot.noting import Noting
from bot.rasa import Rasa
from core.db import engine as engines
from core.errors import DatabaseAway
from core.figures.assumptions import Assumptions
from core.figures.turns import Turn, TurnLog
from core.messages import Address, Incoming, Reply, Understood
from core.secret import Secret
from core.settings import Settings
from tests.bot.fakes import FakeConversation, FakeRasa
from tests.bot.town import Town
from tests.conftest import rows, until

NOW = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)
ME = Address("web", "1")


class Book:
    """A log with memory; fails as told."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.errors: list[Exception] = []
        self.writes: list[int] = []

    async def write(self, turns: Sequence[Turn]) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.writes.append(len(turns))
        self.turns += turns


def noted(book: Book) -> Noting:
    return Noting(FakeConversation(), book, lambda: NOW)


async def say(conversation: Noting, *texts: str) -> None:
    for text in texts:
        await conversation.answer(Incoming(ME, text))


def said(book: Book) -> list[str]:
    return [turn.text for turn in book.turns]


async def test_the_answer_comes_first_and_the_note_at_the_end_at_the_latest() -> None:
    book = Book()
    conversation = noted(book)
    conversation.start()
    reply = await conversation.answer(Incoming(ME, "xin chào", photo=b"x"))
    assert reply.messages[0].text == "text: xin chào"
    assert book.turns == []
    await conversation.stop()
    (turn,) = book.turns
    assert (turn.address, turn.kind, turn.at, turn.reply) == (ME, "text", NOW, reply)
    assert not hasattr(turn, "photo")


async def test_it_is_written_every_moment_and_sooner_when_there_is_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(noting, "AT_ONCE", 3)
    book = Book()
    conversation = noted(book)
    monkeypatch.setattr(noting, "EVERY", 3600.0)
    conversation.start()
    await say(conversation, *"abcd")
    await until(lambda: len(book.turns) == 4)
    assert book.writes == [3, 1]
    await conversation.stop()
    conversation = noted(book)
    monkeypatch.setattr(noting, "EVERY", 0.01)
    conversation.start()
    await say(conversation, "e")
    await until(lambda: len(book.turns) == 5)
    await conversation.stop()


async def test_while_the_database_is_away_notes_wait_in_their_order_and_the_oldest_go() -> None:
    book = Book()
    conversation = noted(book)
    away = OperationalError("x", {}, Exception())
    book.errors = [away, away]
    await say(conversation, "a", "b")
    assert not await conversation.flush()
    await say(conversation, "c")
    assert not await conversation.flush()
    assert await conversation.flush()
    assert said(book) == ["a", "b", "c"]


async def test_not_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noting, "MOST", 3)
    book = Book()
    conversation = noted(book)
    book.errors = [OperationalError("x", {}, Exception())]
    await say(conversation, *"abcde")
    assert not await conversation.flush()
    assert await conversation.flush()
    assert said(book) == ["c", "d", "e"]


async def test_a_row_that_can_never_be_written_keeps_nobody_else_out() -> None:
    book = Book()
    conversation = noted(book)
    book.errors = [IntegrityError("x", {}, Exception())]
    await say(conversation, "a")
    assert await conversation.flush()
    await say(conversation, "b")
    assert await conversation.flush()
    assert said(book) == ["b"]


async def test_a_message_that_has_to_be_asked_again_is_not_noted_yet() -> None:
    def away(incoming: Incoming) -> Reply:
        raise DatabaseAway("x")

    book = Book()
    conversation = Noting(FakeConversation(away), book, lambda: NOW)
    with pytest.raises(DatabaseAway):
        await say(conversation, "a")
    await conversation.flush()
    assert book.turns == []


async def test_stopping_does_not_wait_for_a_database_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hanging(Book):
        async def write(self, turns: Sequence[Turn]) -> None:
            await asyncio.Event().wait()

    monkeypatch.setattr(noting, "STOP_SECONDS", 0.05)
    conversation = noted(Hanging())
    conversation.start()
    await say(conversation, "a")
    async with asyncio.timeout(5):
        await conversation.stop()


async def test_each_way_of_answering_is_told_apart(town: Town) -> None:
    done = town.dossier("H15", "Đang xử lý")

    async def how(text: str, kind: str = "text", who: str = "9") -> Reply:
        return await town.talk.answer(Incoming(Address("web", who), text, kind))  # type: ignore[arg-type]

    outcomes = {
        "plain_mode": await how("đăng ký khai sinh cần giấy tờ gì"),
        "command": await how("/help"),
        "button": await how("tt:dang-ky-khai-sinh:1", "payload"),
        "dossier": await how(done.dossier.code),
        "handed": await how("person", "payload"),
        "declined": await how("none", "payload"),
        "unread": await how("", "sticker"),
        "reminder_desk": await how("cài đặt nhắc"),
        "linking": await how("/lienket"),
    }
    assert {name: reply.how.outcome for name, reply in outcomes.items()} == {n: n for n in outcomes}
    assert outcomes["button"].how.procedure == "dang-ky-khai-sinh"
    assert outcomes["plain_mode"].how.question == "dang ky khai sinh can giay to gi"
    assert outcomes["dossier"].how.dossier is not None


async def test_what_a_desk_asked_for_is_private(town: Town) -> None:
    me = Address("web", "9")
    code = town.dossier("H15").dossier.code
    await town.talk.answer(Incoming(me, f"d:prove:{code}", "payload"))
    asked = await town.talk.answer(Incoming(me, "chị tên Hoa ở thôn 3"))
    after = await town.talk.answer(Incoming(me, "lệ phí chứng thực bản sao"))
    assert (asked.how.private, after.how.private) == (True, False)


async def test_what_rasa_took_it_for_reaches_the_log(
    town: Town, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [
        {"custom": {"understood": [["ask_fee", 0.81], ["ask_office", 0.09]]}},
        {"custom": {"message": {"text": "8.000 đồng"}}},
        {
            "custom": {
                "procedure": "dang-ky-khai-sinh",
                "hits": [{"id": "dang-ky-khai-sinh", "score": 0.9}],
                "outcome": "answered",
                "answered": "dang-ky-khai-sinh",
            }
        },
    ]
    rasa = Rasa(FakeRasa(lambda _: httpx.Response(200, json=parts)).client(), "http://rasa")
    monkeypatch.setattr(town.parts.conversation, "_rasa", rasa)
    log = TurnLog(engine, Secret("k" * 32), ZoneInfo("Asia/Ho_Chi_Minh"), Assumptions())
    conversation = Noting(town.talk, log, town.world.now)
    reply = await conversation.answer(Incoming(ME, "khai sinh hết bao nhiêu tiền"))
    assert reply.how.understood == Understood("ask_fee", 0.81, "ask_office", pytest.approx(0.72))
    await conversation.flush()
    query = "SELECT text, intent, confidence, second, procedure, outcome FROM turn"
    assert await rows(engine, query) == [
        ("khai sinh hết bao nhiêu tiền", "ask_fee", 0.81, "ask_office", "dang-ky-khai-sinh", "answered")
    ]


async def test_the_application_notes_what_it_answers(
    serve: Callable[[object], Awaitable[str]], database_url: str, tmp_path: pathlib.Path
) -> None:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=database_url,
        rasa_url="http://127.0.0.1:9",
        secret_file=tmp_path / "secret.key",
    )
    base = await serve(create_app(settings))
    async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
        told = {"session": "abcdefgh12345678", "text": "đăng ký khai sinh, số tôi 0912345678"}
        assert (await client.post("/api/chat", json=told)).status_code == 200
    engine = engines.create(database_url)
    async with asyncio.timeout(10):
        while not (found := await rows(engine, "SELECT channel, text, outcome, ms FROM turn")):
            await asyncio.sleep(0.05)
    await engine.dispose()
    ((channel, text, outcome, ms),) = found
    assert (channel, text, outcome) == ("web", "đăng ký khai sinh, số tôi [số đã che]", "plain_mode")
    assert ms >= 0
