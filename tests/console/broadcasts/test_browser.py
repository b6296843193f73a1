"""Sign in, compose, preview, approve as a second person, send, report: in a browser, with real delivery."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from core.staff.rights import Role
from tests.console.broadcasts.world import World
from tests.console.conftest import Console, looked_at, needs_chromium, opened

pytestmark = needs_chromium


async def test_from_the_draft_to_the_report(console: Console, browser: Browser, world: World) -> None:
    people = await world.subscribe(40) + await world.subscribe(20, "telegram")
    await world.subscribe(3, "web", None)
    world.senders["telegram"].broken = {people[-1]}
    page = await opened(browser, console, "an.thi", Role.COUNTER)
    await page.get_by_role("link", name="Thông báo", exact=True).click()
    await page.get_by_role("button", name="Soạn thông báo").click()
    await page.get_by_label("Tiêu đề").fill("Cấp căn cước lưu động tại phường Tuy Hòa")
    text = "Thứ Bảy 28/11, Công an tỉnh cấp căn cước lưu động tại nhà văn hóa khu phố 5.\n"
    await page.get_by_label("Nội dung", exact=False).first.fill(
        text + "Mang theo giấy khai sinh của trẻ. " * 20
    )
    await page.get_by_text("Đường dẫn").first.click()
    await page.get_by_label("Tên nút 1").fill("Đặt lịch hẹn")
    await page.get_by_label("Địa chỉ 1").fill("dichvucong.gov.vn")
    zalo = page.get_by_role("region", name="Xem trước trên Zalo")
    await expect(zalo).to_contain_text("Thứ Bảy 28/11")
    await expect(zalo).to_contain_text("Đặt lịch hẹn")
    await page.get_by_text("Xã, phường").first.click()
    await page.get_by_label("Tìm xã, phường").fill("tuy hoa")
    await page.get_by_label("Phường Tuy Hòa", exact=True).check()
    await expect(page.locator("#count")).to_contain_text("60 người nhận")
    await expect(page.locator("#count")).to_contain_text("Chưa cho biết xã, phường")
    await looked_at(page, "broadcasts-form")
    await page.get_by_role("button", name="Lưu nháp").click()
    await page.get_by_role("button", name="Gửi duyệt").click()
    await expect(page.get_by_text("Chờ một người khác có quyền duyệt")).to_be_visible()
    at = page.url

    second = await opened(browser, console, "binh.le", Role.APPROVER)
    await second.goto(at)
    await expect(second.get_by_text("người nhận lúc gửi duyệt")).to_be_visible()
    await looked_at(second, "broadcasts-waiting")
    await second.get_by_role("button", name="Duyệt gửi").click()
    await expect(second.get_by_text("Đã duyệt, chờ gửi")).to_be_visible()

    await world.fix()
    await page.reload()
    await expect(page.get_by_role("heading", name="Tiến độ")).to_be_visible()
    await world.deliver()
    await expect(page.get_by_text("Đã gửi xong")).to_be_visible()  # by itself: nobody reloads
    await expect(page.locator(".numbers .sent")).to_contain_text("59")
    assert await page.locator("[hx-trigger*=every]").count() == 0
    assert sorted(world.arrived("căn cước")) == sorted(people[:-1])
    await looked_at(page, "broadcasts-done")
    await page.get_by_role("link", name="Xem từng người nhận").click()
    await page.get_by_label("Tình trạng").select_option("failed")
    await page.get_by_role("button", name="Lọc").click()
    await expect(page.locator("tbody tr")).to_have_count(1)
    await looked_at(page, "broadcasts-recipients")
