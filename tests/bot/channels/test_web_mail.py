"""Mail of the web chat: over its contract, and in a real browser on a phone and a desktop."""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from playwright.async_api import Page, Route, async_playwright, expect
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.app import create_app
from core.db import engine as engines
from core.db.migrate import upgrade
from core.db.reminder_tables import WebMailRow
from core.messages import Address, Button, Message
from core.reminders.web_mail import KEEP, WebMail
from core.settings import Settings
from tests.bot.channels.test_page import CHROMIUM, DESKTOP, FLAGS, PHONE, SHOTS, ask, needs_chromium
from tests.conftest import NOW

SESSION = "a" * 32
ME = Address("web", SESSION)
TEXT = """Hồ sơ H15.50.05.13-261008-0975 đã có kết quả, đang chờ anh/chị đến nhận.
Tình trạng: Đã xử lý xong

Mang theo Giấy tiếp nhận và hẹn trả kết quả, căn cước.

Mã kiểm tra 4F7K – gửi “kiểm tra 4F7K” để biết tin này có phải do tỉnh Đắk Lắk gửi."""
LETTER = Message(
    TEXT,
    (
        Button("Xem hồ sơ", "d:show:H15.50.05.13-261008-0975"),
        Button("Vì sao tôi nhận tin này?", "rm:why:4F7K"),
        Button("Tắt “Nhắc nhận kết quả”", "rm:off:pickup"),
    ),
)


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now


async def test_a_letter_waits_until_the_page_says_that_it_has_it(engine: AsyncEngine) -> None:
    mail = WebMail(engine, Clock())
    await mail.send(ME, LETTER)
    await mail.send(Address("web", "other"), Message("của người khác"))
    first = await mail.fetch(ME, 0)
    assert [letter.message for letter in first] == [LETTER]
    assert await mail.fetch(ME, 0) == first  # the answer was lost: nothing is
    assert await mail.fetch(ME, first[0].id) == []
    assert await mail.fetch(ME, 0) == []
    assert len(await mail.fetch(Address("web", "other"), 0)) == 1


async def test_an_id_is_never_given_twice(engine: AsyncEngine) -> None:
    mail = WebMail(engine, Clock())
    await mail.send(ME, LETTER)
    (old,) = await mail.fetch(ME, 0)
    assert await mail.fetch(ME, old.id) == []  # the newest row is deleted
    await mail.send(ME, Message("mới"))
    assert [letter.message.text for letter in await mail.fetch(ME, old.id)] == ["mới"]


async def test_a_letter_is_kept_for_thirty_days_at_most(engine: AsyncEngine) -> None:
    clock = Clock()
    mail = WebMail(engine, clock)
    await mail.send(ME, LETTER)
    clock.now += KEEP
    assert await mail.fetch(ME, 0) == []
    await mail.forget_old(clock.now)
    async with engine.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(WebMailRow)) == 0


