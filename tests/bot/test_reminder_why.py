"""Why a message came, whether it is ours, and ratings, in conversation."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest
import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.reminding import Offering
from core import profile as profiles
from core.conversations.state import States
from core.db import engine as engines
from core.db.reminder_tables import RatingRow
from core.dossiers.model import DossierView, Status
from core.dossiers.shown import Shown
from core.messages import Address, Button, Message
from core.reminders.model import Kind
from core.reminders.why import TRIES
from core.reminders.wording import compose
from tests.bot.reminding import follow, put
from tests.bot.test_linking import link
from tests.bot.town import Town

WEB, TELEGRAM, ZALO = "web:r1", "telegram:11", "zalo:22"
each_channel = pytest.mark.parametrize("who", [WEB, TELEGRAM, ZALO])


@each_channel
async def test_why_names_rule_dossier_consent_steps_and_cost(
    town: Town, engine: AsyncEngine, who: str
) -> None:
    code = town.dossier("H15").dossier.code
    await follow(town, code, who)
    steps = (("free", who, "failed", 0), ("template", who, "sent", 300))
    await put(engine, who, code, town.world.now(), steps=steps)
    for answer in (
        await town.says_payload("rm:why:4F7K", who),
        await town.says("vì sao tôi nhận tin này", who),
        await town.says("ai gui tin nay", who),
    ):
        assert "“Nhắc nhận kết quả”" in answer
        assert code in answer
        assert "4F7K" in answer
        assert "đồng ý theo dõi từ" in answer
        assert "sau 3 và 7 ngày làm việc; rồi mỗi tháng một lần, nhiều nhất 2 lần" in answer
        assert "không gửi được; tỉnh trả 0 đồng" in answer
        assert "đã gửi; tỉnh trả 300 đồng" in answer
        assert "Tổng cộng tỉnh trả 300 đồng" in answer
        assert "“dừng”" in answer
    assert "Đã tắt loại tin" in await town.presses("Tắt “Nhắc nhận kết quả”", who)


async def test_why_tells_of_a_consent_that_was_withdrawn(town: Town, engine: AsyncEngine) -> None:
    code = town.dossier("H15").dossier.code
    await follow(town, code, ZALO)
    await put(engine, ZALO, code, town.world.now())
    await town.says_payload(f"d:unfollow:{code}", ZALO)
    assert "đã bỏ theo dõi lúc" in await town.says_payload("rm:why:4F7K", ZALO)


@pytest.mark.parametrize("kind", list(Kind))
async def test_every_kind_has_its_reason(town: Town, engine: AsyncEngine, kind: Kind) -> None:
    await put(engine, ZALO, "H15.1", town.world.now(), kind=kind)
    answer = await town.says_payload("rm:why:4F7K", ZALO)
    assert "• Lý do: " in answer
    assert "$" not in answer


async def test_why_without_any_message(town: Town) -> None:
    assert "chưa tự gửi tin nào" in await town.says("vì sao tôi nhận tin này", ZALO)
    assert "chưa tự gửi tin nào" in await town.says_payload("rm:why:4F7K", ZALO)


@each_channel
@pytest.mark.parametrize(
    "said", ["kiểm tra 4F7K", "kiem tra 4f7k", "Kiểm tra mã 4F 7K", "check 4 f 7 k", "4F7K", "/kiemtra 4f7k"]
)
async def test_a_code_of_ours_is_confirmed(town: Town, engine: AsyncEngine, who: str, said: str) -> None:
    at = dt.datetime(2026, 11, 24, 1, 30, tzinfo=dt.UTC)
    await put(engine, who, "H15.50.05.13-261008-0975", at, kind=Kind.PAYMENT)
    answer = await town.says(said, who)
    assert answer.startswith("ĐÚNG")
    assert "08:30 ngày 24/11/2026" in answer
    assert "về hồ sơ H15.50.05.13-261008-0975" in answer
    assert "tỉnh Đắk Lắk" in answer


@pytest.mark.parametrize(
    ("sent", "typed"), [("4QAK", "40AK"), ("5CAK", "SCAK"), ("27AK", "Z1AK"), ("DDAA", "OOAA")]
)
async def test_letters_that_look_alike_are_forgiven(
    town: Town, engine: AsyncEngine, sent: str, typed: str
) -> None:
    await put(engine, ZALO, "H15.1", town.world.now(), check=sent)
    assert (await town.says(f"kiểm tra {typed}", ZALO)).startswith("ĐÚNG")


async def test_a_code_that_was_never_sent_warns_and_tells_nothing_of_others(
    town: Town, engine: AsyncEngine
) -> None:
    await put(engine, "zalo:somebody", "H15.50.05.13-261008-0975", town.world.now())
    await put(engine, ZALO, "H15.1", town.world.now(), check="AC3D", state="pending")
    for said in ("kiểm tra 4F7K", "kiểm tra AC3D", "kiểm tra 9X9X"):
        answer = await town.says(said, ZALO)
        assert answer.startswith("KHÔNG")
        assert "LỪA ĐẢO" in answer
        assert "H15." not in answer
        assert "18001096" not in answer


async def test_guessing_is_limited_and_leaves_no_trace_of_the_person(town: Town) -> None:
    with structlog.testing.capture_logs() as logs:
        for number in range(TRIES):
            answer = await town.says(f"kiểm tra {number:02d}AX", TELEGRAM)
            assert answer.startswith("KHÔNG"), number
        assert "Đã thử nhiều mã sai" in await town.says("kiểm tra 4F7K", TELEGRAM)
    assert "11" not in str([entry for entry in logs if "telegram:11" in str(entry)])


async def test_right_codes_are_never_locked(town: Town, engine: AsyncEngine) -> None:
    await put(engine, ZALO, "H15.1", town.world.now())
    for _ in range(TRIES + 2):
        assert (await town.says("kiểm tra 4F7K", ZALO)).startswith("ĐÚNG")


async def test_a_code_sent_to_another_address_of_the_person_counts(town: Town, engine: AsyncEngine) -> None:
    await put(engine, TELEGRAM, "H15.1", town.world.now())
    assert (await town.says("kiểm tra 4F7K", ZALO)).startswith("KHÔNG")
    await link(town, ZALO, TELEGRAM)
    assert "qua Telegram" in await town.says("kiểm tra 4F7K", ZALO)


@pytest.mark.parametrize(
    "said", ["kiểm tra thuế", "kiểm tra giấy tờ", "kiểm tra hồ sơ", "mã số thuế là gì", "2024"]
)
async def test_ordinary_words_are_no_codes(town: Town, said: str) -> None:
    answer = await town.says(said, ZALO)
    assert "LỪA ĐẢO" not in answer
    assert "Mã kiểm tra có đúng" not in answer


async def test_is_this_message_real_lists_those_that_are(town: Town, engine: AsyncEngine) -> None:
    await put(engine, ZALO, "H15.1", town.world.now())
    answer = await town.says("tin này có thật không", ZALO)
    assert "mã 4F7K" in answer
    assert "mã OTP" in answer


async def scores(engine: AsyncEngine) -> list[tuple[str, str, int]]:
    async with engine.connect() as connection:
        rows = await connection.execute(select(RatingRow.address, RatingRow.code, RatingRow.score))
        return [tuple(row) for row in rows]  # type: ignore[misc]


@each_channel
@pytest.mark.parametrize(
    ("said", "score"),
    [("5 sao", 5), ("4/5", 4), ("cham 3 diem", 3), ("năm sao", 5), ("4", 4), ("rất hài lòng", 5), ("5*", 5)],
)
async def test_a_rating_in_words(town: Town, engine: AsyncEngine, who: str, said: str, score: int) -> None:
    await put(engine, who, "H15.1", town.world.now() - dt.timedelta(minutes=1), kind=Kind.RATING)
    assert f"{score}/5" in await town.says(said, who)
    assert await scores(engine) == [(who, "H15.1", score)]


async def test_a_low_rating_is_offered_feedback_and_a_person(town: Town, engine: AsyncEngine) -> None:
    await put(engine, ZALO, "H15.1", town.world.now(), kind=Kind.RATING)
    answer = await town.says_payload("rm:rate:1:H15.1", ZALO)
    assert "1/5" in answer
    assert "phản ánh, kiến nghị" in answer
    assert "từ khóa" not in await town.says("Gặp cán bộ", ZALO)


async def test_a_rating_is_kept_once_and_changed_within_a_day(town: Town, engine: AsyncEngine) -> None:
    await link(town, ZALO, TELEGRAM)
    await put(engine, ZALO, "H15.1", town.world.now(), kind=Kind.RATING)
    assert "5/5" in await town.says_payload("rm:rate:5:H15.1", ZALO)
    assert "Đã đổi thành 4/5" in await town.says_payload("rm:rate:4:H15.1", TELEGRAM)
    assert await scores(engine) == [(ZALO, "H15.1", 4)]
    town.world.advance(hours=24.1)
    assert "giữ nguyên" in await town.says_payload("rm:rate:1:H15.1", ZALO)
    assert await scores(engine) == [(ZALO, "H15.1", 4)]


async def test_only_who_was_asked_may_rate(town: Town, engine: AsyncEngine) -> None:
    await put(engine, "zalo:somebody", "H15.1", town.world.now(), kind=Kind.RATING)
    assert "khi đã mời" in await town.says_payload("rm:rate:5:H15.1", ZALO)
    assert "5/5" not in await town.says("5 sao", ZALO)
    assert "không còn dùng được" in await town.says_payload("rm:rate:9:H15.1", "zalo:somebody")
    assert await scores(engine) == []


class Kept:
    """A sender that remembers."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    async def send(self, address: Address, message: Message) -> None:
        self.sent.append(message)


