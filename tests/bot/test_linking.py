"""Linking two channels in conversation: codes, confirmation, what is shared, abuse, and the way back."""

from __future__ import annotations

import re

import pytest
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from core.messages import Address, Incoming
from core.privacy import HIDDEN
from tests.bot.town import Town, said
from tests.conftest import dump, rows

pytestmark = pytest.mark.both_databases

ZALO, TELEGRAM, WEB, BOT = "zalo:700111", "telegram:700222", "web:700333", "zalobot:700444"
CHANNELS = (ZALO, TELEGRAM, WEB, BOT)
_CODE = re.compile(r"nhắn: liên kết (\d{4}) (\d{4})")


async def code_of(town: Town, who: str, words: str = "liên kết") -> str:
    found = _CODE.search(await town.says(words, who))
    assert found, "no code was given"
    return "".join(found.groups())


async def link(town: Town, owner: str, other: str) -> str:
    made = _CODE.search(await town.says_payload("l:new", owner))
    assert made, "no code was given"
    asked = await town.says(f"liên kết {''.join(made.groups())}", other)
    assert "có đồng ý liên kết" in asked
    return await town.presses("Đồng ý", other)


async def follow(town: Town, code: str, who: str) -> None:
    await town.says(code, who)
    await town.presses("Lưu vào Hồ sơ của tôi", who)
    assert "Đã thêm" in await town.presses("Tôi đồng ý", who)


@pytest.mark.parametrize("owner", CHANNELS)
@pytest.mark.parametrize("other", CHANNELS)
async def test_any_two_channels_are_linked_by_writing_alone(town: Town, owner: str, other: str) -> None:
    if owner == other:
        return
    code = town.dossier("H15").dossier.code
    await follow(town, code, owner)
    assert "Đã liên kết" in await link(town, owner, other)
    assert code in await town.says("/hoso", other)


@pytest.mark.parametrize(
    "words",
    ["liên kết", "lien ket zalo voi telegram", "/lienket", "/lienket@motcua_bot", "Liên kết tài khoản"],
)
async def test_a_code_is_had_by_words_and_command(town: Town, words: str) -> None:
    assert len(await code_of(town, ZALO, words)) == 8


async def test_a_code_is_had_from_the_empty_list(town: Town) -> None:
    await town.says("/hoso", ZALO)
    assert _CODE.search(await town.presses("Liên kết với kênh khác", ZALO))


@pytest.mark.parametrize(
    "form", ["liên kết {0} {1}", "lien ket {0}{1}", "/lienket {0}-{1}", "mã liên kết {0}.{1}"]
)
async def test_a_code_is_typed_in_many_ways(town: Town, form: str) -> None:
    code = await code_of(town, ZALO)
    assert "có đồng ý liên kết" in await town.says(form.format(code[:4], code[4:]), TELEGRAM)


async def test_a_bare_code_is_taken_where_it_was_asked_for(town: Town) -> None:
    code = await code_of(town, ZALO)
    await town.says("liên kết", TELEGRAM)
    assert "gõ 8 số" in await town.presses("Tôi có mã từ kênh kia", TELEGRAM)
    assert "có đồng ý liên kết" in await town.says(f"{code[:4]} {code[4:]}", TELEGRAM)


async def test_the_question_shows_the_channel_and_nothing_personal(town: Town) -> None:
    code = town.dossier("H15").dossier.code
    await follow(town, code, ZALO)
    asked = await town.says(f"liên kết {await code_of(town, ZALO)}", TELEGRAM)
    assert "một tài khoản Zalo" in asked
    assert "người xưng là cán bộ" in asked
    assert code not in asked
    assert "7001" not in asked


async def test_both_sides_are_told_at_once_or_with_the_next_answer(town: Town) -> None:
    await link(town, ZALO, WEB)
    told = await town.told(ZALO)
    assert "vừa được liên kết với một tài khoản trang web" in told
    assert "hủy liên kết" in told
    assert await town.told(ZALO) == ""
    await link(town, WEB, TELEGRAM)
    assert "vừa được liên kết với một tài khoản Telegram" in await town.told(ZALO)
    assert "vừa được liên kết với một tài khoản Telegram" in await town.says("/help", WEB)
    assert "liên kết với một tài khoản" not in await town.says("/help", WEB)


async def test_a_notice_leaves_what_was_in_hand(town: Town) -> None:
    code = await code_of(town, WEB)
    await town.says("/thutuc", WEB)
    await town.says(f"liên kết {code}", TELEGRAM)
    await town.presses("Đồng ý", TELEGRAM)
    answer = await town.says("1", WEB)
    assert answer.startswith("Tài khoản này vừa được liên kết")
    assert "từ khóa" not in answer