@pytest.fixture
async def served(
    serve: Callable[[object], Awaitable[str]], tmp_path: pathlib.Path
) -> AsyncIterator[tuple[str, WebMail]]:
    """The application and a sender of its mail, as the clock's process has one."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'a.db'}"
    settings = Settings(_env_file=None, database_url=url, rasa_url="http://127.0.0.1:9")  # type: ignore[call-arg]
    base = await serve(create_app(settings))
    engine = engines.create(url)
    await upgrade(engine)
    yield base, WebMail(engine, lambda: NOW)
    await engine.dispose()


async def test_the_contract(served: tuple[str, WebMail]) -> None:
    base, mail = served
    await mail.send(ME, Message("Chào", (Button("Số của tôi", contact=True), Button("Xem", "d:mine"))))
    async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
        answer = await client.post("/api/mail", json={"session": SESSION})
        assert answer.headers["cache-control"] == "no-store"
        (letter,) = answer.json()["letters"]
        assert letter["text"] == "Chào"
        assert letter["at"] == "2026-11-23T08:00:00+00:00"
        assert letter["buttons"] == [{"title": "Xem", "payload": "d:mine"}]
        again = await client.post("/api/mail", json={"session": SESSION, "after": letter["id"]})
        assert again.json() == {"letters": []}
        for bad in ({}, {"session": "a b"}, {"session": SESSION, "after": -1}, {"session": SESSION, "x": 1}):
            refused = await client.post("/api/mail", json=bad)
            assert refused.status_code == 422
            assert refused.headers["content-type"] == "application/problem+json"
        assert (await client.get("/api/mail")).status_code == 405


@pytest.fixture
async def page(served: tuple[str, WebMail]) -> AsyncIterator[Page]:
    SHOTS.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        made = await browser.new_page(viewport=PHONE, locale="vi-VN", base_url=served[0])  # type: ignore[arg-type]
        problems: list[str] = []
        made.on("pageerror", lambda error: problems.append(str(error)))
        yield made
        await browser.close()
    assert problems == []


async def me(page: Page) -> Address:
    return Address("web", await page.evaluate("localStorage.getItem('session')"))


@needs_chromium
@pytest.mark.parametrize(("size", "name"), [(PHONE, "phone"), (DESKTOP, "desktop")])
async def test_a_letter_is_shown_when_the_page_is_opened_again(
    page: Page, served: tuple[str, WebMail], size: dict[str, int], name: str
) -> None:
    await page.set_viewport_size(size)  # type: ignore[arg-type]
    await page.goto("/")
    await ask(page, "/help")
    await served[1].send(await me(page), LETTER)
    await page.reload()
    letter = page.locator(".letter")
    await expect(letter).to_have_count(1)
    await expect(letter).to_contain_text("Tin nhắc, 15:00 ngày 23/11/2026")
    await expect(letter).to_contain_text("đang chờ anh/chị đến nhận")
    await expect(page.get_by_role("button", name="Xem hồ sơ")).to_be_visible()
    await expect(page.get_by_role("button", name="Thủ tục thường gặp")).to_have_count(
        1
    )  # the answer's choices
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.screenshot(path=SHOTS / f"{name}-mail.png")
    await page.reload()
    await expect(letter).to_have_count(1)  # kept by the page, and not shown twice
    await page.get_by_role("button", name="Tắt “Nhắc nhận kết quả”").click()
    await expect(page.locator(".bubble").last).to_contain_text("Đã tắt loại tin “Nhắc nhận kết quả”")
    await page.screenshot(path=SHOTS / f"{name}-mail-off.png")


@needs_chromium
async def test_a_visible_page_looks_once_a_minute_and_a_hidden_one_never(
    page: Page, served: tuple[str, WebMail]
) -> None:
    await page.clock.install()
    looks: list[str] = []
    page.on("request", lambda request: looks.append(request.url) if "/api/mail" in request.url else None)
    await page.goto("/")
    await ask(page, "/help")
    await served[1].send(await me(page), LETTER)
    before = len(looks)
    await page.clock.run_for(59_000)
    assert len(looks) - before <= 1
    await page.clock.run_for(2_000)
    await expect(page.locator(".letter")).to_have_count(1)
    hide = "Object.defineProperty(document, 'hidden', { value: %s, configurable: true });"
    await page.evaluate(hide % "true")
    before = len(looks)
    await page.clock.run_for(600_000)
    assert len(looks) == before
    async with page.expect_request("**/api/mail"):
        await page.evaluate(hide % "false" + "document.dispatchEvent(new Event('visibilitychange'))")


@needs_chromium
async def test_a_lost_answer_loses_no_letter(page: Page, served: tuple[str, WebMail]) -> None:
    await page.goto("/")
    await ask(page, "/help")

    async def lose(route: Route) -> None:
        await route.fetch()  # the server has answered, the page never hears it
        await route.abort()

    await page.route("**/api/mail", lose)
    await served[1].send(await me(page), LETTER)
    await page.reload()
    await expect(page.locator(".mine")).to_have_count(1)
    await expect(page.locator(".letter")).to_have_count(0)
    await page.unroute("**/api/mail")
    await page.reload()
    await expect(page.locator(".letter")).to_have_count(1)


@needs_chromium
async def test_a_new_conversation_gets_nobody_elses_letters(page: Page, served: tuple[str, WebMail]) -> None:
    await page.goto("/")
    await ask(page, "/help")
    await served[1].send(await me(page), LETTER)
    await page.get_by_role("button", name="Cuộc trò chuyện mới").click()
    await expect(page.locator(".bubble")).to_have_count(1)
    await page.reload()
    await expect(page.locator(".bubble")).to_have_count(1)
    assert await page.locator(".letter").count() == 0
