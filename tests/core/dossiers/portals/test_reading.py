"""Each reader by a table; together against anything a portal might send."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.dossiers.model import Dossier, DossierView, Owner, Status
from core.dossiers.portals import reading
from core.dossiers.portals.reading import ZONE, Times
from core.errors import PortalConfused, PortalError
from core.privacy import holds_number
from tests.core.dossiers.portals.fakes import (
    CODE,
    FEE,
    NOW,
    RECORD,
    ROW,
    SIGNED_IN,
    TOKEN,
    Wire,
    code,
    dvcqg,
    igate,
    ok,
)

TIMES = Times(NOW)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", "a"),
        (" Đa\u0306ng \n ky\u0301 ", "Đăng ký"),
        (4, "4"),
        (-1, "-1"),
        (10**30, ""),
        (True, ""),
        (1.5, ""),
        (None, ""),
        ([], ""),
        ({}, ""),
        ("\ud800x", "x"),
    ],
)
def test_text(value: Any, expected: str) -> None:
    assert reading.text(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (8000, 8000),
        ("8000", 8000),
        ("8.000", 8000),
        ("8,000", 8000),
        ("8000.0", 8000),
        ("8000,00", 8000),
        ("1.500.000", 1_500_000),
        ("1.500.000 đồng", 1_500_000),
        ("8000 VNĐ", 8000),
        (8000.0, 8000),
        (0, 0),
        (-1, None),
        ("-8000", None),
        (8000.5, None),
        ("8000.50", None),
        ("8.00.000", None),
        ("tám nghìn", None),
        ("", None),
        (None, None),
        (True, None),
        (float("inf"), None),
        (float("nan"), None),
        (10**15, None),
        ("٨٠٠٠", None),
        ([8000], None),
    ],
)
def test_money(value: Any, expected: int | None) -> None:
    assert reading.money(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("20261008083000", dt.datetime(2026, 10, 8, 8, 30, tzinfo=ZONE)),
        (20261008083000, dt.datetime(2026, 10, 8, 8, 30, tzinfo=ZONE)),
        ("2026-10-08T01:30:00.000+0000", dt.datetime(2026, 10, 8, 8, 30, tzinfo=ZONE)),
        ("2026-10-08T08:30:00.000+0700", dt.datetime(2026, 10, 8, 8, 30, tzinfo=ZONE)),
        ("2026-10-08T01:30:00Z", dt.datetime(2026, 10, 8, 8, 30, tzinfo=ZONE)),
        ("2026-10-08T08:30:00", dt.datetime(2026, 10, 8, 8, 30, tzinfo=ZONE)),
        ("20261123150000", dt.datetime(2026, 11, 23, 15, tzinfo=ZONE)),
        ("20261124145959", dt.datetime(2026, 11, 24, 14, 59, 59, tzinfo=ZONE)),
        ("20261124150001", None),
        ("20000101000000", dt.datetime(2000, 1, 1, tzinfo=ZONE)),
        ("19991231235959", None),
        ("00000000000000", None),
        ("20260231000000", None),
        ("20261008", None),
        ("2026-10-08", None),
        ("2026-W41-4T08:30:00", None),
        ("9999-12-31T23:59:59.999-2359", None),
        ("0001-01-01T00:00:00.000+2359", None),
        ("２０２６１００８０８３０００", None),
        (0, None),
        ("", None),
        (None, None),
        (True, None),
        ({}, None),
    ],
)
def test_moments_past(value: Any, expected: dt.datetime | None) -> None:
    assert TIMES.past(value) == expected


@pytest.mark.parametrize(
    ("year", "kept"), [(2027, True), (2036, True), (2037, False), (1999, False), (9999, False)]
)
def test_moments_due(year: int, kept: bool) -> None:
    assert (TIMES.due(f"{year}0101000000") is not None) is kept


@pytest.mark.parametrize(
    ("since", "kept"),
    [("20261008083000", True), ("", True), (None, True), ("00000000000000", True), ("20341008083000", False)],
)
def test_what_is_due_since_an_impossible_moment_is_absent(since: Any, kept: bool) -> None:
    assert (TIMES.due("20341013170000", since) is not None) is kept


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0905123456", ("+84905123456",)),
        ("+84 905 123 456", ("+84905123456",)),
        ("84905123456", ("+84905123456",)),
        (905123456, ("+84905123456",)),
        ("02623 852 852", ("+842623852852",)),
        ("12345", ()),
        ("không có", ()),
        ("0000000000", ()),
        (None, ()),
        (["0905123456"], ()),
    ],
)
def test_phones(value: Any, expected: tuple[str, ...]) -> None:
    assert reading.phones(value, value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("066204000123", ("066204000123",)),
        ("066 204 000 123", ("066204000123",)),
        ("240123456", ("240123456",)),
        ("0123456789", ()),
        ("B1234567", ()),
        ("٢٤٠١٢٣٤٥٦", ()),
        (None, ()),
    ],
)
def test_identities(value: Any, expected: tuple[str, ...]) -> None:
    assert reading.identities(value) == expected


VI, NO, EN = {"languageId": 228, "name": "Lệ phí"}, {"name": "Phí"}, {"languageId": 46, "name": "Fee"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Lệ phí", "Lệ phí"),
        ([EN, NO, VI], "Lệ phí"),
        ([EN, NO], "Phí"),
        ([EN], "Fee"),
        ([{"languageId": "228", "name": "Lệ phí"}, EN], "Lệ phí"),
        ([{"languageId": 228, "name": ""}, EN], "Fee"),
        ({"translate": VI, "name": "khác"}, "Lệ phí"),
        ({"translate": [EN, VI]}, "Lệ phí"),
        ({"name": [VI]}, "Lệ phí"),
        ({"translate": None, "name": "Phí"}, "Phí"),
        ([], ""),
        (["Phí"], ""),
        (None, ""),
        (7.5, ""),
    ],
)
def test_localized(value: Any, expected: str) -> None:
    assert reading.localized(value) == expected


def test_localized_ends_however_deep_it_goes() -> None:
    deep: Any = "x"
    for _ in range(900):
        deep = {"name": [deep]}
    assert reading.localized(deep) == ""


VIETNAMESE = "Nguyễn Thị Hoà, phường Tuy Hoà: đã trả kết quả"


def windows(data: bytes) -> str:
    """How browsers and many servers read bytes as Windows-1252."""
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in data)


@pytest.mark.parametrize(
    "broken", [windows(VIETNAMESE.encode()), VIETNAMESE.encode().decode("latin-1"), "Nguy\ufffdn"]
)
@pytest.mark.parametrize("wrap", [lambda s: s, lambda s: {"a": [{"b": s}]}, lambda s: ["đúng", s]])
def test_broken_letters_are_noticed(broken: str, wrap: Any) -> None:
    with pytest.raises(PortalConfused, match="portal p: letters broken"):
        reading.demand_letters("p", wrap(broken))


@pytest.mark.parametrize(
    "sound",
    [VIETNAMESE, "UBND XÃ", "“UBND XÃ”", "café", "ÀÁÂÃ", "à", "Ã", "plain", "", "€ 5", "H’Bia Êban", "Y Ê"],
)
def test_sound_letters_pass(sound: str) -> None:
    reading.demand_letters("p", {"a": sound, "b": [sound, 1, None]})


@pytest.mark.parametrize(
    ("value", "same"),
    [
        (CODE, True),
        (CODE.lower(), True),
        (f" {CODE} ", True),
        (CODE + "1", False),
        (None, False),
        ([CODE], False),
    ],
)
def test_codes_are_compared_exactly(value: Any, same: bool) -> None:
    assert reading.is_code(value, code()) is same


def test_flags() -> None:
    given_ = ["True", "true", "1", 1, True, "False", "0", 0, False, "2", None, []]
    assert [reading.flag(v) for v in given_] == [True] * 5 + [False] * 4 + [None] * 3


# --- Anything at all ------------------------------------------------------------------------------------

LEAF = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["4", "20261008083000", "2026-10-08T08:30:00.000+0700", "Đang xử lý", "8.000", CODE, "0905123456"]
    )
)
KEYS = sorted(
    {
        *RECORD,
        *ROW,
        *FEE,
        "error_code",
        "result",
        "session",
        "content",
        "last",
        "name",
        "translate",
        "data",
        "id",
    }
    | {"DinhDanhCHS", "SoDinhDanh", "TienDo", "access_token", "expires_in", "nationCode", "Gia", "languageId"}
)
ANY = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=15,
)


def mixed(sound: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A sound record with some of its keys holding anything."""
    return st.dictionaries(st.sampled_from([*sound, *KEYS]), ANY, max_size=6).map(
        lambda odd: {**sound, **odd}
    )


