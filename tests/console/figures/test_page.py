"""The page of figures: what is asked for, whose figures are seen, files, and the charts over their tables."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.async_api import Browser, expect

from console.figures.asked import Wish, read
from core.figures.model import ALL_OFFICES, Period
from core.staff.offices import Office
from core.staff.rights import Role
from tests.console.conftest import Console, looked_at, needs_chromium, opened
from tests.core.figures.filled import Year

TODAY = dt.date(2026, 11, 24)
FIVE, SIX = Office(5, "Năm"), Office(6, "Sáu")
CODE = "H15.50.05.13-261008-0975"


def last(days: int) -> Period:
    return Period(TODAY - dt.timedelta(days=days - 1), TODAY)


@pytest.mark.parametrize(
    ("wish", "period", "wrong"),
    [
        (Wish(), last(30), set()),
        (Wish(ky="7"), last(7), set()),
        (Wish(ky="no such"), last(30), set()),
        (Wish(ky="thang", thang="2026-02"), Period(dt.date(2026, 2, 1), dt.date(2026, 2, 28)), set()),
        (Wish(ky="thang"), Period(dt.date(2026, 11, 1), dt.date(2026, 11, 30)), set()),
        (Wish(ky="thang", thang="tháng 2"), last(30), {"thang"}),
        (Wish(ky="thang", thang="2027-01"), last(30), {"thang"}),
        (
            Wish(ky="khoang", tu="2026-01-05", den="2026-01-06"),
            Period(dt.date(2026, 1, 5), dt.date(2026, 1, 6)),
            set(),
        ),
        (Wish(ky="khoang", tu="2026-01-06", den="2026-01-05"), last(30), {"den"}),
        (Wish(ky="khoang", tu="2010-01-06", den="2026-01-05"), last(30), {"den"}),
        (Wish(ky="khoang", tu="'; DROP", den=""), last(30), {"tu", "den"}),
    ],
)
def test_a_period_as_it_is_asked_for(wish: Wish, period: Period, wrong: set[str]) -> None:
    asked = read(wish, TODAY, None, [FIVE, SIX])
    assert asked is not None
    assert asked.period == period
    assert set(asked.errors) == wrong


@pytest.mark.parametrize(
    ("noi", "scope", "offices"),
    [
        ("", None, (ALL_OFFICES,)),
        ("", [5], (0, 5)),
        ("", [], (0,)),
        ("5", [5], (5,)),
        ("6", [5], None),
        ("6", None, (6,)),
        ("0", [5], (0,)),
        ("7", None, None),
        ("-1", [5], None),
        ("x", None, None),
    ],
)
def test_whose_figures_somebody_sees(
    noi: str, scope: list[int] | None, offices: tuple[int, ...] | None
) -> None:
    asked = read(Wish(noi=noi), TODAY, scope, [FIVE, SIX])
    assert (asked.whose.offices if asked else None) == offices


async def happened(console: Console) -> Year:
    """Some weeks of the console's two offices."""
    year = Year(console.parts.engine, console.clock.at)
    for day in range(40):
        for who in range(3 + day % 4):
            await year.turn(f"p{who}", days=day, procedure="dang-ky-khai-sinh", intent="ask_fee", ms=20 + day)
    for who in "abc":
        await year.turn(
            who,
            "declined",
            identifier="H15.50.06",
            phrase="nuoi ca",
            text="=nuôi cá <b>lồng</b>",
            channel="web",
        )
    await year.followed(CODE, 4, due_in=-2)
    await year.followed("H15.50.06-261008-0976", 5)
    for kind in ("pickup", "payment"):
        await year.sent(kind, CODE, days=3)
    await year.sent("notice", "broadcast:3", days=1)
    await year.moved("collected", CODE, hours=30)
    await year.moved("finished", CODE, on_time=True)
    for score in (5, 4, 4, 2, 5):
        await year.rated(CODE, score)
    await year.tick()
    return year


