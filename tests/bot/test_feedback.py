"""Surveys, complaints and proposals in conversation, on every channel and without Rasa."""

from __future__ import annotations

import datetime as dt

import httpx
import pytest
import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.feedback import assemble
from core.db.feedback_tables import SurveyAnswerRow, SurveyRow
from core.db.reminder_tables import OutboxRow, RatingRow
from core.feedback.petition_queue import Queue
from core.feedback.surveys import QUIET, Surveys
from core.messages import Address, Incoming
from core.profile import load
from core.reminders.model import Kind
from core.reminders.web_mail import WebMail
from core.staff.audit import Audit
from core.staff.offices import Office, Offices
from core.staff.rights import Role, Staff
from tests.bot.reminding import put
from tests.bot.test_linking import link
from tests.bot.town import Town, said

WEB, TELEGRAM, ZALO = "web:r1", "telegram:11", "zalo:22"
each_channel = pytest.mark.parametrize("who", [WEB, TELEGRAM, ZALO])
PROFILE = load("dak-lak")
STORY = "Đèn đường trước trường mẫu giáo ở phường Bình Kiến tắt cả tháng nay, gọi số 0905123456 không ai nghe"


@pytest.fixture
async def offices(engine: AsyncEngine) -> dict[str, int]:
    """An office with dossiers of its own, and one of a commune."""
    made = Offices(engine)
    async with engine.begin() as connection:
        return {
            "own": await made.put(connection, Office(0, "Trung tâm Tuy Hòa", None, ("H15",))),
            "commune": await made.put(connection, Office(0, "Trung tâm phường Bình Kiến", "22045", ())),
        }


async def answers(engine: AsyncEngine) -> dict[str, object]:
    row = SurveyAnswerRow
    async with engine.connect() as connection:
        rows = await connection.execute(select(row.question, row.value, row.comment))
        return {r.question: r.comment if r.value is None else r.value for r in rows}


async def rate(town: Town, engine: AsyncEngine, who: str, code: str = "H15.50.05.13-261008-0975") -> str:
    await put(engine, who, code, town.world.now(), kind=Kind.RATING)
    return await town.says("5 sao", who)


@each_channel
async def test_a_survey_by_numbers_from_the_score_to_the_comment(
    town: Town, engine: AsyncEngine, offices: dict[str, int], who: str
) -> None:
    assert "5/5" in await rate(town, engine, who)
    assert "Câu 1/5" in await town.says("1", who)
    assert "Câu 2/5" in await town.says("2", who)  # on time
    assert "Câu 3/5" in await town.presses("3 lần", who)
    assert "Câu 4/5" in await town.presses("Bỏ qua câu này", who)
    assert "Câu 5/5" in await town.says("1", who)
    assert "Câu cuối" in await town.presses("Cao hơn", who)
    assert "Đã ghi góp ý" in await town.says("Cần thêm ghế, gọi tôi 0905123456", who)
    assert await answers(engine) == {
        "time": 2, "visits": 3, "accuracy": 1, "cost": 2, "comment": "Cần thêm ghế, gọi tôi [số đã che]",
    }  # fmt: skip
    async with engine.connect() as connection:
        row = (await connection.execute(select(RatingRow.office, RatingRow.score))).one()
        assert tuple(row) == (offices["own"], 5)
        assert set(await connection.scalars(select(SurveyAnswerRow.office))) == {offices["own"]}
    await town.presses("Bỏ góp ý vừa ghi", who)
    assert "comment" not in await answers(engine)


async def test_a_survey_is_left_at_any_question_and_never_asked_again(
    town: Town, engine: AsyncEngine
) -> None:
    await rate(town, engine, ZALO)
    await town.says("1", ZALO)
    assert "giữ kín" in await town.presses("Thôi, không trả lời nữa", ZALO)
    assert await answers(engine) == {}
    assert "Câu" not in await town.says("xin chào", ZALO)
    await town.says_payload("sv:s:4:H15.50.05.13-261008-0975", ZALO)
    assert "giữ kín" in await town.says("không", ZALO)
    assert await answers(engine) == {}


async def test_answers_are_the_persons_own_and_change_for_a_day(town: Town, engine: AsyncEngine) -> None:
    code = "H15.50.05.13-261008-0975"
    await link(town, ZALO, TELEGRAM)
    await rate(town, engine, ZALO, code)
    await town.says_payload(f"sv:a:0:1:{code}", ZALO)
    await town.says_payload(f"sv:a:0:3:{code}", TELEGRAM)
    assert await answers(engine) == {"time": 3}
    assert "khi đã mời" in await town.says_payload(f"sv:a:0:1:{code}", "zalo:stranger")
    assert "khi đã mời" in await town.says_payload(f"sv:go:{code}", "zalo:stranger")
    for nonsense in (f"sv:a:0:9:{code}", f"sv:a:9:1:{code}", f"sv:a:x:1:{code}", "sv:a:0", "sv:zz"):
        assert "không còn dùng được" in await town.says_payload(nonsense, ZALO)
    town.world.advance(hours=24.1)
    assert "giữ nguyên" in await town.says_payload(f"sv:a:0:1:{code}", ZALO)
    assert await answers(engine) == {"time": 3}


