"""Lists as offices make them: every line is taken, named as wrong, named as a repeat, or counted as empty."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.broadcasts import upload, upload_xlsx
from core.broadcasts.upload_model import Uploaded
from core.errors import StaffError

TODAY = dt.date(2026, 11, 24)
ONE, TWO = "H15.50.05.13-261008-0975", "H15.50.05.13-261009-0001"
LIST = f"STT,Mã hồ sơ,Họ tên\n1,{ONE},An\n2,{TWO},Bình\n"


def read(data: bytes | str) -> Uploaded:
    return upload.read(data.encode() if isinstance(data, str) else data, TODAY)


def codes(data: bytes | str) -> tuple[str, ...]:
    return tuple(entry.value for entry in read(data).entries if entry.kind == "code")


def addresses(data: bytes | str) -> tuple[str, ...]:
    return tuple(entry.value for entry in read(data).entries if entry.kind == "address")


def refused(data: bytes | str) -> str:
    with pytest.raises(StaffError) as error:
        read(data)
    assert error.value.field == "file"
    return str(error.value)


def workbook(*rows: list[Any], **sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for row in lines:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def problems(data: bytes | str) -> list[str]:
    return [problem.text for problem in read(data).problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_writing_of_a_csv_file_reads_the_same(encoding: str, separator: str) -> None:
    text = LIST.replace(",", separator)
    if encoding == "cp1258":  # it writes tone marks as letters of their own
        text = "".join(_cp1258(letter) for letter in text)
    data = text.encode(encoding)
    assert codes(data) == (ONE, TWO)
    assert not problems(data)


def _cp1258(letter: str) -> str:
    try:
        letter.encode("cp1258")
        return letter
    except UnicodeEncodeError:
        *base, mark = unicodedata.normalize("NFD", letter)
        return unicodedata.normalize("NFC", "".join(base)) + mark


@pytest.mark.parametrize(
    "heading", ["Mã hồ sơ", "MA HO SO", "ma ho so", "Số hồ sơ", "Mã số hồ sơ (*)", "mã biên nhận"]
)
def test_headings_are_known_with_and_without_accents(heading: str) -> None:
    assert codes(f"{heading}\n{ONE}\n") == (ONE,)
    assert codes(unicodedata.normalize("NFD", f"{heading}\n{ONE}\n")) == (ONE,)


def test_titles_may_stand_above_the_headings_and_lines_keep_their_number() -> None:
    data = workbook(["DANH SÁCH HỒ SƠ"], ["Ngày 24/11/2026"], [], ["STT", "Mã hồ sơ"], [1, ONE], [2, "sai"])
    found = read(data)
    assert [row.line for row in found.rows] == [5]
    assert [(p.line, p.column) for p in found.problems] == [(6, "Mã hồ sơ")]


def test_a_list_without_headings_is_one_of_codes_or_addresses() -> None:
    assert codes(f"{ONE}\n{TWO}\n") == (ONE, TWO)
    assert addresses("zalo:123\ntelegram:5\n") == ("zalo:123", "telegram:5")


def test_each_bad_line_is_named_with_its_column_and_what_to_do() -> None:
    lines = [
        "abc",
        "H15.50.05.13-0975",
        "H15.50.05.13-261399-0975",
        "H15.50.05.13-271008-0975",
        f"{ONE} {TWO}",
    ]
    found = problems("\n".join(["Mã hồ sơ", *lines]))
    for number, (said, part) in enumerate(
        zip(
            found,
            ["không phải mã", "thiếu ngày", "không phải ngày có thật", "tương lai", "có 2 mã"],
            strict=True,
        ),
        2,
    ):
        assert said.startswith(f"Dòng {number}, cột “Mã hồ sơ”: ")
        assert part in said


def test_repeats_are_named_and_empty_lines_counted() -> None:
    found = read(f"Mã hồ sơ;Ghi chú\n{ONE};\n;\n\n{ONE.lower()};lần hai\n;ghi chú lạc\n")
    assert [row.code for row in found.rows] == [ONE]
    assert [r.text for r in found.repeats] == [f"Dòng 5 trùng với dòng 2: {ONE}"]
    assert found.empty == 2
    assert [p.text for p in found.problems] == ["Dòng 6, cột “Mã hồ sơ”: chưa có mã hồ sơ."]


def test_addresses_alone_or_about_a_dossier() -> None:
    text = f"Mã hồ sơ,Địa chỉ nhắn tin\n{ONE},zalo:1\n,telegram:2\n{TWO},\n,0905123456\n,ở đâu\n,fax:1\n"
    found = read(text)
    assert [(r.code, str(r.address or "")) for r in found.rows] == [
        (ONE, "zalo:1"),
        (None, "telegram:2"),
        (TWO, ""),
    ]
    assert (codes(text), addresses(text)) == ((ONE, TWO), ("zalo:1", "telegram:2"))
    assert ["số điện thoại" in p.said for p in found.problems] == [True, False, False]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("1.23457E+17", "rút gọn"),
        ("08/10/2026", "ngày tháng"),
        ("8-Oct", "ngày tháng"),
        ("=A2&B2", "công thức"),
        ("#N/A", "báo lỗi #N/A"),
    ],
)
def test_what_a_spreadsheet_made_of_a_cell_is_explained(cell: str, said: str) -> None:
    [problem] = problems(f"STT,Mã hồ sơ\n1,{cell}\n")
    assert said in problem


def test_the_same_in_a_workbook() -> None:
    data = workbook(
        ["Mã hồ sơ", "x"],
        [dt.date(2026, 10, 8)],
        [123456789012345678],
        ["=A2"],
        ["#N/A"],
        [12],
        [f" {ONE} "],
        [None, 1],
    )
    found = read(data)
    parts = ["(08/10/2026)", "rút gọn", "công thức (=A2)", "báo lỗi #N/A", "“12” không phải mã"]
    assert [p.line for p in found.problems] == [2, 3, 4, 5, 6, 8]
    assert all(part in p.said for part, p in zip(parts, found.problems, strict=False))
    assert [row.code for row in found.rows] == [ONE]


def test_what_protects_a_code_from_excel_is_taken_off() -> None:
    assert codes(f'Mã hồ sơ\n"=""{ONE}"""\n') == (ONE,)
    assert read(f"sep=;\nSTT;Mã hồ sơ\n1;{ONE}\n").rows[0].line == 3


