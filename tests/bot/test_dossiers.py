"""Dossiers in conversation: what a stranger, an owner and a member of the family get to see and do."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import pytest
import segno
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import beside, dossiers
from bot.conversation import Conversation
from bot.rasa import Rasa
from core import profile as profiles
from core.conversations.inbox import Inbox
from core.conversations.state import States
from core.dossiers.model import Status
from core.errors import PortalAway
from core.messages import Address, Button, Incoming, Reply
from core.privacy import HIDDEN
from core.procedures.choices import Choices
from core.procedures.guide import Guide
from core.profile import Profile
from core.secret import Secret
from core.settings import Settings
from tests.bot.fakes import FakeRasa, away
from tests.conftest import rows
from tests.core.dossiers.made import CODE, IDENTITY, OTHER, PHONE, Clock, FakePortal, dossier

pytestmark = pytest.mark.both_databases

NOBODY = "H15.50.05.13-261008-0999"
PRIVATE = (
    "N***",
    "Cấp bản sao",
    "Tuy Hòa",
    "Thẩm định",
    "Bà Lài",
    "8.000",
    "to_khai",
    "Ghi chú riêng",
    "giấy chứng sinh",
)


@dataclass
class Citizen:
    """Somebody who writes, presses buttons by their title and remembers what was shown."""

    talk: Conversation
    address: Address
    buttons: list[Button] = field(default_factory=list)
    reply: Reply | None = None

    async def says(self, text: str) -> str:
        return await self._got(Incoming(self.address, text))

    async def presses(self, title: str) -> str:
        pressed = next((b for b in self.buttons if b.title.startswith(title) and b.payload), None)
        assert pressed, f"no button {title!r} among {[b.title for b in self.buttons]}"
        return await self._got(Incoming(self.address, pressed.payload or "", "payload"))

    async def sends(self, payload: str) -> str:
        return await self._got(Incoming(self.address, payload, "payload"))

    async def photographs(self, photo: bytes | None) -> str:
        return await self._got(Incoming(self.address, "", "photo", photo=photo))

    async def gives_contact(self, phone: str | None) -> str:
        return await self._got(Incoming(self.address, "", "contact", phone=phone))

    async def _got(self, incoming: Incoming) -> str:
        self.reply = await self.talk.answer(incoming)
        self.buttons = [b for m in self.reply.messages for b in m.buttons]
        assert all(len((b.payload or "").encode()) <= 64 for b in self.buttons)
        return "\n".join(m.text for m in self.reply.messages)


@dataclass
class Counter:
    """The assistant over a portal with memory."""

    engine: AsyncEngine
    guide: Guide
    portal: FakePortal
    clock: Clock
    profile: Profile

    def citizen(self, channel: str = "telegram", ident: str = "1", origin: str | None = None) -> Citizen:
        made = dossiers.assemble(
            Settings(), self.profile, self.engine, Secret("k" * 32), self.portal, self.clock
        )
        inbox, key = Inbox(self.engine, self.clock), Secret("k" * 32)
        more = beside.assemble(self.profile, self.engine, key, inbox, made.on_part, self.clock)
        rasa = Rasa(FakeRasa(away).client(), "http://rasa")
        talk = Conversation(
            self.guide,
            made.desk,
            more.desk,
            States(self.engine),
            Choices(self.engine, Secret("k" * 32)),
            rasa,
            self.profile,
            self.clock,
        )
        return Citizen(talk, Address(channel, ident))


@pytest.fixture
def counter(guide: Guide, engine: AsyncEngine) -> Counter:
    portal = FakePortal({CODE.text: dossier(), OTHER.text: dossier(OTHER, Status.PAYMENT)})
    return Counter(engine, guide, portal, Clock(), profiles.load("dak-lak"))


async def _proved(counter: Counter, ident: str = "1") -> Citizen:
    owner = counter.citizen(ident=ident)
    await owner.says(CODE.text)
    await owner.presses("Xác nhận chính chủ")
    assert "Đã xác nhận" in await owner.says(IDENTITY[-4:])
    return owner


async def test_a_code_alone_shows_state_and_due_date_only(counter: Counter) -> None:
    shown = await counter.citizen().says("h15 .50.05.13 -261008- 0975 toi dau roi")
    assert "Đang xử lý" in shown
    assert "25/11/2026" in shown
    assert not [p for p in PRIVATE if p in shown]
    assert "mô phỏng" in shown


async def test_the_last_digits_open_the_rest_and_are_kept_by_no_history(counter: Counter) -> None:
    citizen = counter.citizen()
    await citizen.says(CODE.text)
    assert "4 số cuối" in await citizen.presses("Xác nhận chính chủ")
    shown = await citizen.says(f"4 số cuối căn cước là {IDENTITY[-4:]} ạ")
    assert "N*** T*** H***" in shown
    assert "Tuy Hòa" in shown
    assert citizen.reply
    assert citizen.reply.said == HIDDEN


async def test_a_whole_number_counts_by_its_end_and_is_advised_against(counter: Counter) -> None:
    citizen = counter.citizen()
    await citizen.says(CODE.text)
    await citizen.presses("Xác nhận chính chủ")
    shown = await citizen.says(IDENTITY)
    assert "Đã xác nhận" in shown
    assert "Tôi đã che" in shown


async def test_an_identity_number_in_a_question_is_masked_for_rasa_and_history(counter: Counter) -> None:
    citizen = counter.citizen()
    rasa = FakeRasa(away)
    citizen.talk._rasa = Rasa(rasa.client(), "http://rasa")
    await citizen.says(f"tôi tên A cccd {IDENTITY} làm khai sinh cần gì")
    assert IDENTITY not in str(rasa.bodies)
    assert citizen.reply
    assert citizen.reply.said == f"tôi tên A cccd {HIDDEN} làm khai sinh cần gì"


async def test_ones_own_telephone_number_proves_and_anothers_does_not(counter: Counter) -> None:
    citizen = counter.citizen()
    await citizen.says(CODE.text)
    await citizen.presses("Xác nhận chính chủ")
    assert any(b.contact for b in citizen.buttons)
    assert "chính tài khoản" in await citizen.gives_contact(None)
    assert "không khớp" in await citizen.gives_contact("+84905000000")
    assert "Đã xác nhận" in await citizen.gives_contact(PHONE)


async def test_five_wrong_tries_lock_and_the_lock_holds_on_other_channels(counter: Counter) -> None:
    citizen = counter.citizen()
    await citizen.says(CODE.text)
    await citizen.presses("Xác nhận chính chủ")
    answers = [await citizen.says("0000") for _ in range(5)]
    assert ["Chưa khớp" in a for a in answers] == [True] * 4 + [False]
    assert "tạm khóa" in answers[-1]
    other = counter.citizen("web", "2")
    await other.says(CODE.text)
    await other.presses("Xác nhận chính chủ")
    assert "tạm khóa" in await other.says(IDENTITY[-4:])
    counter.clock.move(hours=1)
    await other.presses("Xác nhận chính chủ") if other.buttons[0].payload else None
    await other.sends(f"d:prove:{CODE.text}")
    assert "Đã xác nhận" in await other.says(IDENTITY[-4:])


async def test_an_unknown_code_and_a_sealed_one_answer_alike(counter: Counter) -> None:
    rules = counter.profile.dossiers.model_copy(update={"sealed_procedures": frozenset({"2.000635"})})
    counter.profile = counter.profile.model_copy(update={"dossiers": rules})
    transcripts = []
    for ident, code in (("1", CODE.text), ("2", NOBODY)):
        citizen = counter.citizen(ident=ident)
        said = [await citizen.says(code), await citizen.says("sao trễ vậy")]
        said.append(await citizen.sends(f"d:steps:{code}"))
        said.append(await citizen.sends(f"d:prove:{code}"))
        said += [await citizen.says("0000") for _ in range(6)]
        said.append(str([b.title for b in citizen.buttons]))
        transcripts.append([s.replace(code, "CODE") for s in said])
    assert transcripts[0] == transcripts[1]
    owner = counter.citizen(ident="3")
    await owner.sends(f"d:prove:{CODE.text}")
    assert "tạm khóa" in await owner.says(IDENTITY[-4:])
    assert "N***" in await owner.gives_contact(PHONE)


async def test_guessing_codes_is_stopped(counter: Counter) -> None:
    citizen = counter.citizen()
    answers = [await citizen.says(f"H15.50.05.13-261008-1{n:03d}") for n in range(12)]
    assert ["chưa có gì để hiện" in a for a in answers] == [True] * 10 + [False] * 2
    assert "tạm dừng tra cứu" in answers[-1]
    assert "tạm dừng tra cứu" in await citizen.says(CODE.text)
    assert "Đang xử lý" in await counter.citizen(ident="2").says(CODE.text)


async def test_whoever_proved_is_never_taken_for_a_guesser(counter: Counter) -> None:
    owner = await _proved(counter)
    for n in range(12):
        await owner.says(f"H15.50.05.13-261008-1{n:03d}")
    assert "N***" in await owner.says(CODE.text)


async def test_the_list_needs_consent_and_keeps_labels(counter: Counter, engine: AsyncEngine) -> None:
    citizen = counter.citizen()
    assert "chưa có hồ sơ nào" in await citizen.says("/hoso")
    await citizen.says(CODE.text)
    assert "đồng ý" in await citizen.presses("Lưu vào Hồ sơ của tôi")
    await citizen.presses("Không")
    assert "chưa có hồ sơ nào" in await citizen.says("/hoso")
    for code in (CODE.text, OTHER.text):
        await citizen.says(code)
        await citizen.presses("Lưu vào Hồ sơ của tôi")
        await citizen.presses("Tôi đồng ý")
    await citizen.presses("Đặt tên gợi nhớ")
    await citizen.says("của mẹ")
    shown = await citizen.says("ho so cua toi")
    assert f"của mẹ – {OTHER.text}" in shown
    assert CODE.text in shown
    assert "nộp tiền" in await citizen.says("hồ sơ của mẹ đến đâu rồi ạ")
    await citizen.presses("Bỏ khỏi Hồ sơ của tôi")
    assert "của mẹ" not in await citizen.says("/hoso")
    consents = await rows(engine, "SELECT purpose, withdrawn_at IS NULL FROM consent ORDER BY id")
    assert consents == [(f"follow:{CODE.text}", 1), (f"follow:{OTHER.text}", 0)]


async def test_a_member_of_the_family_sees_until_the_leave_is_taken_back(counter: Counter) -> None:
    owner = await _proved(counter)
    told = await owner.presses("Nhờ người nhà xem hộ")
    token = told.split("8 số này: ")[1].split("\n")[0]
    son = counter.citizen("zalo", "9")
    assert "N***" in await son.says(f"ma xem ho {token}")
    assert not any(b.title.startswith("Nhờ người nhà") for b in son.buttons)
    assert "chính chủ" in await son.sends(f"d:share:{CODE.text}")
    assert "không dùng được" in await counter.citizen("zalo", "10").says(f"mã xem hộ {token}")
    await owner.presses("Thu hồi")
    assert "N***" not in await son.says(CODE.text)


async def test_a_withdrawn_proof_shows_nothing_any_more(counter: Counter) -> None:
    owner = await _proved(counter)
    await owner.presses("Bỏ xác nhận")
    shown = await owner.says(CODE.text)
    assert not [p for p in PRIVATE if p in shown]


async def test_follow_ups_are_about_the_dossier_in_hand(counter: Counter) -> None:
    citizen = counter.citizen()
    await citizen.says(OTHER.text)
    assert "VNeID" in await citizen.says("đóng tiền ở đâu")
    assert "8.000" not in await citizen.says("bao nhiêu tiền vậy")
    assert "khai sinh" in (await citizen.says("làm giấy khai sinh cho con cần giấy tờ gì")).lower()
    owner = await _proved(counter)
    assert "Thẩm định" in await owner.says("hồ sơ đang ở bước nào")


async def test_the_portal_away(counter: Counter) -> None:
    citizen = counter.citizen()
    counter.portal.error = PortalAway("down")
    assert "chưa trả lời" in await citizen.says(CODE.text)
    counter.portal.error = None
    assert "Đang xử lý" in await citizen.presses("Thử lại")
    counter.clock.move(hours=3)
    counter.portal.error = PortalAway("down")
    shown = await citizen.says(CODE.text)
    assert "Đang xử lý" in shown
    assert "15:00" in shown  # when the portal last said so, in the province's time


@pytest.mark.parametrize("link", ["/start H15_50_05_13-261008-0975", "/hoso H15.50.05.13-261008-0975"])
async def test_links_and_commands_with_a_code(counter: Counter, link: str) -> None:
    assert "Đang xử lý" in await counter.citizen().says(link)
    assert "Đang xử lý" in await counter.citizen().sends(f"start:{CODE.text}")


async def test_a_photo_of_the_receipt(counter: Counter) -> None:
    citizen = counter.citizen()
    assert "Đang xử lý" in await citizen.photographs(_qr(CODE.text))
    assert "thẻ căn cước" in await citizen.photographs(_qr(f"{IDENTITY}|123456789|Nguyễn Văn A|01011990|Nam"))
    assert "chuyển tiền" in await citizen.photographs(_qr("00020101021238570010A000000727"))
    assert "không phải mã hồ sơ" in await citizen.photographs(_qr("https://example.org/x"))
    assert "chưa mở được ảnh" in await citizen.photographs(b"no picture")
    assert "chưa tải được ảnh" in await citizen.photographs(None)


async def test_several_codes_at_once(counter: Counter) -> None:
    shown = await counter.citizen().says(f"{CODE.text} với {OTHER.text}, {NOBODY} và G09.20-20260609-0092637")
    assert "Đang xử lý" in shown
    assert "nghĩa vụ tài chính" in shown
    assert "chưa có gì để hiện" in shown
    assert "bộ, ngành trung ương" in shown


@pytest.mark.parametrize(
    "payload",
    [
        "d:",
        "d:show",
        "d:show:",
        "d:show:x",
        "d:steal:" + CODE.text,
        "d:show:G09.20-20260609-0092637",
        "start:",
        "start:x" * 9,
    ],
)
async def test_forged_buttons_do_nothing(counter: Counter, payload: str) -> None:
    assert "không còn dùng được" in await counter.citizen().sends(payload)


async def test_every_look_is_in_the_audit_log_and_names_nobody(counter: Counter, engine: AsyncEngine) -> None:
    await _proved(counter, ident="0905123456")
    stranger = counter.citizen("web", "guest")
    await stranger.says(NOBODY)
    looks = await rows(engine, "SELECT who, channel, code, level, outcome FROM dossier_lookup ORDER BY id")
    assert [r[1:] for r in looks] == [
        ("telegram", CODE.text, "code", "shown"),
        ("telegram", CODE.text, "code", "proved"),
        ("telegram", CODE.text, "proved", "shown"),
        ("web", NOBODY, "code", "nothing"),
    ]
    assert not any("0905123456" in r[0] or "guest" in r[0] for r in looks)
    assert len({r[0] for r in looks}) == 2


async def test_logs_hold_neither_codes_nor_numbers(counter: Counter) -> None:
    with structlog.testing.capture_logs() as logs:
        owner = await _proved(counter)
        await owner.gives_contact(PHONE)
        counter.clock.move(hours=1)
        counter.portal.error = PortalAway("down")
        await owner.says(CODE.text)
    assert logs
    for secret in (CODE.text, IDENTITY, IDENTITY[-4:], PHONE, "N***"):
        assert secret not in str(logs)


def _qr(text: str) -> bytes:
    out = io.BytesIO()
    segno.make(text).save(out, kind="png", scale=6)
    return out.getvalue()