async def test_proofs_are_seen_from_the_other_side_after_a_while(town: Town) -> None:
    state = town.dossier("H15")
    code, digits = state.dossier.code, state.dossier.owner.identity[-4:]
    await town.says(code, ZALO)
    await town.presses("Xác nhận chính chủ", ZALO)
    assert "Đã xác nhận chính chủ" in await town.says(digits, ZALO)
    proved = "Các bước đã qua"
    assert "sau 30 phút" in await link(town, ZALO, TELEGRAM)
    assert proved not in await buttons(town, code, TELEGRAM)
    town.world.advance(hours=0.6)
    assert proved in await buttons(town, code, TELEGRAM)
    await town.says("hủy liên kết", TELEGRAM)
    assert proved not in await buttons(town, code, TELEGRAM)
    assert proved in await buttons(town, code, ZALO)


async def buttons(town: Town, text: str, who: str) -> list[str]:
    reply = await town.talk.answer(Incoming(Address.parse(who), text))
    return [b.title for m in reply.messages for b in m.buttons]


async def test_parting_from_either_side_says_who_keeps_what(town: Town) -> None:
    codes = [town.dossier("H15").dossier.code, town.dossier("H45").dossier.code]
    for code, who in zip(codes, (ZALO, TELEGRAM), strict=True):
        await follow(town, code, who)
    await link(town, ZALO, TELEGRAM)
    await town.told(ZALO)
    both = await town.says("/hoso", TELEGRAM)
    assert all(code in both for code in codes)
    parted = await town.says("huy lien ket", ZALO)
    assert "Đã hủy liên kết với tài khoản Telegram" in parted
    assert "Mỗi bên giữ" in parted
    assert "một tài khoản Zalo đã được hủy" in await town.told(TELEGRAM)
    for code, who, gone in ((codes[0], ZALO, codes[1]), (codes[1], TELEGRAM, codes[0])):
        mine = await town.says("/hoso", who)
        assert code in mine
        assert gone not in mine
    assert "không liên kết với tài khoản nào" in await town.says("hủy liên kết", TELEGRAM)


async def test_one_of_several_is_taken_out_from_another(town: Town) -> None:
    await link(town, ZALO, TELEGRAM)
    await link(town, ZALO, WEB)
    shown = await town.says("hủy liên kết", ZALO)
    assert "Telegram" in shown
    assert "trang web" in shown
    titles = await buttons(town, "liên kết", ZALO)
    await town.told(TELEGRAM)
    parted = await town.presses(next(t for t in titles if "Telegram" in t), ZALO)
    assert "với tài khoản Telegram" in parted
    assert "một tài khoản Zalo đã được hủy" in await town.told(TELEGRAM)
    assert "một tài khoản Telegram đã được hủy" in await town.says("/help", WEB)
    assert "trang web" in await town.says("liên kết", ZALO)
    assert _CODE.search(await town.says("liên kết", TELEGRAM))


async def test_leaving_all_of_several(town: Town) -> None:
    await link(town, ZALO, TELEGRAM)
    await link(town, ZALO, WEB)
    await town.says("hủy liên kết", WEB)
    assert "Zalo, Telegram" in await town.presses("Hủy mọi liên kết của tài khoản này", WEB)
    assert "Telegram" in await town.says("liên kết", ZALO)
    assert _CODE.search(await town.says("liên kết", WEB))


async def test_no_means_nothing_happens_and_the_code_is_spent(town: Town) -> None:
    code = await code_of(town, ZALO)
    await town.says(f"liên kết {code}", TELEGRAM)
    assert "không liên kết gì" in await town.presses("Không", TELEGRAM)
    assert "không dùng được" in await town.says(f"liên kết {code}", WEB)
    assert "hết hạn" in await town.says_payload("l:yes", TELEGRAM)


async def test_an_expired_code(town: Town) -> None:
    code = await code_of(town, ZALO)
    town.world.advance(hours=10 / 60)
    assert "không dùng được" in await town.says(f"liên kết {code}", TELEGRAM)


async def test_agreeing_too_late(town: Town) -> None:
    await town.says(f"liên kết {await code_of(town, ZALO)}", TELEGRAM)
    town.world.advance(hours=0.1)
    assert "chưa liên kết gì" in await town.presses("Đồng ý", TELEGRAM)


async def test_a_used_code(town: Town) -> None:
    code = await code_of(town, ZALO)
    await town.says(f"liên kết {code}", TELEGRAM)
    await town.presses("Đồng ý", TELEGRAM)
    assert "không dùng được" in await town.says(f"liên kết {code}", WEB)


