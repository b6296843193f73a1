"""Counter mode by HTTP: whose dossiers, one click, tasks, the live look, slips."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Awaitable, Callable

import pytest

from core.dossiers.model import Fee, Status
from core.dossiers.portals.build import portals_of
from core.reminders import tasks
from core.reminders.model import Kind
from core.settings import Settings
from core.staff.offices import Office
from core.staff.rights import Role
from simulators.portal.server import create
from simulators.portal.world import World
from tests.console.conftest import Console
from tests.core.counter.made import Counter, code

HX = {"HX-Request": "true"}


@pytest.fixture
async def counter(console: Console) -> Counter:
    return Counter(console.parts.engine, console.clock())


async def portal(console: Console, serve: Callable[[object], Awaitable[str]]) -> World:
    """The simulated portals, in place of those that do not answer."""
    world = World(1)
    settings = Settings(_env_file=None, portal_simulator_url=await serve(create(world)))  # type: ignore[call-arg]
    parts = console.parts
    portals = portals_of(settings, parts.engine, parts.secret, console.clock)
    console.app.state.parts = dataclasses.replace(parts, portals=portals)
    return world


async def test_a_clerk_sees_and_reminds_about_their_own_dossiers(console: Console, counter: Counter) -> None:
    clerk = await console.signed_in("hoa", Role.COUNTER, offices=(console.offices[0].id,))
    await counter.waits(1, Status.DONE, 9, ("zalo:1", "telegram:2"))
    await counter.waits(2, Status.PAYMENT, 2, fees=(Fee("Lệ phí", 12000, False),))
    await counter.waits(3, Status.DONE, 9, office="H15.50.06")
    told = (await clerk.get("/quay?muc=cho-nhan")).text
    assert code(1) in told
    assert code(3, "H15.50.06") not in told
    assert "hồ sơ có người theo dõi" in told
    assert "12.000 đồng" in (await clerk.get("/quay?muc=cho-nop-tien")).text
    done = await clerk.post(f"/quay/ho-so/{code(1)}/nhac", headers=HX)
    assert "Đã xếp gửi tới 2 nơi nhận" in done.text
    again = await clerk.post(f"/quay/ho-so/{code(1)}/nhac", headers=HX)
    assert "Đã nhắc lúc" in again.text
    assert "chờ gửi 2" in (await clerk.get("/quay?muc=cho-nhan")).text
    for path in ("nhac", "goi"):
        assert (await clerk.post(f"/quay/ho-so/{code(3, 'H15.50.06')}/{path}")).status_code == 404
    assert (await clerk.get(f"/quay/ho-so/{code(3, 'H15.50.06')}/nhac")).status_code == 404
    assert (await clerk.get(f"/quay?noi={console.offices[1].id}")).status_code == 404
    boss = await console.signed_in("le.an", Role.ADMIN)
    both = (await boss.get("/quay?muc=cho-nhan")).text
    assert code(1) in both
    assert code(3, "H15.50.06") in both
    assert code(1) not in (await boss.get(f"/quay?muc=cho-nhan&noi={console.offices[1].id}")).text


async def test_tasks_are_done_by_those_they_belong_to(console: Console) -> None:
    clerk = await console.signed_in("hoa", Role.COUNTER, offices=(console.offices[0].id,))
    other = await console.signed_in("binh", Role.COUNTER, offices=(console.offices[1].id,))
    book = tasks.Tasks(console.parts.engine)
    await book.add(tasks.phone(code(1), Kind.PICKUP, "9.x.+3", "UBND", console.clock()))
    (task,) = await book.waiting()
    assert "Gọi điện" in (await clerk.get("/quay/viec")).text
    assert code(1) not in (await other.get("/quay/viec")).text
    assert (await other.post(f"/quay/viec/{task.id}")).status_code == 404
    assert (await clerk.post(f"/quay/viec/{task.id}")).status_code == 303
    assert await book.waiting() == []


async def test_a_code_in_any_writing_is_asked_of_the_portal(
    console: Console, serve: Callable[[object], Awaitable[str]]
) -> None:
    world = await portal(console, serve)
    one = next(d for d in world.newest() if d.code.startswith("H15.50."))
    prefix = ".".join(one.code.split("-")[0].split(".")[:3])
    async with console.parts.engine.begin() as connection:
        office = Office(0, "Trung tâm có hồ sơ", None, (prefix,), "0257 3 811 811")
        ident = await console.parts.offices.put(connection, office)
    mine = await console.signed_in("hoa", Role.COUNTER, offices=(ident,))
    found = await mine.get("/quay/ho-so", params={"ma": one.code.lower().replace("-", " - ")})
    assert (found.status_code, found.headers["location"]) == (303, f"/quay/ho-so/{one.code}")
    told = (await mine.get(f"/quay/ho-so/{one.code}")).text
    assert world.state(one).last.name in told
    assert re.search(r"<dd>(\w\*\*\* ?)+</dd>", told), "the owner's name is masked"
    assert "Cấp" in told or "thủ tục" in told.lower()
    assert "cổng mô phỏng" in told
    other = await console.signed_in("binh", Role.COUNTER, offices=(console.offices[1].id,))
    told = (await other.get(f"/quay/ho-so/{one.code}")).text
    assert world.state(one).last.name in told
    assert "Trung tâm có hồ sơ" in told
    assert "0257 3 811 811" in told
    assert "***" not in told
    assert "Hẹn trả" not in told
    nothing = (await mine.get(f"/quay/ho-so/{prefix}.13-261001-9999")).text
    assert "Cổng không có hồ sơ mang mã này" in nothing
    for typed, said in (("H15.50.05-0975", "thiếu phần ngày"), ("xin chào", "Không thấy mã hồ sơ")):
        assert said in (await mine.get("/quay/ho-so", params={"ma": typed})).text
    assert "do nơi khác cấp" in (await mine.get("/quay/ho-so/H29.10-261001-0001")).text
    assert (await mine.get("/quay/ho-so/khong-phai-ma")).status_code == 404


async def test_a_portal_that_does_not_answer_is_said(console: Console, counter: Counter) -> None:
    clerk = await console.signed_in("hoa", Role.COUNTER, offices=(console.offices[0].id,))
    told = (await clerk.get(f"/quay/ho-so/{code(1)}")).text
    assert "Cổng chưa trả lời" in told
    assert "Chưa có tình trạng nào" in told
    await counter.waits(1, Status.DONE, 9)
    console.clock.on(hours=1)
    told = (await clerk.get(f"/quay/ho-so/{code(1)}")).text
    assert "tình trạng biết lần cuối" in told
    assert "Gửi “Nhắc nhận kết quả”" in told


async def test_a_slip_says_what_is_missing(console: Console) -> None:
    clerk = await console.signed_in("hoa", Role.COUNTER, offices=(console.offices[0].id,))
    told = (await clerk.get(f"/quay/phieu/{code(1)}")).text
    assert "Chưa in được phiếu" in told
    assert "PUBLIC_URL" in told
    more = {"public_url": "https://motcua.example.vn", "telegram_bot_name": "motcua_bot", "zalo_oa_id": "123"}
    settings = console.parts.settings.model_copy(update=more)
    console.app.state.parts = dataclasses.replace(console.parts, settings=settings)
    told = (await clerk.get(f"/quay/phieu/{code(1)}?kho=a5")).text
    assert told.count("<svg") == 3
    assert "PUBLIC_URL" not in told
    assert "slip-a5.css" in told