async def test_a_number_means_the_score_our_message_offers(town: Town, engine: AsyncEngine) -> None:
    code, profile = town.dossier("H15").dossier.code, profiles.load("dak-lak")
    now = town.world.now()
    view = DossierView(code, Status.RETURNED, "Đã trả kết quả")
    shown = Shown(view, "code", True, now, profile.calendar(), now)
    message = compose(Kind.RATING, "once", shown, "4F7K", profile.reminders, profile.portal)
    assert message is not None
    await town.says("/help", ZALO)  # the choices of another message
    await put(engine, ZALO, code, now, kind=Kind.RATING)
    sender = Kept()
    await Offering(sender, States(engine), town.world.now).send(Address.parse(ZALO), message)
    assert sender.sent == [message]
    assert "5/5" in await town.says("5", ZALO)
    assert await scores(engine) == [(ZALO, code, 5)]


async def test_a_message_that_arrived_is_not_sent_again_when_its_choices_are_not_kept(
    town: Town, tmp_path: pathlib.Path
) -> None:
    """An error would be taken for a fault of ours that may pass, and the message sent once more."""
    elsewhere = engines.create(f"sqlite+aiosqlite:///{tmp_path / 'without-tables.db'}")
    sender, message = Kept(), Message("Thử", (Button("Tắt", "rm:off:notice"),))
    await Offering(sender, States(elsewhere), town.world.now).send(Address.parse(ZALO), message)
    assert sender.sent == [message]
    await elsewhere.dispose()
