"""The inbox by HTTP: what each clerk sees and may do; in a browser: claim, reply, close, and the citizen's page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Browser, expect

from bot.app import create_app as assistant
from console.inbox import desk
from core.conversations.talks.book import Book
from core.conversations.talks.model import Direction, Subject
from core.conversations.talks.settle import Settling
from core.messages import Address, Aside, Message
from core.staff.rights import Role
from tests.conftest import rows
from tests.console.conftest import DESKTOP, Console, looked_at, needs_chromium, opened, settings_of

CITIZEN = Address("zalo", "42")
QUESTION = "tôi muốn hỏi chuyện ranh đất"


async def asks(console: Console, office: int | None = None, who: Address = CITIZEN) -> int:
    """Somebody opens a conversation and asks; the assistant would have known something."""
    book, now = Book(console.parts.engine, console.parts.secret), console.parts.now()
    standing = await book.open(who, Subject(office, dossier="H15.50.05.13-261008-0975"), now)
    suggested = (Message("Anh/chị mang theo giấy chứng nhận."),)
    aside = Aside(QUESTION, suggested, understood=None)
    await Settling(console.parts.engine).settled(who, (), aside, now)
    return standing.id


async def test_a_clerk_sees_their_offices_and_what_belongs_to_none(console: Console) -> None:
    first, second = (office.id for office in console.offices)
    mine = await asks(console, first, Address("zalo", "1"))
    theirs = await asks(console, second, Address("zalo", "2"))
    nobodys = await asks(console, None, Address("web", "3"))
    clerk = await console.signed_in("lan", Role.COUNTER, offices=(first,))
    shown = (await clerk.get("/hoi-dap")).text
    assert [f"/hoi-dap/{n}" in shown for n in (mine, theirs, nobodys)] == [True, False, True]
    assert (await clerk.get(f"/hoi-dap/{theirs}")).status_code == 404
    for deed in ("nhan", "tra-loi", "ghi-chu", "chuyen-noi", "chuyen-nguoi", "ket-thuc", "tra-lai"):
        assert (await clerk.post(f"/hoi-dap/{theirs}/{deed}")).status_code == 404, deed
    assert await rows(console.parts.engine, "SELECT state FROM talk WHERE state != 'waiting'") == []


async def test_of_two_clerks_one_wins_and_the_other_is_told_who(console: Console) -> None:
    number = await asks(console)
    lan = await console.signed_in("lan", Role.COUNTER)
    hoa = await console.signed_in("hoa", Role.COUNTER)
    await asyncio.gather(lan.post(f"/hoi-dap/{number}/nhan"), hoa.post(f"/hoi-dap/{number}/nhan"))
    pages = [(await someone.get(f"/hoi-dap/{number}")).text for someone in (lan, hoa)]
    held = ["Anh/chị đang giữ" in text for text in pages]
    assert sorted(held) == [False, True]
    loser, winner = pages[held.index(False)], ("Lan", "Hoa")[held.index(True)]
    assert f"{winner} đã nhận cuộc trò chuyện này trước." in loser
    assert 'name="text"' not in loser
    refused = await (hoa if winner == "Lan" else lan).post(
        f"/hoi-dap/{number}/tra-loi", {"text": "Tôi trả lời được không?", "key": "k-1"}
    )
    assert refused.status_code == 422
    assert await rows(console.parts.engine, "SELECT 1 FROM inbound") == []


async def test_a_form_sent_twice_sends_once_and_what_was_typed_stays(console: Console) -> None:
    number = await asks(console)
    lan = await console.signed_in("lan", Role.COUNTER)
    await lan.post(f"/hoi-dap/{number}/nhan")
    for _ in range(2):
        answer = await lan.post(f"/hoi-dap/{number}/tra-loi", {"text": "Chào bác", "key": "k-1"})
        assert answer.status_code == 303
    assert await rows(console.parts.engine, "SELECT count(*) FROM inbound") == [(1,)]
    long = "à" * 3001
    refused = await lan.post(f"/hoi-dap/{number}/tra-loi", {"text": long, "key": "k-2"})
    assert refused.status_code == 422
    assert long in refused.text
    assert "tối đa 3000" in refused.text
    audit = await rows(
        console.parts.engine, "SELECT what, subject FROM audit WHERE what LIKE 'talk.%' ORDER BY id"
    )
    assert audit == [("talk.claim", f"talk:{number}"), ("talk.reply", f"talk:{number}")]


async def test_only_what_is_new_is_sent_again(console: Console) -> None:
    number = await asks(console)
    lan = await console.signed_in("lan", Role.COUNTER)
    for path in ("/hoi-dap", f"/hoi-dap/{number}"):
        link = re.search(r'hx-get="([^"]+)"', (await lan.get(path)).text)
        assert link
        part = link.group(1).replace("&amp;", "&")
        assert (await lan.get(part)).status_code == 204, part
        await asks(console)
        fresh = await lan.get(part)
        assert (fresh.status_code, QUESTION in fresh.text) == (200, True)
    assert "Có tin mới từ người dân" in fresh.text
    await lan.post(f"/hoi-dap/{number}/nhan")
    assert (await lan.get(part)).headers["hx-refresh"] == "true", "other deeds are offered now"


async def test_passing_on(console: Console) -> None:
    first, second = console.offices
    number = await asks(console, first.id)
    lan = await console.signed_in("lan", Role.COUNTER, offices=(first.id,))
    await lan.post(f"/hoi-dap/{number}/nhan")
    done = await lan.post(f"/hoi-dap/{number}/chuyen-noi", {"office": second.id, "why": "đất ở bên đó"})
    assert done.headers["location"] == "/hoi-dap"
    assert (await lan.get(f"/hoi-dap/{number}")).status_code == 404
    ((told,),) = await rows(console.parts.engine, "SELECT reply FROM inbound")
    assert second.name in str(told).encode().decode("unicode_escape")
    hoa = await console.signed_in("hoa", Role.COUNTER, offices=(second.id,))
    shown = (await hoa.get(f"/hoi-dap/{number}")).text
    assert "chuyển tới" in shown
    assert "đất ở bên đó" in shown
    await hoa.post(f"/hoi-dap/{number}/nhan")
    other = await console.account("minh", Role.COUNTER, offices=(second.id,))
    stranger = console.made["lan"]
    assert (await hoa.post(f"/hoi-dap/{number}/chuyen-nguoi", {"colleague": stranger})).status_code == 422
    await hoa.post(f"/hoi-dap/{number}/chuyen-nguoi", {"colleague": other})
    minh = await console.signed_in("minh")
    assert "Anh/chị đang giữ" in (await minh.get(f"/hoi-dap/{number}")).text


async def test_the_number_left_is_shown_to_whoever_has_the_conversation(console: Console) -> None:
    number = await asks(console)
    await Book(console.parts.engine, console.parts.secret).leave_phone(CITIZEN, "0912345678", console.clock())
    lan = await console.signed_in("lan", Role.COUNTER)
    hoa = await console.signed_in("hoa", Role.COUNTER)
    await lan.post(f"/hoi-dap/{number}/nhan")
    assert "0912345678" in (await lan.get(f"/hoi-dap/{number}")).text
    assert "0912345678" not in (await hoa.get(f"/hoi-dap/{number}")).text


async def test_kept_replies_are_an_offices_own_or_everybodys(console: Console) -> None:
    first, second = console.offices
    boss = await console.signed_in("boss", Role.ADMIN)
    lan = await console.signed_in("lan", Role.COUNTER, offices=(first.id,))
    text = "Mời bác tới {nơi}, giờ {giờ}, hồ sơ {hồ sơ}, gọi {điện thoại}."
    common = {"title": "Mời tới quầy", "text": text, "office": 0}
    assert (await lan.post("/hoi-dap/mau/them", common)).status_code == 422
    assert (await boss.post("/hoi-dap/mau/them", common)).status_code == 303
    assert (
        await boss.post("/hoi-dap/mau/them", {**common, "office": second.id, "title": "Bên kia"})
    ).status_code == 303
    wrong = await lan.post("/hoi-dap/mau/them", {"title": "A", "text": "{tuổi}", "office": first.id})
    assert (wrong.status_code, "Không có chỗ điền {tuổi}" in wrong.text) == (422, True)
    assert "Bên kia" not in (await lan.get("/hoi-dap/mau")).text
    number = await asks(console, first.id)
    await lan.post(f"/hoi-dap/{number}/nhan")
    ident = (await rows(console.parts.engine, "SELECT id FROM canned_reply WHERE office IS NULL"))[0][0]
    shown = (await lan.get(f"/hoi-dap/{number}?mau={ident}")).text
    filled = (
        f"Mời bác tới {first.name}, giờ 07:00–11:30 và 13:30–17:00, hồ sơ H15.50.05.13-261008-0975, gọi …."
    )
    assert f">{filled}</textarea>" in shown
    assert (await lan.post(f"/hoi-dap/mau/{ident}/xoa")).status_code == 303
    assert "người phụ trách toàn tỉnh" in (await lan.get("/hoi-dap/mau")).text
    await boss.post(f"/hoi-dap/mau/{ident}/xoa")
    assert await rows(console.parts.engine, "SELECT title FROM canned_reply") == [("Bên kia",)]


@needs_chromium
async def test_claim_reply_close_and_the_citizens_page(
    console: Console,
    browser: Browser,
    tmp_path: Path,
    database_url: str,
    serve: Callable[[object], Awaitable[str]],
) -> None:
    """A citizen on the web asks for a person; a clerk takes it up, sends what the assistant suggests, writes, closes."""
    chat_base = await serve(assistant(settings_of(database_url, tmp_path)))
    citizen = await browser.new_page(viewport={"width": 390, "height": 844})
    citizen.set_default_timeout(15_000)
    await citizen.goto(chat_base)
    typed, log = citizen.get_by_label("Câu hỏi của anh/chị"), citizen.locator("#log")
    for text, answer in (("gặp cán bộ", "xã, phường nào"), ("phường Tuy Hòa", "Tôi đã chuyển")):
        await typed.fill(text)
        await typed.press("Enter")
        await expect(log).to_contain_text(answer)

    clerk = await opened(browser, console, "lan", Role.COUNTER)
    await clerk.get_by_role("link", name="Hội thoại", exact=True).first.click()
    await expect(clerk.get_by_role("cell", name="phường Tuy Hòa")).to_be_visible()
    await looked_at(clerk, "inbox-list")
    await clerk.get_by_role("link", name=re.compile("Số 1")).click()
    await clerk.get_by_role("button", name="Nhận cuộc trò chuyện").click()
    await expect(clerk.get_by_text("Anh/chị đang giữ")).to_be_visible()

    await typed.fill("lệ phí đăng ký khai sinh bao nhiêu")
    await typed.press("Enter")
    await expect(clerk.get_by_text("Trợ lý sẽ trả lời")).to_be_visible()  # by itself
    reply = clerk.get_by_label("Trả lời người dân")
    await reply.fill("Bác chờ tôi xem hồ sơ")
    await clerk.reload()
    await expect(reply).to_have_value("Bác chờ tôi xem hồ sơ")  # a refresh loses nothing
    await looked_at(clerk, "inbox-talk")
    await clerk.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    await reply.press("Control+Enter")
    await expect(clerk.locator(".line.staff")).to_contain_text("Bác chờ tôi xem hồ sơ")
    await expect(reply).to_have_value("")
    await expect(log.locator(".staff")).to_contain_text("Bác chờ tôi xem hồ sơ")
    await expect(log.locator(".staff time")).to_contain_text("Cán bộ")
    await expect(clerk.locator(".delivery.sent")).to_be_visible()
    await citizen.screenshot(path=f"{Path(__file__).parents[3]}/var/screenshots/console-inbox-citizen.png")

    await clerk.get_by_text("Kết thúc, giao lại trợ lý").click()
    await clerk.get_by_role("button", name="Kết thúc", exact=True).click()
    await expect(clerk.get_by_text("Đã kết thúc cuộc trò chuyện.")).to_be_visible()
    await expect(log).to_contain_text("Cuộc trò chuyện với cán bộ đã kết thúc")
    lines = await desk.lists(console.parts).lines(1)
    assert [line.text for line in lines if line.direction is Direction.CITIZEN] == [
        "gặp cán bộ",
        "phường Tuy Hòa",
        "lệ phí đăng ký khai sinh bao nhiêu",
    ]