async def test_a_talk_is_asked_about_once_and_seldom(
    town: Town, engine: AsyncEngine, offices: dict[str, int]
) -> None:
    surveys, who, now = Surveys(engine, PROFILE), Address.parse(ZALO), town.world.now()
    assert await surveys.invite(who, "talk:1", offices["commune"], now)
    assert not await surveys.invite(who, "talk:1", offices["commune"], now)
    assert not await surveys.invite(who, "talk:2", offices["commune"], now)
    assert not await surveys.invite(who, "talk:1", offices["commune"], now + 2 * QUIET)
    async with engine.begin() as connection:
        row = (await connection.execute(select(OutboxRow.body, OutboxRow.check, OutboxRow.lane))).one()
        await connection.execute(OutboxRow.__table__.update().values(state="sent", finished_at=now))
    assert row.check in row.body["text"]
    assert "Trung tâm phường Bình Kiến" in row.body["text"]
    answer = await town.says_payload("rm:rate:4:talk:1", ZALO)
    assert "4/5 cho cuộc trao đổi với cán bộ" in answer
    assert "Câu 1/2" in await town.says("1", ZALO)
    assert "Câu 2/2" in await town.presses("Tốt", ZALO)
    assert await answers(engine) == {"attitude": 4}
    async with engine.connect() as connection:
        assert await connection.scalar(select(RatingRow.office)) == offices["commune"]
        assert await connection.scalar(select(SurveyRow.subject)) == "talk:1"
    why = await town.says_payload(f"rm:why:{row.check}", ZALO)
    assert "cuộc trao đổi" in why
    assert "talk:" not in why


def queue(engine: AsyncEngine, town: Town) -> Queue:
    return Queue(engine, Audit(engine, town.world.now), town.world.now)


STAFF = Staff(1, "an", "Lê An", frozenset({Role.ADMIN}), everywhere=True)


@each_channel
async def test_a_petition_from_the_word_to_the_answer(
    town: Town, engine: AsyncEngine, offices: dict[str, int], who: str
) -> None:
    with structlog.testing.capture_logs() as logs:
        assert "kể lại sự việc" in await town.says("tôi muốn phản ánh", who)
        shown = await town.says(STORY, who)
        assert "Nơi nhận: Trung tâm phường Bình Kiến" in shown
        assert "[số đã che]" in shown
        assert "0905123456" not in shown
        sent = await town.presses("Gửi", who)
    assert "tắt cả tháng" not in str(logs)
    number = f"PA-{town.world.now():%y%m}-0001"
    assert number in sent
    assert "07:00–11:30" in sent
    waiting = queue(engine, town)
    (petition,) = await waiting.page({offices["commune"]})
    assert (petition.number, petition.state, petition.office) == (number, "received", offices["commune"])
    assert await waiting.page({offices["own"]}) == []
    assert "Chưa có trả lời" in await town.says(f"phản ánh {number}", who)
    await waiting.answer(STAFF, petition.id, "Đã sửa đèn ngày 25/11.")
    assert (await town.tick("petitions"))["told"] == 1
    assert (await town.tick("petitions"))["told"] == 0
    if who == WEB:
        mail = await WebMail(engine, town.world.now).fetch(Address.parse(who), 0)
        told = "\n".join(letter.message.text for letter in mail)
    else:
        told = await town.told(who)
    assert number in told
    assert "Đã sửa đèn ngày 25/11." in told
    assert "Đã sửa đèn" in await town.says(number.lower().replace("-", " "), who)
    assert number in await town.says("phản ánh của tôi", who)


async def test_a_petition_is_its_writers_alone(town: Town, engine: AsyncEngine) -> None:
    await town.says("phản ánh", ZALO)
    await town.says("Xe tải chạy ban đêm ồn quá không ngủ được", ZALO)
    sent = await town.presses("Cấp tỉnh", ZALO)
    assert "Nơi nhận: cấp tỉnh (tỉnh Đắk Lắk)" in sent
    await town.presses("Gửi", ZALO)
    number = f"PA-{town.world.now():%y%m}-0001"
    for asks in (f"phản ánh {number}", number):
        assert "không thấy phản ánh nào" in await town.says(asks, TELEGRAM)
    assert "không thấy phản ánh nào" in await town.says_payload("pa:show:1", TELEGRAM)
    assert "chưa gửi phản ánh" in await town.says("phản ánh của tôi", TELEGRAM)
    await link(town, ZALO, TELEGRAM)
    assert "Xe tải" in await town.says(f"phản ánh {number}", TELEGRAM)


