"""The report, the indicators and the files, over a database in which something happened."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from openpyxl import load_workbook
from sqlalchemy.ext.asyncio import AsyncEngine

from core.figures import export, par, whole
from core.figures.assumptions import Assumptions, Saved
from core.figures.fill import Filler
from core.figures.model import Definition, Period, Slice, bucket
from core.figures.report import Report, report
from core.figures.sheet import Column, Table
from core.figures.tables import others
from core.procedures import catalogue
from core.staff.offices import Offices
from tests.core.figures.filled import TODAY, ZONE, Year

MONTH = Period(TODAY - dt.timedelta(days=29), TODAY)
CODE = "H15.50.05.13-261008-0975"
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")')


async def happened(engine: AsyncEngine) -> Year:
    year = Year(engine)
    await year.office("Trung tâm số 5", "H15.50.05")
    for day in (0, 1, 40):
        await year.turn("a", days=day, procedure="dang-ky-khai-sinh", intent="ask_online")
        await year.turn("b", "dossier", days=day, identifier="H15.50.05.13")
    await year.turn("c", "declined")
    await year.followed(CODE, 4, due_in=-3)
    await year.sent("payment", CODE, days=2)
    await year.moved("paid", CODE, hours=20)
    await year.moved("finished", CODE, on_time=True)
    for score in (5, 5, 4, 3, 1):
        await year.rated(CODE, score)
    await year.tick()
    before = TODAY - dt.timedelta(days=40)
    await Filler(engine, ZONE, lambda: year.now).again(Period(before, before), 400)
    return year


async def read(engine: AsyncEngine, whose: Slice | None = None, period: Period = MONTH):  # type: ignore[no-untyped-def]
    offices = await Offices(engine).all()
    held = catalogue.shipped()
    return await whole.read(engine, period, whose or Slice(), offices, held, Assumptions())


def tile(found: Report, title: str) -> tuple[str, str | None, bool | None]:
    one = next(t for t in found.tiles if t.title == title)
    return one.value, one.change, one.better


async def test_figures_at_a_glance_against_the_month_before(engine: AsyncEngine) -> None:
    await happened(engine)
    _, found = await read(engine)
    assert tile(found, "Cuộc trò chuyện") == ("5", "+150 %", True)
    assert tile(found, "Máy tự trả lời xong") == ("80 %", "−20 điểm phần trăm", False)
    assert tile(found, "Chưa trả lời được") == ("20 %", "+20 điểm phần trăm", False)
    assert tile(found, "Hồ sơ đang trễ hẹn")[0] == "1"
    assert tile(found, "Mức độ hài lòng")[0] == "3,6 / 5"
    assert tile(found, "Giải quyết đúng hẹn")[0] == "100 %"


async def test_tables_say_the_same_as_the_tiles(engine: AsyncEngine) -> None:
    await happened(engine)
    _, found = await read(engine)
    by_day = found.table("theo-ngay")
    assert by_day is not None
    assert len(by_day.rows) == 30
    assert sum(int(str(row[1])) for row in by_day.rows) == 5
    procedures = found.table("thu-tuc")
    assert procedures is not None
    assert procedures.rows == (("Khai sinh", 2, 1.0),) or procedures.rows[0][1:] == (2, 1.0)
    led = found.table("sau-nhac")
    assert led is not None
    assert led.rows == (("Thanh toán", 1, 1, 0, 0, 1.0),)
    dossiers = found.table("ho-so")
    assert dossiers is not None
    assert dossiers.rows == (("Trung tâm số 5", 0, 1, 0, 0, 0, 0, 0, 1, 1),)
    assert "Chỉ gồm hồ sơ mà người dân đã lưu" in dossiers.note


async def test_a_long_period_is_told_by_months(engine: AsyncEngine) -> None:
    await happened(engine)
    _, found = await read(engine, period=Period(dt.date(2026, 1, 15), TODAY))
    by_month = found.table("theo-ngay")
    assert by_month is not None
    assert [row[0] for row in by_month.rows][:2] == [dt.date(2026, 1, 15), dt.date(2026, 2, 1)]
    assert by_month.columns[0].title == "Tháng"
    assert sum(int(str(row[1])) for row in by_month.rows) == 7


async def test_a_period_without_anything_has_empty_tables_and_no_faults(engine: AsyncEngine) -> None:
    _, found = await read(engine)
    empty = [table.name for table in found.tables if not table.rows]
    assert {"theo-ngay", "thu-tuc", "ho-so", "hai-long", "toc-do", "sau-nhac"} <= set(empty)
    assert all(table.empty for table in found.tables)
    assert tile(found, "Máy tự trả lời xong") == ("–", None, None)
    assert export.to_workbook(found.tables, "x")


async def test_few_ratings_are_not_shown(engine: AsyncEngine) -> None:
    year = Year(engine)
    for _ in range(4):
        await year.rated(CODE, 1)
    await year.tick()
    _, found = await read(engine)
    assert tile(found, "Mức độ hài lòng")[0] == "–"
    ratings = found.table("hai-long")
    assert ratings is not None
    assert ratings.rows == ()


async def test_what_was_spared_is_the_sum_of_counts_by_assumptions_and_says_so(engine: AsyncEngine) -> None:
    await happened(engine)
    numbers, _ = await read(engine)
    assumed = Assumptions(
        status=Saved(visits=0.5, calls=1), procedure=Saved(visits=0.25), reminder=Saved(visits=1, calls=0.5)
    )
    assert others.estimate(numbers, assumed) == (2 * 0.5 + 2 * 0.25 + 1, 2 + 0.5)
    table = others.spared(numbers, assumed)
    assert "Ước tính" in table.note
    assert "không phải số đo" in table.note
    assert [row[2] for row in table.rows] == [0.5, 0.25, 1.0, None]
    assert table.rows[-1][3] == 2.5


def test_an_assumption_beyond_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="visits"):
        Assumptions.model_validate({"status": {"visits": 3}})


async def test_measures_of_other_subjects_have_their_tables(engine: AsyncEngine) -> None:
    numbers, _ = await read(engine)
    numbers.now.update(
        {("wait", bucket(60_000)): (4, 0.0), ("survey", "attitude"): (2, 9.0), ("talks", "closed"): (3, 0.0)}
    )
    definitions = [
        Definition("wait", "Thời gian chờ", "spread", "Từ lúc xin gặp đến lúc cán bộ nhận."),
        Definition("survey", "Khảo sát", "mean", "", {"attitude": "Thái độ"}),
        Definition("talks", "Hội thoại", "count", "", {"closed": "Đã đóng"}),
    ]
    found = report(numbers, {}, Assumptions(), definitions)
    wait, survey, talks = (found.table(name) for name in ("wait", "survey", "talks"))
    assert wait is not None
    assert survey is not None
    assert talks is not None
    assert [row[0] for row in wait.rows] == ["Một nửa trong vòng", "95 % trong vòng"]
    assert 46_000 < float(str(wait.rows[0][1])) <= 60_000
    assert survey.rows == (("Thái độ", 2, 4.5),)
    assert talks.rows == (("Đã đóng", 3),)


async def test_every_group_of_766_is_there_with_what_is_not_known(engine: AsyncEngine) -> None:
    await happened(engine)
    numbers, _ = await read(engine)
    held = list(catalogue.shipped().values())
    found = par.indicators(numbers, held, Assumptions(), TODAY)
    assert {one.group for one in found} == set(par.GROUPS)
    assert sum(par.GROUPS.values()) == 100
    assert all(one.definition and one.source and one.unknown for one in found)
    values = {one.name: one.value for one in found}
    assert values["Tỷ lệ hồ sơ giải quyết xong trước hoặc đúng ngày hẹn trả"] == 1.0
    assert values["Tỷ lệ thanh toán trong 7 ngày sau khi nhắc"] == 1.0
    assert values["Câu hỏi về cách làm trực tuyến"] == 2
    assert values["Không có chỉ số nào"] is None
    table = par.table(found, numbers)
    assert len(table.rows) == len(found)
    assert "26/10/2026 – 24/11/2026" in table.rows[0]
    assert table.rows[-1][3] == "Không biết"


def sheet(*texts: str) -> Table:
    columns = (Column("Câu", "text"), Column("Số"), Column("Tỷ lệ", "percent"), Column("Ngày", "day"))
    rows = tuple((text, 1234, 0.5, TODAY) for text in texts)
    return Table("t", "Bảng: [thử] / tên dài hơn ba mươi mốt chữ", "=chú thích", columns, rows)


def test_commas_hold_no_formula_and_read_back() -> None:
    data = export.to_csv(sheet(*FORMULAS, "Đăng ký, “khai sinh”"))
    assert data.startswith("\ufeff".encode())
    found = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert found[0] == ["Câu", "Số", "Tỷ lệ", "Ngày"]
    assert [row[0] for row in found[1:-1]] == [f"'{text}" for text in FORMULAS]
    assert found[-1] == ["Đăng ký, “khai sinh”", "1234", "0.5", "2026-11-24"]


def test_a_workbook_holds_no_formula_and_its_numbers_are_numbers() -> None:
    table = sheet(*FORMULAS, "chữ \x00\x0b hỏng")
    book = load_workbook(io.BytesIO(export.to_workbook([table, table, sheet()], "kỳ")))
    assert len(book.sheetnames) == len(set(book.sheetnames)) == 3
    cells = [cell for row in book[book.sheetnames[0]].iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    values = [cell.value for cell in cells]
    assert "=1+1" in values
    assert "chữ  hỏng" in values
    assert 1234 in values
    assert any(isinstance(v, dt.datetime) and v.date() == TODAY for v in values)
