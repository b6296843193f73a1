"""Links on a receipt: what they hold comes back as the code."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dossiers.codes import DossierCode, find
from core.dossiers.links import code_text, scanned, start_parameter, telegram_link, web_link

TODAY = dt.date(2026, 11, 24)


def code(text: str) -> DossierCode:
    (found,) = find(text, TODAY)
    assert isinstance(found, DossierCode)
    return found


@st.composite
def codes(draw: st.DrawFn) -> DossierCode:
    root = draw(st.from_regex(r"[GH][0-9]{2}", fullmatch=True))
    old = draw(st.sampled_from(["", "000.00.12."]))
    unit = "".join(f".{n:02d}" for n in draw(st.lists(st.integers(0, 99), max_size=4)))
    day = draw(st.dates(dt.date(2018, 1, 1), TODAY))
    written = day.strftime(draw(st.sampled_from(["%y%m%d", "%Y%m%d"])))
    number = draw(st.from_regex(r"[0-9]{3,7}", fullmatch=True))
    return code(f"{old}{root}{unit}-{written}-{number}")


@given(codes())
def test_a_code_survives_both_links(given: DossierCode) -> None:
    parameter = start_parameter(given)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", parameter)
    assert code(code_text(parameter)) == given
    telegram = parse_qs(urlsplit(telegram_link("@motcua_bot", given)).query)["start"][0]
    web = parse_qs(urlsplit(web_link("https://motcua.example/", given)).query)["hs"][0]
    assert code(code_text(telegram)) == code(code_text(web)) == given
    assert code(scanned(telegram_link("motcua_bot", given))) == given
    assert code(scanned(web_link("https://motcua.example", given))) == given
    assert len(f"start:{web}") <= 64  # a payload


def test_how_the_links_look() -> None:
    held = code("H15.50.05.13-261008-0975")
    assert telegram_link("motcua_bot", held) == "https://t.me/motcua_bot?start=H15_50_05_13-261008-0975"
    assert web_link("https://motcua.example", held) == "https://motcua.example/?hs=H15.50.05.13-261008-0975"


@pytest.mark.parametrize(
    "parameter",
    [" h15_50_05_13-261008-0975 ", "H15.50.05.13-261008-0975", "H15_50_05_13_261008_0975"],
)
def test_a_parameter_in_other_writings_is_read(parameter: str) -> None:
    assert code(code_text(parameter)).text == "H15.50.05.13-261008-0975"


@pytest.mark.parametrize("text", ["https://t.me/motcua_bot", "https://t.me/x?start=a b", "chào", ""])
def test_other_texts_are_left_alone(text: str) -> None:
    assert scanned(text) == text


@given(st.text(max_size=80))
def test_any_parameter_is_taken(text: str) -> None:
    assert isinstance(code_text(text), str)
