"""The main path in a browser: find a procedure, edit its fee, look, publish; the assistant answers with it."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, Page
from sqlalchemy.ext.asyncio import AsyncEngine

from core.procedures.catalogue import Catalogue
from core.procedures.guide import Guide
from core.procedures.live import Live
from core.staff.rights import Role
from tests.bot.town import Town, town
from tests.console.conftest import PASSWORD, Console, looked_at, needs_chromium, opened

__all__ = ["town"]
FEE = "đăng ký kết hôn lệ phí bao nhiêu"


@pytest.fixture
def guide(catalogue: Catalogue) -> Guide:
    """A guide of its own: its catalogue changes."""
    return Guide(catalogue)


@needs_chromium
async def test_edit_publish_and_the_chat_answers_with_it(
    browser: Browser, console: Console, town: Town, guide: Guide, catalogue: Catalogue, engine: AsyncEngine
) -> None:
    live = Live(engine, catalogue, lambda: console.parts.profile.today(console.clock()), guide.renew)
    keeping = asyncio.create_task(live.keep(every=0.05))
    assert "37.500 đồng" not in await town.says(FEE)
    page = await opened(browser, console, "lan", Role.EDITOR)
    await _find_and_edit(page)
    await _publish(page)
    async with asyncio.timeout(10):
        while "37.500 đồng" not in await town.says(FEE):
            await asyncio.sleep(0.05)
    keeping.cancel()
    await _report(page, town)


async def _find_and_edit(page: Page) -> None:
    await page.get_by_role("link", name="Thủ tục", exact=True).first.click()
    await page.get_by_label("Tìm").fill("dang ky ket hon")
    await page.keyboard.press("Enter")
    await looked_at(page, "catalogue-list")
    await page.get_by_role("link", name="Đăng ký kết hôn", exact=True).click()
    await looked_at(page, "catalogue-procedure")
    await page.get_by_role("button", name="Sửa", exact=True).click()
    fees = page.get_by_label("Lệ phí (đồng)")
    for number in range(await fees.count()):
        await fees.nth(number).fill("ba chục" if number == 0 else "37.500")
    papers = page.get_by_label("Tên giấy tờ")
    count = await papers.count()
    await page.get_by_role("button", name="+ Thêm giấy tờ").click()
    await papers.nth(count).fill("Giấy khám sức khỏe")
    await page.get_by_role("button", name=f"Đưa giấy tờ {count + 1} lên").click()
    assert await papers.nth(count - 1).input_value() == "Giấy khám sức khỏe"
    assert await fees.first.input_value() == "ba chục"
    await page.get_by_role("button", name="Lưu nháp").click()
    await page.get_by_text("Phải là số nguyên, ví dụ 8000.").wait_for()
    await looked_at(page, "catalogue-form")
    await _sessions_end(page)
    await fees.first.fill("37.500")
    await page.get_by_role("button", name="Lưu và xem trước").click()


async def sign_in(page: Page, name: str) -> None:
    """Sign in where one was led to."""
    await page.get_by_label("Tên đăng nhập").fill(name)
    await page.get_by_label("Mật khẩu").fill(PASSWORD)
    await page.get_by_role("button", name="Đăng nhập").click()
    await page.get_by_role("button", name="Đăng xuất").wait_for()


async def _sessions_end(page: Page) -> None:
    """What was typed when the session had ended is offered again after signing in."""
    title = page.get_by_label("Tên thường gọi")
    await title.fill("Đăng ký kết hôn")
    await page.context.clear_cookies()
    await page.get_by_role("button", name="Lưu nháp").click()
    await sign_in(page, "lan")
    await page.goto("/thu-tuc/dang-ky-ket-hon/sua")
    assert await title.input_value() == ""
    await page.get_by_role("button", name="Lấy lại phần chưa lưu").click()
    await page.get_by_role("status").filter(has_text="Lần trước").wait_for(state="hidden")
    assert await title.input_value() == "Đăng ký kết hôn"


async def _publish(page: Page) -> None:
    await page.get_by_label("Câu hỏi như người dân viết").fill("ket hon het bn tien")
    await page.get_by_role("button", name="Hỏi", exact=True).click()
    await page.get_by_text("Trợ lý hiểu là thủ tục này.").wait_for()
    await looked_at(page, "catalogue-draft")
    await page.get_by_label("Lý do thay đổi").fill("Mức thu mới")
    await page.get_by_label("Căn cứ của thay đổi").fill("Nghị quyết 12/2026/NQ-HĐND")
    await page.get_by_role("button", name="Công bố", exact=True).click()
    await page.get_by_text("Đã công bố phiên bản 1").wait_for()
    await page.get_by_role("link", name="Phiên bản 1", exact=True).click()
    await looked_at(page, "catalogue-version")


async def _report(page: Page, town: Town) -> None:
    """The citizen finds it wrong, and is told what came of it."""
    who = "telegram:7"
    await town.says(FEE, who)
    await town.says("thông tin sai", who)
    await town.says("xã tôi thu 50.000 đồng", who)
    await page.goto("/thu-tuc/bao-sai")
    await looked_at(page, "catalogue-reports")
    await page.get_by_role("link", name="Số 1").click()
    await page.get_by_label("Thông tin đang đúng").check()
    await looked_at(page, "catalogue-report")
    await page.get_by_role("button", name="Trả lời").click()
    await page.get_by_text("Đã trả lời và báo cho người dân.").wait_for()
    assert "thông tin đang dùng là đúng" in await town.told(who)
