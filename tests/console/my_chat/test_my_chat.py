"""Linking one's own chat: the code is shown once, the chat takes it, either side parts."""

from __future__ import annotations

import re

import pytest

from core.messages import Address
from core.staff.chat_links import CODES_PER_HOUR, ChatLinks
from core.staff.rights import Role, Staff
from tests.console.conftest import Console

ZALO = Address("zalo", "2512523625412515")


@pytest.fixture
def links(console: Console) -> ChatLinks:
    """As the bot has them."""
    parts = console.parts
    return ChatLinks(parts.engine, parts.audit, parts.secret, parts.now)


async def test_link_see_and_part(console: Console, links: ChatLinks) -> None:
    an = await console.signed_in("an.thi", Role.COUNTER)
    assert "Chưa có kênh chat nào" in (await an.get("/tai-khoan/chat")).text
    shown = (await an.post("/tai-khoan/chat/ma")).text
    [code] = re.findall(r"cán bộ (\d{4} \d{4})<", shown)
    assert code not in (await an.get("/tai-khoan/chat")).text
    taken = await links.take(ZALO, None, code.replace(" ", ""))
    assert isinstance(taken, Staff)
    listed = (await an.get("/tai-khoan/chat")).text
    assert "Zalo …515" in listed
    ba = await console.signed_in("ba.minh", Role.COUNTER)
    assert "Zalo" not in (await ba.get("/tai-khoan/chat")).text.split("Đã liên kết")[1]
    await ba.post("/tai-khoan/chat/bo", {"address": str(ZALO)})
    assert await links.staff(ZALO) is not None
    await an.post("/tai-khoan/chat/bo", {"address": str(ZALO)})
    assert await links.staff(ZALO) is None
    assert (await an.post("/tai-khoan/chat/bo", {"address": "x"})).status_code == 404


async def test_too_many_codes_are_refused_in_words(console: Console) -> None:
    an = await console.signed_in("an.thi", Role.VIEWER)
    for _ in range(CODES_PER_HOUR):
        assert (await an.post("/tai-khoan/chat/ma")).status_code == 200
    assert "quá nhiều mã" in (await an.post("/tai-khoan/chat/ma")).text
