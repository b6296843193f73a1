"""Ratings and petitions in a browser, looked at at both widths."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from core.staff.rights import Role
from tests.console.conftest import Console, looked_at, needs_chromium, opened
from tests.console.feedback.test_feedback import rated, sent

pytestmark = needs_chromium


async def test_a_petition_is_answered(console: Console, browser: Browser) -> None:
    first, second = (office.id for office in console.offices)
    await rated(console, first, (5, 4, 5, 3, 1), "Cán bộ nhiệt tình, nhưng chỗ ngồi chờ còn thiếu ghế.")
    await rated(console, second, (4, 4, 2))
    one = await sent(
        console, first, "Đèn đường trước trường mẫu giáo tắt cả tháng nay, gọi mãi không ai nghe máy."
    )
    await sent(console, None, "Trang dịch vụ công cứ báo lỗi khi nộp hồ sơ.")
    page = await opened(browser, console, "le.an", Role.ADMIN)
    await page.goto("/gop-y")
    await looked_at(page, "ratings")
    await page.get_by_role("link", name="Phản ánh, kiến nghị (2)").click()
    await looked_at(page, "petitions")
    await page.get_by_role("link", name=one.number).click()
    await page.get_by_label("Câu trả lời").fill("Đã sửa đèn ngày hôm nay. Cảm ơn ông/bà đã báo.")
    await looked_at(page, "petition")
    await page.get_by_role("button", name="Gửi trả lời").click()
    await expect(page.get_by_text("Đã trả lời; người gửi được báo ngay.")).to_be_visible()
    await page.get_by_role("button", name="Kết thúc", exact=True).click()
    await page.get_by_role("button", name="Kết thúc", exact=True).last.click()
    await expect(page.get_by_text(f"Đã kết thúc {one.number}")).to_be_visible()