def sensible(dossier: Dossier | None) -> None:
    """What is true of every dossier, whatever was sent."""
    if dossier is None:
        return
    view = dossier.view
    assert view.code == CODE
    assert view.status is None or (isinstance(view.status, Status) and view.status_text)
    for past in (view.received_at, view.finished_at, view.returned_at, *(s.at for s in view.steps)):
        assert past is None or (past.tzinfo and past <= NOW + dt.timedelta(days=1))
    for due in (view.due_at, *(s.new_due_at for s in view.supplements)):
        assert due is None or (due.tzinfo and 2000 <= due.year <= 2036)
    assert all(fee.amount >= 0 for fee in view.fees or ())
    texts = (view.note, view.agency, view.procedure_name, view.status_text, *view.papers, *view.results)
    assert not any(holds_number(said) for said in texts)
    assert all(len(p) >= 9 and p.startswith("+") for p in dossier.owner.phones)
    assert all(len(i) in (9, 12) for i in dossier.owner.identities)


QUIET = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


async def outcome(driver: Any) -> Dossier | None:
    """What a driver gives, PortalErrors put aside."""
    try:
        found: Dossier | None = await driver.dossier(code())
    except PortalError:
        return None
    return found


@QUIET
@given(record=mixed(RECORD), answer=ANY | st.just("record"), sign_in=ANY | st.just("sound"))
async def test_dvcqg_stands_anything(record: dict[str, Any], answer: Any, sign_in: Any) -> None:
    body = {"error_code": 0, "result": [record]} if answer == "record" else answer
    signed = SIGNED_IN if sign_in == "sound" else ok_ascii(sign_in)
    sensible(await outcome(dvcqg(Wire(sign_in=signed, ask=ok_ascii(body)))))