async def test_an_office_sees_its_own_figures_and_no_other(console: Console) -> None:
    await happened(console)
    five, six = console.offices
    mine = await console.signed_in("can.bo", Role.COUNTER, offices=(five.id,))
    page = (await mine.get("/so-lieu")).text
    assert five.name in page
    assert six.name not in page
    assert "nuôi cá" not in page
    for path in ("/so-lieu", "/so-lieu/bang/ho-so.csv", "/so-lieu/par-index-766.xlsx"):
        assert (await mine.get(f"{path}?noi={six.id}")).status_code == 404
    everybody = await console.signed_in("xem", Role.VIEWER)
    page = (await everybody.get(f"/so-lieu?noi={six.id}")).text
    assert "=nuôi cá &lt;b&gt;lồng" in page


async def test_a_form_filled_in_wrongly_says_so_and_keeps_what_was_typed(console: Console) -> None:
    someone = await console.signed_in("xem", Role.VIEWER)
    answer = await someone.get("/so-lieu?ky=khoang&tu=2026-03-09&den=2026-03-01")
    assert answer.status_code == 200
    assert "Ngày cuối phải sau hoặc trùng ngày đầu." in answer.text
    assert 'value="2026-03-09"' in answer.text
    assert "chưa đếm số liệu lần nào" in answer.text
    assert "Chưa có số liệu trong thời gian này." in answer.text


async def test_files_hold_the_same_as_the_page_and_no_formula(console: Console) -> None:
    await happened(console)
    someone = await console.signed_in("xem", Role.VIEWER)
    commas = await someone.get("/so-lieu/bang/chua-tra-loi.csv?ky=7")
    assert commas.headers["content-type"].startswith("text/csv")
    assert "attachment" in commas.headers["content-disposition"]
    assert commas.content.decode("utf-8-sig").splitlines()[1].startswith("'=nuôi cá")
    book = load_workbook(io.BytesIO((await someone.get("/so-lieu/par-index-766.xlsx")).content))
    assert book.sheetnames[0] == "PAR INDEX - 766"
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    one = load_workbook(io.BytesIO((await someone.get("/so-lieu/bang/hai-long.xlsx")).content))
    values = [cell for row in one.active.iter_rows(values_only=True) for cell in row]
    assert "5 điểm" in values
    assert (await someone.get("/so-lieu/bang/khong-co.csv")).status_code == 404


@needs_chromium
async def test_charts_are_drawn_from_the_tables_below_them(console: Console, browser: Browser) -> None:
    await happened(console)
    page = await opened(browser, console, "xem", Role.VIEWER)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    await page.get_by_role("link", name="Số liệu").first.click()
    await expect(page.locator("[data-chart][data-drawn]")).to_have_count(
        await page.locator("[data-chart]").count()
    )
    drawn: dict[str, Any] = await page.evaluate(
        """() => Object.fromEntries(Object.values(Chart.instances).map((chart) =>
            [chart.canvas.parentElement.dataset.of, chart.data.datasets.map((d) => d.data)]))"""
    )
    table: dict[str, Any] = await page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("table")].map((t) =>
            [t.id, [...t.tBodies[0].rows].map((r) => [...r.cells].map((c) => c.textContent))]))"""
    )
    assert len(drawn["t-theo-ngay"][0]) == 30
    assert drawn["t-theo-ngay"][0] == [int(row[1]) for row in table["t-theo-ngay"]]
    assert drawn["t-hai-long"] == [[2, 2, 0, 1, 0]]
    assert drawn["t-ho-so"] == [[1, 0]], "the line of all offices together is none of them"
    await looked_at(page, "figures")
    await page.get_by_label("Thời gian", exact=True).select_option("khoang")
    await expect(page.get_by_label("Tháng", exact=True)).to_be_hidden()
    await page.get_by_label("Từ ngày", exact=True).fill(f"{console.clock.at - dt.timedelta(days=3):%Y-%m-%d}")
    await page.get_by_label("Đến ngày", exact=True).fill(f"{console.clock.at:%Y-%m-%d}")
    await page.get_by_label("Kênh", exact=True).select_option("zalo")
    await page.get_by_role("button", name="Xem").click()
    await expect(page.locator("#t-theo-ngay tbody tr")).to_have_count(4)
    await expect(page.get_by_label("Kênh", exact=True)).to_have_value("zalo")
    assert faults == []