def test_only_the_first_visible_sheet_is_read_and_that_is_said() -> None:
    data = workbook(["Mã hồ sơ"], [ONE], Hai=[["Mã hồ sơ"], [TWO]])
    found = read(data)
    assert [row.code for row in found.rows] == [ONE]
    assert found.notes == ("Tệp có 2 trang tính; chỉ đọc trang đầu “Sheet”.",)


def test_a_quotation_mark_without_end_loses_nothing_silently() -> None:
    [problem] = problems(f'Mã hồ sơ\n"{ONE}\n{TWO}\nH15.50.05.13-261009-0002\n')
    assert "ngoặc kép" in problem
    endless = 'Mã hồ sơ\n"' + "x" * 200_000
    assert "Dòng 2" in refused(endless)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "không có dòng nào"),
        ("Tên,Địa chỉ\nAn,Tuy Hòa\n", "“Tên”, “Địa chỉ”"),
        (f"Mã hồ sơ,Số hồ sơ cũ,Mã hồ sơ\n{ONE},,\n", "hai cột"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "kiểu cũ"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "không phải bảng tính"),
        (b"PK\x03\x04 broken", "hỏng"),
        (b"x" * (upload.BYTES + 1), "lớn hơn 10 MB"),
        ("Mã hồ sơ\n" + "\n" * (upload.ROWS + 1), "100.000 dòng"),
    ],
    ids=["empty", "no heading", "two headings", "old excel", "picture", "broken", "bytes", "rows"],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_remedy(data: bytes | str, said: str) -> None:
    assert said in refused(data)