@QUIET
@given(
    row=mixed(ROW),
    detail=ANY | mixed(ROW),
    fees=ANY | mixed(FEE).map(lambda f: [f]),
    page=ANY | st.just("row"),
)
async def test_igate_stands_anything(row: dict[str, Any], detail: Any, fees: Any, page: Any) -> None:
    body = {"content": [row], "last": True} if page == "row" else page
    wire = Wire(sign_in=TOKEN, ask=ok_ascii(body), detail=ok_ascii(detail), fees=ok_ascii(fees))
    sensible(await outcome(igate(wire)))


@QUIET
@given(body=st.binary(max_size=60))
async def test_any_bytes_end_as_a_portal_error(body: bytes) -> None:
    wire = Wire(sign_in=SIGNED_IN, ask=httpx.Response(200, stream=httpx.ByteStream(body)))
    with pytest.raises(PortalError):
        await dvcqg(wire).dossier(code())


@QUIET
@given(
    odd=st.dictionaries(
        st.sampled_from(sorted(set(RECORD) - {"MaHoSo"})), st.floats() | st.just([[]]), min_size=1
    )
)
async def test_a_field_of_the_wrong_type_is_absent_and_the_rest_is_told(odd: dict[str, Any]) -> None:
    record = {
        **RECORD,
        **{k: v if v == v and abs(v) != float("inf") else [] for k, v in odd.items() if v != [[]]},
    }
    record |= {k: [[]] for k, v in odd.items() if v == [[]]}
    found = await outcome(dvcqg(Wire(sign_in=SIGNED_IN, ask=ok({"error_code": 0, "result": [record]}))))
    assert found is not None
    sensible(found)
    if "SoDienThoai" in odd and "SoGiayToChuHoSo" in odd:
        assert found.owner == Owner()
    assert isinstance(found.view, DossierView)


def ok_ascii(body: Any) -> httpx.Response:
    """200 with JSON where odd characters, lone surrogates too, are escaped as Java and .NET do."""
    return httpx.Response(200, stream=httpx.ByteStream(json.dumps(body).encode()))
