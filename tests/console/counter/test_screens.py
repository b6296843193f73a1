"""The counter in a browser: what waits, one click, a dossier, a slip; looked at at both widths."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

from playwright.async_api import Browser, expect

from core.dossiers.model import Fee, Status, Step, Supplement
from core.reminders import tasks
from core.reminders.model import Kind
from core.staff.rights import Role
from tests.console.conftest import SHOTS, Console, looked_at, needs_chromium, opened
from tests.core.counter.made import Counter, code

pytestmark = needs_chromium


async def test_a_clerks_morning(console: Console, browser: Browser) -> None:
    counter = Counter(console.parts.engine, console.clock())
    now, day = console.clock(), dt.timedelta(1)
    for number in range(3):
        await counter.waits(
            number, Status.DONE, 9 - number, ("zalo:1", "telegram:2"), owner_masked="N*** T*** H***"
        )
    await counter.waits(10, Status.PROCESSING, 9, due_at=now - 3 * day)
    await counter.waits(20, Status.PAYMENT, 3, fees=(Fee("Lệ phí", 75000, False),))
    asked = (Supplement("Bổ sung bản sao căn cước", now - day, None, ("Bản sao căn cước",)),)
    steps = (Step(now - 2 * day, "Tiếp nhận hồ sơ", "Bộ phận Một cửa"),)
    await counter.waits(
        30, Status.SUPPLEMENT, 1, (), supplements=asked, steps=steps, owner_masked="N*** V*** A***"
    )
    await tasks.Tasks(console.parts.engine).add(
        tasks.phone(code(1), Kind.PICKUP, "9.x.+3", "UBND phường Bình Kiến", now)
    )
    more = {"public_url": "https://motcua.example.vn", "telegram_bot_name": "motcua_bot", "zalo_oa_id": "123"}
    settings = console.parts.settings.model_copy(update=more)
    console.app.state.parts = dataclasses.replace(console.parts, settings=settings)
    page = await opened(browser, console, "hoa", Role.COUNTER, offices=(console.offices[0].id,))
    await expect(page.get_by_role("heading", name="Quầy hôm nay")).to_be_visible()  # home of a counter
    await page.get_by_role("link", name="Có kết quả, chưa nhận").click()
    await page.get_by_role("button", name=f"Nhắc hồ sơ {code(0)}").click()
    await expect(page.get_by_text("Đã xếp gửi tới 2 nơi nhận")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name=f"Nhắc hồ sơ {code(0)}")).to_have_count(0)
    await expect(page.get_by_text("Đã nhắc lúc")).to_be_visible()
    await looked_at(page, "counter")
    await page.get_by_label("Tra hồ sơ theo mã").fill(f" {code(30).lower()} ")
    await page.get_by_role("button", name="Tra", exact=True).click()
    await expect(page.get_by_text("Bản sao căn cước").first).to_be_visible()
    await looked_at(page, "counter-dossier")
    await page.get_by_role("button", name="Tạo việc gọi điện").click()
    await expect(page.get_by_text("Đã thêm vào Việc của quầy")).to_be_visible()
    await page.get_by_role("button", name="In phiếu QR").click()
    await expect(page.locator("svg.qr")).to_have_count(3)
    await looked_at(page, "counter-slip")
    for size in ("a6", "a5"):
        await page.goto(f"/quay/phieu/{code(30)}?kho={size}")
        printed = await page.pdf(prefer_css_page_size=True, path=SHOTS / f"slip-{size}.pdf")
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, size
    await page.goto("/quay/viec")
    await looked_at(page, "counter-tasks")
    await page.get_by_role("button", name="Đã xong").first.click()
    await expect(page.get_by_role("heading", name="Việc của quầy (1)")).to_be_visible()
