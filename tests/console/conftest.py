"""The staff console for tests: over a database of its own, with people of every role, by HTTP and in a browser."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from axe_playwright_python.async_playwright import Axe
from fastapi import FastAPI
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from console.app import create_app
from console.parts import Parts
from core.settings import Settings
from core.staff import passwords
from core.staff.accounts import Wanted
from core.staff.offices import Office
from core.staff.rights import Role
from tests.conftest import ROOT

CHROMIUM = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
SHOTS = ROOT / "var" / "screenshots"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
PASSWORD = "trâu đen ăn cỏ 9 lần"
expect.set_options(timeout=20_000)  # a page that polls, on a busy machine
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hashes that cost nothing: what they cost in service is meant to keep machines like this one busy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@dataclass
class Clock:
    """A clock that stands where it is put; it begins at the present, because sessions are dated."""

    at: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))

    def __call__(self) -> dt.datetime:
        return self.at

    def on(self, **by: float) -> None:
        """Put it forward."""
        self.at += dt.timedelta(**by)


@dataclass
class Console:
    """A running console.

    Args:
        offices: two of them: ``offices[0]`` takes H15.50.05, ``offices[1]`` takes H15.50.06.
    """

    app: FastAPI
    base: str
    clock: Clock
    offices: list[Office]
    made: dict[str, int] = field(default_factory=dict)
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    @property
    def parts(self) -> Parts:
        """The parts behind its pages."""
        parts = self.app.state.parts
        assert isinstance(parts, Parts)
        return parts

    async def account(self, name: str, *roles: Role, offices: tuple[int, ...] | None = None) -> int:
        """An account with PASSWORD; of the whole province unless ``offices`` (ids) are given."""
        if name not in self.made:
            wanted = Wanted(
                name.title(), frozenset(roles), frozenset(offices or ()), everywhere=offices is None
            )
            self.made[name], _ = await self.parts.accounts.add(None, name, wanted, PASSWORD)
        return self.made[name]

    def client(self) -> httpx.AsyncClient:
        """A browser without JavaScript that nobody is signed in with."""
        client = httpx.AsyncClient(base_url=self.base, trust_env=False, timeout=20)
        self.clients.append(client)
        return client

    async def signed_in(self, name: str, *roles: Role, offices: tuple[int, ...] | None = None) -> Signed:
        """Somebody who is signed in; the account is made when there is none."""
        await self.account(name, *roles, offices=offices)
        client = self.client()
        done = await client.post("/dang-nhap", data={"name": name, "password": PASSWORD})
        assert done.status_code == 303, done.text
        session = await self.parts.sessions.of(client.cookies["mot_cua_can_bo"])
        assert session is not None
        return Signed(client, session.csrf)


@dataclass
class Signed:
    """Somebody's browser, signed in."""

    client: httpx.AsyncClient
    csrf: str

    async def get(self, path: str, **more: Any) -> httpx.Response:
        """Open a page."""
        return await self.client.get(path, **more)

    async def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """Send a form with its token."""
        return await self.client.post(path, data={"csrf": self.csrf, **(data or {})}, **more)


def settings_of(url: str, folder: Path) -> Settings:
    """Settings of a console over a database."""
    return Settings(_env_file=None, database_url=url, secret_file=folder / "secret.key")  # type: ignore[call-arg]


@pytest.fixture
async def console(
    database_url: str, tmp_path: Path, serve: Callable[[object], Awaitable[str]]
) -> AsyncIterator[Console]:
    """A running console with two offices."""
    clock = Clock()
    app = create_app(settings_of(database_url, tmp_path), clock)
    base = await serve(app)
    offices = app.state.parts.offices
    async with app.state.parts.engine.begin() as connection:
        for number, unit in ((5, "22015"), (6, "22045")):
            name = f"Trung tâm Phục vụ hành chính công số {number}"
            await offices.put(connection, Office(0, name, unit, (f"H15.50.0{number}",)))
    made = Console(app, base, clock, await offices.all())
    yield made
    for client in made.clients:
        await client.aclose()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Headless Chromium; the test is skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("Debian's chromium is not installed (apt install chromium)")
    SHOTS.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield made
        await made.close()


async def opened(
    browser: Browser, console: Console, name: str, *roles: Role, offices: tuple[int, ...] | None = None
) -> Page:
    """A page of somebody who signed in through the form; errors of scripts fail the test at its close."""
    await console.account(name, *roles, offices=offices)
    context: BrowserContext = await browser.new_context(
        base_url=console.base,
        locale="vi-VN",
        viewport=DESKTOP,  # type: ignore[arg-type]
    )
    page = await context.new_page()
    page.set_default_timeout(30_000)
    await page.goto("/dang-nhap")
    await page.get_by_label("Tên đăng nhập").fill(name)
    await page.get_by_label("Mật khẩu").fill(PASSWORD)
    await page.get_by_role("button", name="Đăng nhập").click()
    await page.get_by_role("button", name="Đăng xuất").wait_for()
    return page


async def looked_at(page: Page, name: str) -> None:
    """Pictures at both widths, nothing wider than the phone, and no serious fault that axe knows of."""
    for width, viewport in (("phone", PHONE), ("desktop", DESKTOP)):
        await page.set_viewport_size(viewport)  # type: ignore[arg-type]
        await page.screenshot(path=SHOTS / f"console-{name}-{width}.png", full_page=True)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name}: too wide"
        found = await Axe().run(page)
        serious = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
        assert not serious, [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in serious]
