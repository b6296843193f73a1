"""Paid templates on the simulated Zalo: filled to fit, by user id and by telephone, every refusal understood."""

from __future__ import annotations

import asyncio
import datetime as dt
import unicodedata
from pathlib import Path

import httpx
import pytest

from bot.channels.zalo_oa.api import Api
from bot.channels.zalo_oa.template import Templates
from bot.channels.zalo_oa.template_file import Param, Template, TemplateFile, Unfit, fit, load
from core.errors import SendError, SettingsError
from core.messages import Address
from core.paths import ROOT
from core.reminders.ledger import tracking
from core.reminders.model import Kind
from simulators.zalo.people import Person
from simulators.zalo.server import create
from tests.bot.channels.zalo_oa.conftest import BASE, Shop

FILE = TemplateFile.model_validate(
    {
        "templates": {
            "pickup": {
                "id": "7895417",
                "params": {
                    "ma": "code",
                    "thu_tuc": {"value": "procedure", "otherwise": "Thủ tục hành chính"},
                    "ngay": "due",
                },
            }
        }
    }
)
PARAMS = {"ma": "code", "thu_tuc": "name", "ngay": "date"}
VALUES = {
    "code": "H15.50.05.13-261008-0975",
    "procedure": "Cấp giấy chứng nhận quyền sử dụng đất lần đầu",
    "due": "24/11/2026",
}


