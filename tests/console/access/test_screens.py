"""The screens of access in a browser: looked at at both widths, with nothing serious that axe knows of."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from core.staff.rights import Role
from tests.console.conftest import PHONE, Console, looked_at, needs_chromium, opened

pytestmark = needs_chromium


async def test_an_administrator_makes_an_account(console: Console, browser: Browser) -> None:
    page = await opened(browser, console, "quan.tri", Role.ADMIN)
    await page.goto("/nhan-su")
    await looked_at(page, "accounts")
    await page.get_by_role("button", name="Thêm tài khoản").click()
    await page.get_by_label("Tên đăng nhập").fill("Sai Tên")
    await page.get_by_label("Họ và tên").fill("Trần Thị Bé")
    await page.get_by_label("Cán bộ một cửa").check()
    await page.get_by_label("Trung tâm Phục vụ hành chính công số 5").check()
    await page.get_by_role("button", name="Tạo tài khoản").click()
    await expect(page.locator(".wrong")).to_contain_text("chữ thường không dấu")
    await expect(page.get_by_label("Họ và tên")).to_have_value("Trần Thị Bé")
    await looked_at(page, "account")
    await page.get_by_label("Tên đăng nhập").fill("be.tran")
    await page.get_by_role("button", name="Tạo tài khoản").click()
    await expect(page.get_by_text("Mật khẩu chỉ hiện lần này")).to_be_visible()
    await page.goto("/nhat-ky")
    await expect(page.get_by_text("Tạo tài khoản")).to_have_count(2)
    await looked_at(page, "log")
    await page.goto("/noi-lam-viec")
    await looked_at(page, "offices")
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await page.get_by_text("Menu", exact=True).click()
    await page.get_by_role("link", name="Tài khoản", exact=True).click()
    await expect(page.get_by_role("link", name="Trần Thị Bé")).to_be_visible()