async def test_a_code_seen_over_the_shoulder_is_spent_and_its_owner_told(town: Town) -> None:
    code = await code_of(town, ZALO)
    await town.says(f"liên kết {code}", "telegram:666")
    assert "không dùng được" in await town.says(f"liên kết {code}", TELEGRAM)
    await town.presses("Đồng ý", "telegram:666")
    assert "KHÔNG phải anh/chị" in await town.told(ZALO)
    await town.says("hủy liên kết", ZALO)
    assert "không liên kết với tài khoản nào" in await town.says("hủy liên kết", "telegram:666")


async def test_guesses_are_locked_out_and_say_nothing(town: Town) -> None:
    code = await code_of(town, ZALO)
    guesses = [f"{(int(code) + n) % 10**8:08d}" for n in range(1, 6)]
    answers = [await town.says(f"liên kết {guess}", TELEGRAM) for guess in guesses]
    assert len(set(answers)) == 1
    assert "tạm dừng" in await town.says(f"liên kết {code}", TELEGRAM)
    assert "có đồng ý" in await town.says(f"liên kết {code}", WEB)


async def test_ones_own_code_is_told_as_such(town: Town) -> None:
    code = await code_of(town, ZALO)
    assert "của chính tài khoản này" in await town.says(f"liên kết {code}", ZALO)


async def test_a_fifth_account_is_refused(town: Town) -> None:
    for other in (TELEGRAM, WEB, BOT):
        await link(town, ZALO, other)
    code = await code_of(town, "telegram:5")
    assert "nhiều nhất 4 tài khoản" in await town.says(f"liên kết {code}", ZALO)
    assert "nhiều nhất 4 tài khoản" in await town.says_payload("l:new", WEB)


async def test_those_linked_already_are_told_so(town: Town) -> None:
    await link(town, ZALO, TELEGRAM)
    code = _CODE.search(await town.says_payload("l:new", ZALO))
    assert code
    assert "đã liên kết với nhau" in await town.says(f"liên kết {''.join(code.groups())}", TELEGRAM)


@pytest.mark.parametrize("payload", ["l:cut:000000000000", "l:cut:", "l:cut:all", "l:yes", "l:no", "l:off"])
async def test_buttons_of_another_time_do_nothing(town: Town, payload: str) -> None:
    assert "trục trặc" not in await town.says_payload(payload, ZALO)


@pytest.mark.parametrize("payload", ["l:", "l:nonsense", "l"])
async def test_buttons_never_made_are_unknown(town: Town, payload: str) -> None:
    assert "không còn dùng được" in await town.says_payload(payload, ZALO)


async def test_agreeing_twice_links_and_tells_once(town: Town) -> None:
    await town.says(f"liên kết {await code_of(town, ZALO)}", TELEGRAM)
    answers = [await town.says_payload("l:yes", TELEGRAM) for _ in range(2)]
    assert answers[0] == answers[1]
    assert (await town.told(ZALO)).count("vừa được liên kết") == 1


async def test_a_code_is_kept_by_no_history_no_log_and_no_table(town: Town, engine: AsyncEngine) -> None:
    with structlog.testing.capture_logs() as logs:
        code = await code_of(town, ZALO)
        reply = await town.talk.answer(Incoming(Address.parse(WEB), f"liên kết {code}"))
        wrong = await town.talk.answer(Incoming(Address.parse(WEB), "liên kết 0905123456"))
    assert (reply.said, wrong.said) == (HIDDEN, HIDDEN)
    assert "đúng 8 chữ số" in said(wrong)
    everything = await dump(engine)
    for spelled in (code, f"{code[:4]} {code[4:]}"):
        assert spelled not in everything
        assert spelled not in str(logs)


async def test_the_audit_names_nobody_and_misses_nothing(town: Town, engine: AsyncEngine) -> None:
    await town.says("liên kết 00000000", ZALO)
    await link(town, ZALO, TELEGRAM)
    await town.says("hủy liên kết", TELEGRAM)
    events = await rows(engine, "SELECT * FROM person_event ORDER BY id")
    assert [event[-1] for event in events] == ["wrong", "offered", "claimed", "linked", "parted"]
    assert "7001" not in str(events)
    assert "7002" not in str(events)


@pytest.mark.parametrize(
    "text", ["liên kết đào tạo với nước ngoài", "hợp đồng liên kết chăn nuôi", "đăng ký kết hôn"]
)
async def test_other_affairs_are_not_taken_for_linking(town: Town, text: str) -> None:
    assert not _CODE.search(await town.says(text, ZALO))