def _rezipped(data: bytes, **parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, parts.pop(info.filename, old.read(info)))
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def test_bombs_are_refused_before_they_are_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_xlsx, "UNPACKED", 1_000_000)
    plain = workbook(["Mã hồ sơ"], [ONE])
    declared = _rezipped(plain, **{"xl/media/image1.png": b"\0" * 2_000_000})
    assert "bung ra" in refused(declared)
    lying = declared.replace((2_000_000).to_bytes(4, "little"), (20).to_bytes(4, "little"))
    assert lying != declared
    assert "bung ra" in refused(lying)
    far = '<c r="XFD1000" t="inlineStr"><is><t>x</t></is></c>'
    sheet = zipfile.ZipFile(io.BytesIO(plain)).read("xl/worksheets/sheet1.xml").decode()
    moved = sheet.replace("</sheetData>", f'<row r="1000">{far}</row></sheetData>')
    assert "quá rộng" in refused(_rezipped(plain, **{"xl/worksheets/sheet1.xml": moved.encode()}))
    deep = sheet.replace("</sheetData>", '<row r="1048576"><c t="n"><v>1</v></c></row></sheetData>')
    assert "100.021 dòng" in refused(_rezipped(plain, **{"xl/worksheets/sheet1.xml": deep.encode()}))
    with_macro = _rezipped(plain, **{"content.xml": b"<x/>"})
    assert "không phải bảng tính" in refused(with_macro)


def test_a_full_list_is_read_and_every_line_is_accounted_for() -> None:
    lines = [f"H15.50.05.13-261008-{n:06d}" for n in range(20_000)]
    found = read(workbook(["Mã hồ sơ"], *[[line] for line in lines]))
    assert len(found.rows) == len(lines)


_TEXT = st.text(st.sampled_from('abMã hồ sơ,;\t\n\r"=H15.-0269#\0|:zalo'), max_size=80).map(str.encode)
_ZIPPED = workbook(["Mã hồ sơ", "Tên"], [ONE, "An"], [1, 2], ["=A2", None])


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A workbook with some bytes changed, or cut off."""
    data = bytearray(_ZIPPED)
    for _ in range(draw(st.integers(1, 6))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(4, len(data)))]) if draw(st.booleans()) else bytes(data)


@st.composite
def rewritten(draw: st.DrawFn) -> bytes:
    """A workbook whose sheet was written by somebody who means harm."""
    piece = st.sampled_from(
        [
            "<row>",
            "</row>",
            '<row r="3">',
            "<c",
            ' r="A2"',
            ">",
            "<v>",
            "1",
            "</v>",
            "</c>",
            "<f>",
            "&x;",
            '"',
        ]
    )
    inner = "".join(draw(st.lists(piece, max_size=30)))
    return _rezipped(
        _ZIPPED,
        **{"xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{inner}</sheetData></worksheet>".encode()},
    )


@given(st.one_of(st.binary(max_size=200), _TEXT, _TEXT.map(b"Ma ho so\n".__add__), damaged(), rewritten()))
@example(b"PK\x03\x04")
@example(b"\xef\xbb\xbf")
@example(b"\xff\xfe\x00\xd8")
@example(b"M\xe3 h\xf4\x8d\n")
def test_garbage_is_refused_or_accounted_for_line_by_line(data: bytes) -> None:
    try:
        found = read(data)
    except StaffError:
        assert refused(data)
        return
    told = [r.line for r in found.rows] + [r.line for r in found.repeats] + [p.line for p in found.problems]
    assert len({row.line for row in found.rows}) == len(found.rows)
    assert set(told) <= set(range(1, upload.ROWS + 30))
    assert all(p.said and p.column for p in found.problems)
