"""The web chat in a real browser: phone and desktop, keyboard only, reload, outage, hostile text."""

from __future__ import annotations

import pathlib
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import Page, Route, async_playwright, expect

from bot.app import create_app
from core.settings import Settings
from tests.conftest import ROOT

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="Debian's chromium is not installed (apt install chromium)"
)
pytestmark = needs_chromium
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
SHOTS = ROOT / "var" / "screenshots"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


@pytest.fixture
async def page(serve: Callable[[object], Awaitable[str]], tmp_path: pathlib.Path) -> AsyncIterator[Page]:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'a.db'}",
        rasa_url="http://127.0.0.1:9",
    )
    base = await serve(create_app(settings))
    SHOTS.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        made = await browser.new_page(viewport=PHONE, locale="vi-VN", base_url=base)  # type: ignore[arg-type]
        problems: list[str] = []
        made.on("pageerror", lambda error: problems.append(str(error)))
        yield made
        await browser.close()
    assert problems == []


async def ask(page: Page, text: str) -> None:
    bubbles = page.locator(".bubble:not(.mine)")
    await expect(bubbles.first).to_be_visible()  # the greeting: until it is there nothing can be sent
    await expect(page.locator("#typing")).to_be_hidden()
    before = await bubbles.count()
    await page.get_by_label("Câu hỏi của anh/chị").fill(text)
    await page.keyboard.press("Enter")
    await expect(bubbles.nth(before)).to_be_visible()


async def test_a_conversation_on_a_phone(page: Page) -> None:
    await page.goto("/")
    await expect(page.locator(".bubble").first).to_contain_text("Xin chào anh/chị")
    await page.screenshot(path=SHOTS / "phone-start.png")
    await page.get_by_role("button", name="Thủ tục thường gặp").click()
    await page.get_by_role("button", name="Đăng ký kết hôn").click()
    await expect(page.locator(".bubble").last).to_contain_text("Kết quả: Giấy chứng nhận kết hôn")
    await page.get_by_role("button", name="Lệ phí").click()
    await expect(page.locator(".bubble").last).to_contain_text("không thu phí")
    await page.screenshot(path=SHOTS / "phone-answer.png")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    link = page.get_by_role("link", name="Xem trên Cổng DVC quốc gia")
    assert await link.get_attribute("rel") == "noopener noreferrer"


async def test_desktop_keeps_a_readable_column(page: Page) -> None:
    await page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    await page.goto("/")
    await ask(page, "đăng ký kết hôn cần giấy tờ gì")
    await page.screenshot(path=SHOTS / "desktop-answer.png")
    box = await page.locator(".bubble").last.bounding_box()
    assert box is not None
    assert box["width"] <= 700


async def test_keyboard_alone_is_enough(page: Page) -> None:
    await page.goto("/")
    await expect(page.get_by_role("button", name="Tôi giúp được gì")).to_be_visible()
    await page.locator("body").press("Tab")
    for _ in range(8):
        focused = await page.evaluate("document.activeElement.textContent")
        if focused == "Tôi giúp được gì":
            break
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".bubble").last).to_contain_text("Tôi trả lời về thủ tục")
    await expect(page.get_by_role("log", name="Nội dung trò chuyện")).to_have_attribute("aria-live", "polite")


async def test_a_reload_loses_nothing(page: Page) -> None:
    await page.goto("/")
    await ask(page, "thủ tục 1.000894 lệ phí bao nhiêu")
    said = await page.locator(".bubble").all_text_contents()
    await page.reload()
    await expect(page.locator(".bubble")).to_have_count(len(said))
    assert await page.locator(".bubble").all_text_contents() == said
    await page.get_by_role("button", name="Cuộc trò chuyện mới").click()
    await expect(page.locator(".bubble")).to_have_count(1)


async def test_the_position_is_shared_by_a_button_and_kept_nowhere(page: Page) -> None:
    await page.context.grant_permissions(["geolocation"])
    await page.context.set_geolocation({"latitude": 13.0955123, "longitude": 109.3209432})
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.post_data or "") if r.url.endswith("/api/chat") else None)
    await page.goto("/")
    await ask(page, "quầy một cửa gần nhất ở đâu")
    await page.get_by_role("button", name="Chia sẻ vị trí").click()
    await expect(page.locator(".bubble").last).to_contain_text("Phường Tuy Hòa")
    assert "13.096" in sent[-1]
    assert "13.0955" not in sent[-1]
    kept = await page.evaluate("JSON.stringify(localStorage)")
    assert "[Vị trí]" in kept
    assert "13.09" not in kept


async def test_a_refused_position_asks_for_the_commune(page: Page) -> None:
    await page.goto("/")
    await ask(page, "quầy một cửa gần nhất ở đâu")
    await page.get_by_role("button", name="Chia sẻ vị trí").click()
    await expect(page.locator(".bubble").last).to_contain_text("nhắn tên xã, phường")
    await ask(page, "phường Tuy Hòa")
    await expect(page.locator(".bubble").last).to_contain_text(
        "Trung tâm Phục vụ hành chính công Phường Tuy Hòa"
    )


async def test_a_lost_connection_is_told_and_the_message_sent_again(page: Page) -> None:
    await page.goto("/")
    await expect(page.locator(".bubble")).to_have_count(1)

    async def refuse(route: Route) -> None:
        await route.abort()

    await page.route("**/api/chat", refuse)
    await page.get_by_label("Câu hỏi của anh/chị").fill("/help")
    await page.keyboard.press("Enter")
    await expect(page.locator(".failed")).to_contain_text("Kiểm tra kết nối mạng")
    await page.screenshot(path=SHOTS / "phone-offline.png")
    await page.unroute("**/api/chat")
    await page.get_by_role("button", name="Gửi lại").click()
    await expect(page.locator(".bubble").last).to_contain_text("Tôi trả lời về thủ tục")
    await expect(page.locator(".failed")).to_have_count(0)


async def test_the_server_speaking_html_at_night_is_told(page: Page) -> None:
    await page.goto("/")
    await expect(page.locator(".bubble")).to_have_count(1)

    async def bad_gateway(route: Route) -> None:
        await route.fulfill(status=502, body="<html>Bad Gateway</html>", content_type="text/html")

    await page.route("**/api/chat", bad_gateway)
    await page.get_by_label("Câu hỏi của anh/chị").fill("chào")
    await page.keyboard.press("Enter")
    await expect(page.locator(".failed")).to_be_visible()


async def test_what_is_typed_is_never_run(page: Page) -> None:
    await page.goto("/")
    await ask(page, "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>")
    assert await page.locator("#log img, #log script").count() == 0
    assert "hacked" not in await page.title()
    await ask(page, "chữ " * 3_000)
    await expect(page.locator(".bubble").last).to_contain_text("dài quá")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_title_names_the_province_and_text_can_be_enlarged(page: Page) -> None:
    await page.goto("/")
    assert await page.title() == "Trợ lý Một cửa – tỉnh Đắk Lắk"
    await page.evaluate("document.documentElement.style.fontSize = '34px'")
    await expect(page.locator(".bubble").first).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_long_answer_is_shown_from_its_beginning(page: Page) -> None:
    await page.goto("/")
    await ask(page, "thủ tục 1.001193 cần giấy tờ gì")
    await expect(page.locator(".mine").last).to_be_in_viewport()
