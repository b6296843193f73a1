"""What every channel relies on: any message gets a courteous answer, with and without Rasa."""

from __future__ import annotations

import asyncio
import datetime as dt
import unicodedata
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import beside, dossiers
from bot.conversation import MAX_BUBBLE, Conversation
from bot.rasa import Rasa
from core import profile as profiles
from core.conversations.inbox import Inbox
from core.conversations.state import States
from core.db import engine as engines
from core.errors import DatabaseAway
from core.messages import Address, Incoming, Kind, Reply
from core.procedures.choices import Choices
from core.procedures.guide import Guide
from core.secret import Secret
from core.settings import Settings
from tests.bot.fakes import FakeRasa, away
from tests.conftest import NOW, rows
from tests.core.dossiers.made import FakePortal

CITIZEN = Address("web", "a")
PLAIN = "tạm trả lời theo từ khóa"


def conversation(
    guide: Guide,
    engine: AsyncEngine,
    fake: FakeRasa,
    now: dt.datetime = NOW,
    rasa: Rasa | None = None,
    states: States | None = None,
) -> Conversation:
    profile = profiles.load("dak-lak")
    made = dossiers.assemble(Settings(), profile, engine, Secret("k" * 32), FakePortal(), lambda: now)
    inbox = Inbox(engine, lambda: now)
    more = beside.assemble(profile, engine, Secret("k" * 32), inbox, made.on_part, lambda: now)
    rasa = rasa or Rasa(fake.client(), "http://rasa")
    return Conversation(
        guide,
        made.desk,
        more.desk,
        states or States(engine),
        Choices(engine, Secret("k" * 32)),
        rasa,
        profile,
        lambda: now,
    )


@pytest.fixture
def alone(guide: Guide, engine: AsyncEngine) -> Conversation:
    """The conversation with Rasa away."""
    return conversation(guide, engine, FakeRasa(away))


def said(reply: Reply) -> str:
    return "\n".join(m.text for m in reply.messages)


async def write(talk: Conversation, text: str, kind: Kind = "text") -> Reply:
    return await talk.answer(Incoming(CITIZEN, text, kind))


