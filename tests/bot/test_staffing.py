"""Staff in the chat: linking it with their account, drafting a notice, and what everybody else is told."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.staffing import split_title
from core.broadcasts.model import MAX_TEXT, State
from core.messages import Address
from core.secret import Secret
from core.staff.accounts import Accounts, Wanted
from core.staff.audit import Audit
from core.staff.chat_links import ChatLinks
from core.staff.rights import Role, Staff
from core.staff.sealing import Sealed
from tests.bot.test_reminder_wishes import ZALO, each_channel
from tests.bot.town import Town
from tests.conftest import rows

TEXT = "/thongbao Nghỉ lễ 02/9\nTrung tâm nghỉ từ 01/9.\n\nLàm việc lại từ 03/9."


class Office:
    """Accounts, and the codes the console would show."""

    def __init__(self, town: Town, engine: AsyncEngine) -> None:
        secret, self.audit = Secret("k" * 32), Audit(engine, town.world.now)
        self.accounts = Accounts(engine, self.audit, Sealed(secret), town.world.now)
        self.links = ChatLinks(engine, self.audit, secret, town.world.now)

    async def staff(self, role: Role = Role.COUNTER, *offices: int, name: str = "an.thi") -> Staff:
        wanted = Wanted("Trần Thị An", frozenset({role}), frozenset(offices), everywhere=not offices)
        ident, _ = await self.accounts.add(None, name, wanted, "trâu đen ăn cỏ 9 lần")
        account = await self.accounts.get(ident)
        assert account is not None
        return account.staff


@pytest.fixture
def office(town: Town, engine: AsyncEngine) -> Office:
    return Office(town, engine)


async def linked(town: Town, office: Office, who: str, role: Role = Role.COUNTER) -> Staff:
    staff = await office.staff(role)
    code = await office.links.code(staff)
    assert "an.thi" in await town.says(f"cán bộ {code[:4]} {code[4:]}", who)
    return staff


@each_channel
async def test_link_draft_and_part(town: Town, office: Office, engine: AsyncEngine, who: str) -> None:
    await linked(town, office, who)
    answer = await town.says(TEXT, who)
    assert "Đã lưu nháp thông báo số 1" in answer
    assert "Chưa gửi cho ai" in answer
    [(title, text, state, author)] = await rows(
        engine, "SELECT title, text, state, author_name FROM broadcast"
    )
    assert (title, state, author) == ("Nghỉ lễ 02/9", State.DRAFT.value, "Trần Thị An")
    assert text == "Trung tâm nghỉ từ 01/9.\n\nLàm việc lại từ 03/9.", "lines stay as they were typed"
    assert await rows(engine, "SELECT * FROM outbox") == []
    assert "Đã hủy liên kết" in await town.says("hủy liên kết cán bộ", who)
    assert "chưa liên kết" in await town.says("hủy liên kết cán bộ", who)
    assert "Chỉ cán bộ" in await town.says(TEXT, who)


@pytest.mark.parametrize("said", ["can bo {}", "cb {}", "/macanbo {}", "liên kết cán bộ {}", "CÁN BỘ {}"])
async def test_ways_to_type_the_code(town: Town, office: Office, said: str) -> None:
    staff = await office.staff()
    assert "Đã liên kết" in await town.says(said.format(await office.links.code(staff)), ZALO)
    assert await office.links.staff(Address.parse(ZALO)) == staff


async def test_the_code_stays_out_of_the_history(town: Town, office: Office) -> None:
    from core.messages import Incoming

    code = await office.links.code(await office.staff())
    reply = await town.talk.answer(Incoming(Address.parse(ZALO), f"cán bộ {code}"))
    assert reply.said is not None
    assert code not in reply.said


async def test_wrong_codes_are_told_and_then_locked(town: Town) -> None:
    assert "8 số" in await town.says("cán bộ 123", ZALO)
    for _ in range(5):
        assert "không dùng được" in await town.says("cán bộ 00000000", ZALO)
    assert "tạm dừng" in await town.says("cán bộ 00000000", ZALO)
    assert "8 số" in await town.says("/macanbo", ZALO)


async def test_others_are_told_courteously_and_citizens_led_on(town: Town) -> None:
    assert "Chỉ cán bộ" in await town.says("/thongbao", ZALO)
    assert "xã, phường nào" in await town.presses("Nhận thông báo", ZALO)
    assert "Tôi chuyển anh/chị tới cán bộ" in await town.says("gặp cán bộ", ZALO)


async def test_a_viewer_and_a_closed_account_draft_nothing(
    town: Town, office: Office, engine: AsyncEngine
) -> None:
    viewer = await linked(town, office, ZALO, Role.VIEWER)
    assert "chưa được giao quyền" in await town.says(TEXT, ZALO)
    boss = await office.staff(Role.ADMIN, name="sep.lon")
    await office.accounts.disable(boss, viewer.id)
    assert "Chỉ cán bộ" in await town.says(TEXT, ZALO)
    assert await rows(engine, "SELECT * FROM broadcast") == []


async def test_what_cannot_be_kept_is_said(town: Town, office: Office) -> None:
    await linked(town, office, ZALO)
    assert "dòng đầu là tiêu đề" in await town.says("/thongbao", ZALO)
    assert "dòng đầu là tiêu đề" in await town.says("/thongbao ...", ZALO)
    assert "Chưa lưu được thông báo" in await town.says("/thongbao Tin\n" + "d" * (MAX_TEXT + 1), ZALO)


@pytest.mark.parametrize(
    ("written", "title", "text"),
    [
        ("Nghỉ lễ\nTừ 01/9", "Nghỉ lễ", "Từ 01/9"),
        ("Nghỉ lễ từ 01/9", "Nghỉ lễ từ 01/9", "Nghỉ lễ từ 01/9"),
        ("một hai ba " * 20, "một hai ba " * 7 + "…", ("một hai ba " * 20).strip()),
        ("x" * 200 + "\ny", "x" * 80 + "…", "x" * 200 + "\ny"),
    ],
)
def test_the_title_of_a_draft(written: str, title: str, text: str) -> None:
    assert split_title(written) == (title.replace(" …", "…"), text)