async def test_to_whom_is_asked_corrected_and_tied_to_a_dossier(
    town: Town, engine: AsyncEngine, offices: dict[str, int]
) -> None:
    code = town.dossier("H15").dossier.code
    await town.says_payload(f"pa:start:{code}", ZALO)
    shown = await town.says("Cán bộ hẹn ba lần vẫn chưa trả kết quả", ZALO)
    assert f"Về hồ sơ: {code}" in shown
    assert "Nơi nhận: Trung tâm Tuy Hòa" in shown
    assert "Về hồ sơ" not in await town.presses("Không phải về hồ sơ này", ZALO)
    assert "gửi tới đâu" in await town.presses("Đổi nơi nhận", ZALO)
    assert "Nơi nhận: Trung tâm phường Bình Kiến" in await town.says("phường Bình Kiến", ZALO)
    await town.presses("Viết lại", ZALO)
    assert "rõ hơn" in await town.says("ồn", ZALO)
    assert "không gửi gì" in await town.says("thôi", ZALO)
    assert "không còn nữa" in await town.says_payload("pa:send", ZALO)
    assert await queue(engine, town).page(None) == []


async def test_what_is_told_at_once_is_offered_to_be_passed_on(town: Town) -> None:
    assert "Lời này chưa gửi đi đâu" in await town.says("góp ý thêm ghế cho người già ở chỗ chờ", ZALO)
    assert "gửi tới đâu" in await town.presses("Chuyển lời này", ZALO)
    assert "“góp ý thêm ghế" in await town.presses("Cấp tỉnh", ZALO)
    assert "PA-" in await town.presses("Gửi", ZALO)
    assert "không còn nữa" in await town.says_payload("pa:send", ZALO)  # pressed twice


async def test_drafts_are_forgotten_and_so_is_what_was_closed_long_ago(
    town: Town, engine: AsyncEngine
) -> None:
    await town.says("phản ánh", ZALO)
    await town.says("Xe tải chạy ban đêm ồn quá không ngủ được", ZALO)
    await town.presses("Cấp tỉnh", ZALO)
    await town.presses("Gửi", ZALO)
    waiting = queue(engine, town)
    (petition,) = await waiting.page(None)
    await waiting.answer(STAFF, petition.id, "Đã nhắc nhở.")
    await waiting.close(STAFF, petition.id)
    await town.says("phản ánh", TELEGRAM)
    await town.says("Mất điện mãi mà không ai báo trước", TELEGRAM)
    feedback = assemble(PROFILE, engine, town.world.now)

    async def forget(days: float) -> None:
        for deed in feedback.forget_old:
            await deed(town.world.now() + dt.timedelta(days))

    await forget(1.1)
    assert "không còn nữa" in await town.says_payload("pa:send", TELEGRAM)
    assert (await waiting.get(None, petition.id)) is not None
    await forget(PROFILE.petitions.keep_days + 1)
    assert (await waiting.get(None, petition.id)) is None
    assert await waiting.steps(petition.id) == []


async def test_nobody_floods_the_queue(town: Town) -> None:
    for _ in range(PROFILE.petitions.per_day):
        await town.says("phản ánh", ZALO)
        await town.says("Xe tải chạy ban đêm ồn quá không ngủ được", ZALO)
        await town.presses("Cấp tỉnh", ZALO)
        assert "PA-" in await town.presses("Gửi", ZALO)
    assert "đã gửi đủ" in await town.says("phản ánh", ZALO)
    assert "kể lại" in await town.says("phản ánh", TELEGRAM)


async def test_rasa_hands_a_complaint_back(town: Town) -> None:
    from bot.rasa import Rasa
    from tests.bot.fakes import FakeRasa

    fake = FakeRasa(lambda _: httpx.Response(200, json=[{"custom": {"subject": "feedback"}}]))
    town.parts.conversation._rasa = Rasa(fake.client(), "http://rasa")
    reply = await town.talk.answer(Incoming(Address.parse(ZALO), "cô ở quầy số 2 nói chuyện khó nghe"))
    assert "Lời này chưa gửi đi đâu" in said(reply)
    assert "“cô ở quầy số 2 nói chuyện khó nghe”" in (
        await town.presses("Chuyển lời này", ZALO) + await town.presses("Cấp tỉnh", ZALO)
    )
