"""Pictures, links of receipts and masked messages on the web page, in a real browser."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from fastapi import FastAPI
from PIL import Image
from playwright.async_api import Page, async_playwright, expect

from bot.channels.web.api import install_problem_handlers, routes
from core.messages import Button, Incoming, Message, Reply
from core.privacy import holds_number, mask_numbers
from tests.bot.channels.test_page import CHROMIUM, FLAGS, SHOTS
from tests.bot.fakes import FakeConversation

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="Debian's chromium is not installed (apt install chromium)"
)
PHONE = {"width": 360, "height": 740}
CODE = "H15.50.05.13-261008-0975"
LABEL = "Chụp hoặc chọn ảnh Giấy hẹn"


def answer(incoming: Incoming) -> Reply:
    """As the conversation does: a number typed must not be kept."""
    if incoming.text == "/start":
        return Reply((Message("Xin chào anh/chị.", (Button("Hồ sơ của tôi", "hs"),)),))
    said = mask_numbers(incoming.text) if holds_number(incoming.text) else None
    buttons = (Button("Gửi số điện thoại", contact=True), Button("Thôi", "stop"))
    return Reply((Message(f"Đã nhận {incoming.kind}.", buttons),), said=said)


@pytest.fixture
def talk() -> FakeConversation:
    return FakeConversation(answer)


@pytest.fixture
async def page(serve: Callable[[object], Awaitable[str]], talk: FakeConversation) -> AsyncIterator[Page]:
    app = FastAPI()
    install_problem_handlers(app)
    app.include_router(routes(talk, "tỉnh Đắk Lắk"))
    base = await serve(app)
    SHOTS.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        made = await browser.new_page(viewport=PHONE, locale="vi-VN", base_url=base)  # type: ignore[arg-type]
        problems: list[str] = []
        made.on("pageerror", lambda error: problems.append(str(error)))
        made.on(
            "console", lambda line: problems.append(line.text) if "Content Security" in line.text else None
        )
        yield made
        await browser.close()
    assert problems == []


def picture(side: int, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side // 2), "white").save(out, kind)
    return out.getvalue()


async def opened(page: Page, path: str = "/") -> None:
    await page.goto(path)
    await expect(page.locator(".bubble:not(.mine)")).to_have_count(1)
    await expect(page.locator("#typing")).to_be_hidden()


async def choose(page: Page, data: bytes, mime: str = "image/png") -> None:
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name=LABEL).click()
    await (await chooser.value).set_files({"name": "giay-hen", "mimeType": mime, "buffer": data})


async def kept(page: Page) -> str:
    return str(await page.evaluate("JSON.stringify(localStorage)"))


async def test_a_picture_is_chosen_sent_and_never_kept(page: Page, talk: FakeConversation) -> None:
    await opened(page)
    small = picture(300)
    await choose(page, small)
    await expect(page.locator(".bubble").last).to_have_text("Đã nhận photo.")
    await expect(page.locator(".mine")).to_have_text("[Ảnh]")
    assert talk.asked[-1].photo == small  # what is small enough is sent as it is
    assert "Gửi số điện thoại" not in await page.locator("#log").inner_text()
    assert len(await kept(page)) < 1_000
    assert "pending" not in json.loads(await kept(page))
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.screenshot(path=SHOTS / "phone-360-photo.png")
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.screenshot(path=SHOTS / "desktop-photo.png")


async def test_a_large_picture_is_shrunk_and_others_turned_into_jpeg(
    page: Page, talk: FakeConversation
) -> None:
    await opened(page)
    for number, (data, mime, size) in enumerate(
        [
            (picture(4000), "image/png", (2000, 1000)),
            (picture(600, "GIF"), "image/gif", (600, 300)),
        ]
    ):
        await choose(page, data, mime)
        await expect(page.locator(".bubble:not(.mine)")).to_have_count(2 + number)
        photo = talk.asked[-1].photo
        assert photo is not None
        with Image.open(io.BytesIO(photo)) as sent:
            assert (sent.format, sent.size) == ("JPEG", size)


async def test_what_no_browser_reads_is_explained_by_the_server(page: Page, talk: FakeConversation) -> None:
    await opened(page)
    await choose(page, b"\0\0\0\x18ftypheic", "image/heic")
    await expect(page.locator(".failed")).to_contain_text("JPEG, PNG hoặc WebP")
    await page.get_by_role("button", name="Cuộc trò chuyện mới").click()
    await expect(page.locator(".failed")).to_have_count(0)
    assert [a.kind for a in talk.asked] == ["payload", "payload"]


async def test_a_picture_is_dropped_or_pasted(page: Page, talk: FakeConversation) -> None:
    await opened(page)
    for number, (event, carrier) in enumerate([("drop", "dataTransfer"), ("paste", "clipboardData")]):
        await page.evaluate(
            """([event, carrier, bytes]) => {
                const data = new DataTransfer();
                data.items.add(new File([new Uint8Array(bytes)], "anh.png", { type: "image/png" }));
                const made = new Event(event, { bubbles: true, cancelable: true });
                Object.defineProperty(made, carrier, { value: data });
                document.getElementById("text").dispatchEvent(made);
            }""",
            [event, carrier, list(picture(60))],
        )
        await expect(page.locator(".bubble:not(.mine)")).to_have_count(2 + number)
        await expect(page.locator("#typing")).to_be_hidden()
    assert [a.photo for a in talk.asked[1:]] == [picture(60)] * 2


async def test_the_link_of_a_receipt_asks_once(page: Page, talk: FakeConversation) -> None:
    await opened(page, f"/?hs={CODE}")
    await expect(page.locator(".mine")).to_have_text(CODE)
    assert [(a.kind, a.text) for a in talk.asked] == [("payload", f"start:{CODE}")]
    assert "?" not in page.url
    await page.reload()
    await expect(page.locator(".bubble")).to_have_count(2)
    assert len(talk.asked) == 1


async def test_a_link_that_holds_no_code_only_greets(page: Page, talk: FakeConversation) -> None:
    for hostile in ("<script>alert(1)</script>", "x" * 200, "", "H15 50"):
        await opened(page, f"/?hs={hostile}")
        assert "?" not in page.url
        await page.evaluate("localStorage.clear()")
    assert {a.text for a in talk.asked} == {"/start"}


async def test_a_number_typed_is_masked_where_it_is_kept(page: Page, talk: FakeConversation) -> None:
    await opened(page)
    await page.get_by_label("Câu hỏi của anh/chị").fill("số của tôi là 0912345678")
    await page.keyboard.press("Enter")
    await expect(page.locator(".mine")).to_have_text("số của tôi là [số đã che]")
    assert talk.asked[-1].text == "số của tôi là 0912345678"
    assert "0912345678" not in await kept(page)
    await page.get_by_role("button", name="Cuộc trò chuyện mới").click()
    await expect(page.locator(".bubble")).to_have_count(1)
    assert "che" not in await kept(page)