ODD = {
    "empty": "",
    "blanks": " \t\n ",
    "emoji": "😀🙏",
    "punctuation": "?!…",
    "10,000 letters": "khai sinh " * 1_000,
    "one long word": "a" * 10_000,
    "NFD": unicodedata.normalize("NFD", "đăng ký khai sinh ở đâu"),
    "mixed scripts": "làm 身份证 căn cước паспорт مرحبا",
    "control characters": "khai\x00sinh\x1b[31m\u202e ở đâu",
    "lone surrogate": "khai sinh \ud83d",
    "HTML": "<script>alert(1)</script> khai sinh",
    "Markdown": "[khai sinh](javascript:alert(1)) **x** `y`",
    "format strings": "{0} %s $province ${portal}",
    "SQL": "'; DROP TABLE conversation; --",
    "unknown command": "/xyz",
    "bare slash": "/",
    "number": "3",
    "huge number": "9" * 500,
    "superscript": "²",
    "rasa payload": "/restart",
    "rasa intent": '/ask_fee{"x": 1}',
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
@pytest.mark.both_databases
async def test_odd_input_gets_a_courteous_answer(alone: Conversation, text: str) -> None:
    reply = await write(alone, text)
    assert reply.messages
    assert "trục trặc" not in said(reply)
    for unwanted in ("<script>", "javascript:", "DROP TABLE", "\x1b"):
        assert unwanted not in said(reply)


@pytest.mark.parametrize("kind", ["sticker", "voice", "file"])
async def test_what_is_no_text_is_answered_courteously(alone: Conversation, kind: Kind) -> None:
    assert "gõ câu hỏi bằng chữ" in said(await write(alone, "", kind))


async def test_without_rasa_a_question_is_answered_from_keywords_and_says_so(alone: Conversation) -> None:
    reply = await write(alone, "đăng ký kết hôn cần giấy tờ gì")
    assert PLAIN in said(reply)
    assert "Giấy tờ" in said(reply)


@pytest.mark.parametrize("text", ["/start", "/help", "/thutuc", "/thutuc@motcua_bot", "/HELP"])
async def test_commands_never_need_rasa(alone: Conversation, text: str) -> None:
    reply = await write(alone, text)
    assert PLAIN not in said(reply)
    assert any(m.buttons for m in reply.messages)


async def test_a_procedure_code_never_needs_rasa(alone: Conversation) -> None:
    reply = await write(alone, "thủ tục 1.000894 cần giấy tờ gì")
    assert PLAIN not in said(reply)
    assert "1.000894" in said(reply)


@pytest.mark.parametrize(
    "text", ["H15.50.05.13-261008-0975", "hồ sơ 000.00.05.H45-241008-0001 sao rồi", "h15.50-261008-0975"]
)
async def test_a_dossier_code_is_recognised(alone: Conversation, text: str) -> None:
    reply = await write(alone, text)
    assert reply.intent == "dossier_status"


async def test_buttons_answer_without_rasa_and_keep_the_procedure(alone: Conversation) -> None:
    first = await write(alone, "tt:dang-ky-ket-hon:1", "payload")
    assert "Giấy tờ" in said(first)
    follow = await write(alone, "thế lệ phí bao nhiêu")
    assert "Đăng ký kết hôn" in said(follow)


@pytest.mark.both_databases
async def test_a_choice_may_be_typed_as_its_number_or_its_title(alone: Conversation) -> None:
    topics = await write(alone, "/thutuc")
    second = topics.messages[0].buttons[1].title
    by_number = await write(alone, "2")
    await write(alone, "/thutuc")
    by_title = await write(alone, unicodedata.normalize("NFD", second.upper()))
    assert said(by_number) == said(by_title)


async def test_a_button_from_another_time_is_answered(alone: Conversation) -> None:
    assert "không còn dùng được" in said(await write(alone, "tt:xoa-roi:1", "payload"))


async def test_long_answers_are_split_for_phones(alone: Conversation, guide: Guide) -> None:
    for ident in guide.catalogue:
        for message in (await write(alone, f"tt:{ident}:1", "payload")).messages:
            assert len(message.text) <= MAX_BUBBLE


async def test_the_province_comes_from_the_profile(alone: Conversation) -> None:
    text = said(await write(alone, "/start"))
    assert "Đắk Lắk" in text
    assert "$" not in text


async def test_what_was_in_hand_is_forgotten_after_half_a_day(guide: Guide, engine: AsyncEngine) -> None:
    fake = FakeRasa(away)
    await write(conversation(guide, engine, fake), "tt:dang-ky-ket-hon:1", "payload")
    later = conversation(guide, engine, fake, NOW + dt.timedelta(hours=13))
    assert "của thủ tục nào" in said(await write(later, "lệ phí bao nhiêu"))


async def test_the_procedure_in_hand_goes_to_rasa(guide: Guide, engine: AsyncEngine) -> None:
    answer: list[dict[str, Any]] = [{"custom": {"message": {"text": "Được ạ"}}}]
    fake = FakeRasa(lambda _: httpx.Response(200, json=answer))
    talk = conversation(guide, engine, fake)
    await write(talk, "tt:dang-ky-ket-hon:1", "payload")
    await write(talk, "thế còn lệ phí")
    assert fake.bodies[-1]["metadata"] == {"procedure": "dang-ky-ket-hon"}


async def test_messages_of_one_person_are_answered_in_order(guide: Guide, engine: AsyncEngine) -> None:
    class Busy(Rasa):
        running = 0
        most = 0

        async def turn(self, sender: str, text: str, procedure: str | None) -> Any:
            Busy.running += 1
            Busy.most = max(Busy.most, Busy.running)
            await asyncio.sleep(0.01)
            Busy.running -= 1
            return await super().turn(sender, text, procedure)

    rasa = Busy(FakeRasa(away).client(), "http://rasa")
    talk = conversation(guide, engine, FakeRasa(away), rasa=rasa)
    await asyncio.gather(*(write(talk, f"khai sinh {n} lần") for n in range(5)))
    assert Busy.most == 1


async def test_a_database_out_of_reach_is_said_to_whoever_can_ask_again(
    guide: Guide, engine: AsyncEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = engines.create("postgresql+asyncpg://a@127.0.0.1:9/c")
    talk = conversation(guide, engine, FakeRasa(away), states=States(gone))
    with pytest.raises(DatabaseAway):
        await write(talk, "căn cước 034567890123 của Nguyễn Văn A")
    logged = capsys.readouterr().out
    assert "answer_failed" in logged
    assert "034567890123" not in logged


async def test_a_broken_database_is_an_apology_and_logs_nothing_personal(
    guide: Guide, engine: AsyncEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    class Broken(States):
        async def get(self, address: Address, now: dt.datetime) -> Any:
            raise OSError("disk full near 034567890123")

    talk = conversation(guide, engine, FakeRasa(away), states=Broken(engine))
    reply = await write(talk, "căn cước 034567890123 của Nguyễn Văn A")
    assert "trục trặc" in said(reply)
    logged = capsys.readouterr().out
    assert "answer_failed" in logged
    assert "034567890123" not in logged
    assert "Nguyễn" not in logged


@pytest.mark.both_databases
async def test_what_is_chosen_after_asking_back_is_remembered(
    alone: Conversation, engine: AsyncEngine
) -> None:
    asked = await write(alone, "giấy phép")
    buttons = [b for m in asked.messages for b in m.buttons if b.payload]
    assert [b.payload for b in buttons][-1] == "none"
    chosen = buttons[0].payload or ""
    await alone.answer(Incoming(CITIZEN, chosen, "payload"))
    await alone.answer(Incoming(CITIZEN, chosen, "payload"))  # pressed again: no new choice
    kept = await rows(engine, "SELECT phrase, procedure FROM search_choice")
    assert kept == [("giay phep", chosen.split(":")[1])]


async def test_a_number_means_the_choice_it_stood_before_in_any_message_of_the_answer(
    guide: Guide, engine: AsyncEngine
) -> None:
    def two(_: httpx.Request) -> httpx.Response:
        def shown(title: str, payload: str) -> dict[str, Any]:
            buttons = [{"title": title, "payload": payload}, {"title": "Cổng", "url": "https://a.vn"}]
            return {"custom": {"message": {"text": title, "buttons": buttons}}}

        return httpx.Response(
            200, json=[shown("Thủ tục thường gặp", "topics"), shown("Gặp cán bộ", "person")]
        )

    talk = conversation(guide, engine, FakeRasa(two))
    reply = await talk.answer(Incoming(CITIZEN, "cần gì"))
    assert [m.first for m in reply.messages] == [1, 2]
    chosen = await talk.answer(Incoming(CITIZEN, "2"))
    assert "gặp cán bộ" in chosen.messages[0].text.lower()