class Held:
    """The token of the shop."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    async def get(self, refused: str | None = None) -> str:
        return await self._shop.zalo.tokens.get(refused)


@pytest.fixture
def person(shop: Shop) -> Person:
    shop.world.zbs.add("7895417", dict(PARAMS))
    return shop.world.people.add()


def templates(shop: Shop, file: TemplateFile = FILE) -> Templates:
    client = httpx.AsyncClient(transport=httpx.ASGITransport(create(shop.world)))
    api = Api(client, BASE, Held(shop), shop.world.clock.now)
    return Templates(api, api, file.templates, shop.world.clock.now)


async def send(made: Templates, person: Person) -> None:
    assert await made.price(Kind.PICKUP) == 560
    await made.send(Address("zalo", person.id), Kind.PICKUP, VALUES)


@pytest.mark.parametrize(
    ("text", "longest", "fitted"),
    [
        ("Cấp giấy khai sinh", 30, "Cấp giấy khai sinh"),
        ("Cấp giấy chứng nhận quyền sử dụng đất lần đầu", 30, "Cấp giấy chứng nhận quyền sử…"),
        ("Cấp giấy phép, xây dựng nhà", 16, "Cấp giấy phép…"),
        ("x" * 40, 10, "x" * 9 + "…"),
        (" hai  dòng\nmột ", 30, "hai dòng một"),
        (
            unicodedata.normalize("NFD", "Nguyễn Thị Huyền Trân Đỗ Quỳnh"),
            30,
            "Nguyễn Thị Huyền Trân Đỗ Quỳnh",
        ),
    ],
)
def test_what_is_too_long_is_cut_at_a_word(text: str, longest: int, fitted: str) -> None:
    assert fit(text, Param("x", "NAME", longest)) == fitted
    assert len(fitted) <= longest


@pytest.mark.parametrize(
    ("text", "kind"),
    [("1" * 31, "CODE"), ("24-11-2026", "DATE"), ("", "NAME"), ("https://a.vn/" + "b" * 200, "URL")],
)
def test_what_would_be_wrong_when_cut_is_refused(text: str, kind: str) -> None:
    longest = {"CODE": 30, "DATE": 20, "NAME": 30, "URL": 200}[kind]
    with pytest.raises(Unfit):
        fit(text, Param("x", kind, longest))


def test_the_example_is_a_right_file(tmp_path: Path) -> None:
    assert set(load(ROOT / "data" / "zalo_templates.example.yml")) == {Kind.SUPPLEMENT, Kind.PICKUP}
    wrong = tmp_path / "templates.yml"
    wrong.write_text("templates: {pickup: {id: '1', params: {ma: phone}}, soon: {id: '2', params: {}}}")
    with pytest.raises(SettingsError, match=r"ZALO_TEMPLATES_FILE.*unknown value 'phone'"):
        load(wrong)
    with pytest.raises(SettingsError, match=r"ZALO_TEMPLATES_FILE.*none\.yml"):
        load(tmp_path / "none.yml")


async def test_by_user_id(shop: Shop, person: Person) -> None:
    made = templates(shop)
    await send(made, person)
    (sent,) = shop.world.sent
    assert sent.channel == "uid_template"
    assert sent.message["template_data"] == {
        "ma": VALUES["code"],
        "thu_tuc": "Cấp giấy chứng nhận quyền sử…",
        "ngay": "24/11/2026",
    }
    assert shop.world.zbs.balance == 1_000_000 - 560
    await made.check()
    assert made.told() == {"left_today": 499, "ready": ["pickup"], "wrong": {}}


async def test_without_a_date_nothing_is_sent(shop: Shop, person: Person) -> None:
    made = templates(shop)
    await made.check()
    with pytest.raises(SendError, match="ngay: no due"):
        await made.send(Address("zalo", person.id), Kind.PICKUP, {"code": "1"})
    assert not shop.world.sent


async def test_by_telephone_with_its_delivery_report(shop: Shop, person: Person) -> None:
    made = templates(shop)
    await made.check()
    await made.send_phone("+84987654321", Kind.PICKUP, VALUES, tracking(7))
    (sent,) = shop.world.sent
    assert (sent.to, sent.message["tracking_id"]) == ("84987654321", "nhac-7")
    assert "mode" not in sent.message
    assert made.told()["left_today"] == 499
    shop.world.clock.advance(seconds=5)
    await shop.world.push()
    assert [receipt.tracking for receipt in shop.told.receipts] == ["nhac-7"]
    person.phone = "84900000000"
    with pytest.raises(SendError, match="-118") as refused:
        await made.send_phone("+84987654321", Kind.PICKUP, VALUES, tracking(8))
    assert not refused.value.gone


@pytest.mark.parametrize("code", [-114, -119, -139, -141])
async def test_who_wants_no_template_is_not_gone(shop: Shop, person: Person, code: int) -> None:
    made = templates(shop)
    await made.check()
    person.template_refusal = code
    with pytest.raises(SendError, match=str(code)) as refused:
        await made.send_phone(person.phone, Kind.PICKUP, VALUES, "nhac-1")
    assert not refused.value.gone
    assert refused.value.retry_after is None


async def test_the_night_ends_at_six(shop: Shop, person: Person) -> None:
    made = templates(shop)
    await made.check()
    shop.world.clock.set(dt.datetime(2026, 11, 23, 15, 30, tzinfo=dt.UTC))  # 22:30
    with pytest.raises(SendError, match="-133") as refused:
        await made.send_phone(person.phone, Kind.PICKUP, VALUES, "nhac-1")
    assert refused.value.not_before == dt.datetime(2026, 11, 23, 23, 5, tzinfo=dt.UTC)


async def test_the_days_quota(shop: Shop, person: Person) -> None:
    made = templates(shop)
    shop.world.zbs.daily = 1
    await send(made, person)
    with pytest.raises(SendError, match="-144") as refused:
        await send(made, person)
    assert refused.value.not_before == dt.datetime(2026, 11, 23, 23, 5, tzinfo=dt.UTC)
    await made.check()
    assert made.told()["left_today"] == 0


async def test_no_money_stops_templates_and_nothing_else(shop: Shop, person: Person) -> None:
    made = templates(shop)
    await made.check()
    shop.world.zbs.balance = 100
    with pytest.raises(SendError, match="-321") as refused:
        await send(made, person)
    assert not refused.value.configuration  # the channel's other messages go on
    assert await made.price(Kind.PICKUP) is None
    assert "-321" in made.told()["wrong"]["pickup"]
    shop.world.zbs.balance = 1000
    shop.world.clock.advance(hours=1, seconds=1)
    await send(made, person)
    assert made.told()["wrong"] == {}
    shop.world.zbs.balance = 0
    with pytest.raises(SendError, match="-115"):
        await made.send_phone(person.phone, Kind.PICKUP, VALUES, "nhac-1")


async def test_a_template_that_does_not_fit_is_not_used(shop: Shop, person: Person) -> None:
    zbs = shop.world.zbs
    zbs.templates["7895417"].approved = False
    made = templates(shop)
    assert "not approved" in (await made.check())[Kind.PICKUP]
    assert await made.price(Kind.PICKUP) is None
    assert await made.price(Kind.LATE) is None
    zbs.add("7895417", {"ma": "code", "thu_tuc": "date", "ten": "name"})
    wrong = (await templates(shop).check())[Kind.PICKUP]
    assert "Zalo asks for 'ten'" in wrong
    assert "Zalo knows no 'ngay'" in wrong
    assert "'thu_tuc' is a date, 'procedure' is none" in wrong
    zbs.templates.clear()
    assert "-109" in (await templates(shop).check())[Kind.PICKUP]


async def test_the_channel_tells_of_its_templates(shop: Shop) -> None:
    assert (await shop.zalo.status())["templates"] is None
    shop.zalo.templates = templates(shop)
    shop.world.zbs.add("7895417", dict(PARAMS))
    await shop.zalo.start()
    async with asyncio.timeout(5):
        while not (await shop.zalo.status())["templates"]["ready"]:
            await asyncio.sleep(0.01)


async def test_a_template_not_meant_for_followers_rests(shop: Shop, person: Person) -> None:
    shop.world.zbs.templates["7895417"].by_uid = False
    made = templates(shop)
    with pytest.raises(SendError, match="-249"):
        await send(made, person)
    assert await made.price(Kind.PICKUP) is None
    assert len(shop.world.sent) == 0


def test_ids_are_numbers() -> None:
    with pytest.raises(ValueError, match="id"):
        Template(id="x", params={})
