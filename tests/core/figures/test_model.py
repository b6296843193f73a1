"""Periods, buckets and what rows add up to."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from core.figures.model import (
    ALL_CHANNELS,
    ALL_OFFICES,
    Period,
    Row,
    Window,
    bucket,
    identifier_of,
    percentile,
    spread_out,
)
from core.figures.names import days_key, within
from core.figures.sheet import change, show

D = dt.date


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (Period(D(2026, 11, 18), D(2026, 11, 24)), Period(D(2026, 11, 11), D(2026, 11, 17))),
        (Period(D(2026, 3, 1), D(2026, 3, 31)), Period(D(2026, 2, 1), D(2026, 2, 28))),
        (Period(D(2026, 1, 1), D(2026, 1, 31)), Period(D(2025, 12, 1), D(2025, 12, 31))),
        (Period(D(2026, 3, 1), D(2026, 3, 30)), Period(D(2026, 1, 30), D(2026, 2, 28))),
        (Period(D(2026, 11, 24), D(2026, 11, 24)), Period(D(2026, 11, 23), D(2026, 11, 23))),
    ],
)
def test_a_period_is_compared_with_the_one_before_it(period: Period, before: Period) -> None:
    assert period.before() == before


def test_a_percentile_is_right_within_a_step_of_its_bounds() -> None:
    took = [5 * n for n in range(1, 201)]  # 5 to 1,000 ms
    counts: dict[str, int] = {}
    for ms in took:
        counts[bucket(ms)] = counts.get(bucket(ms), 0) + 1
    for part, exact in ((0.5, 500), (0.95, 950)):
        found = percentile(counts, part)
        assert found is not None
        assert exact / 1.3 <= found <= exact * 1.3
    assert percentile({}, 0.5) is None
    assert percentile({bucket(0): 3}, 0.95) == pytest.approx(0.95)


def test_keys_of_durations_sort_as_numbers_do_and_the_longest_has_one_too() -> None:
    keys = [bucket(ms) for ms in (0, 3, 40, 900, 70_000, 10**12)]
    assert keys == sorted(keys)


def test_rows_add_up_beside_all_offices_and_all_channels() -> None:
    rows = [
        Row("m", "zalo", "a", 2, identifier="H15.50.05.13-1-1"),
        Row("m", "web", "a", 1),
        Row("m", "zalo", "a", 4, 2.5, office=7),
    ]
    found = spread_out(rows, lambda code: 5 if code.startswith("H15.50.05") else 0)
    assert found["m", 5, "zalo", "a"] == (2, 0.0)
    assert found["m", 0, ALL_CHANNELS, "a"] == (1, 0.0)
    assert found["m", 7, "zalo", "a"] == (4, 2.5)
    assert found["m", ALL_OFFICES, "zalo", "a"] == (6, 2.5)
    assert found["m", ALL_OFFICES, ALL_CHANNELS, "a"] == (7, 2.5)


def test_a_row_without_a_channel_is_counted_once() -> None:
    assert spread_out([Row("m", "", "a")], lambda _: 0)["m", ALL_OFFICES, "", "a"] == (1, 0.0)


def test_a_day_in_pieces_ends_with_the_present() -> None:
    begins = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    window = Window(begins.date(), begins, begins + dt.timedelta(days=1), begins + dt.timedelta(hours=14))
    pieces = window.pieces()
    assert len(pieces) == 3
    assert pieces[0][0] == begins
    assert all(one[1] == other[0] for one, other in itertools.pairwise(pieces))


@pytest.mark.parametrize(
    ("code", "found"),
    [("H15.50.05.13-261008-0975", "H15.50.05.13"), ("broadcast:12", ""), ("", ""), (None, "")],
)
def test_the_agency_of_a_code(code: str | None, found: str) -> None:
    assert identifier_of(code) == found


@pytest.mark.parametrize(
    ("hours", "key", "in_7"),
    [(None, "none", False), (0, "d00", True), (23, "d00", True), (167, "d06", True), (168, "d07", False),
     (10_000, "d31", False)],
)  # fmt: skip
def test_how_long_after_a_reminder(hours: int | None, key: str, in_7: bool) -> None:
    assert days_key(hours) == key
    assert within(key, 7) is in_7


def test_figures_are_written_as_vietnamese_readers_expect() -> None:
    assert show(1234567, "number") == "1.234.567"
    assert show(0.1234, "percent") == "12,3 %"
    assert show(4.25, "decimal") == "4,2"
    assert show(1500.0, "ms") == "1,5 giây"
    assert show(D(2026, 11, 1), "month") == "11/2026"
    assert show(None, "number") == "–"


def test_a_change_says_in_which_direction_and_nothing_where_nothing_was() -> None:
    assert change(120, 100, "number") == "+20 %"
    assert change(80, 100, "number") == "−20 %"
    assert change(0.5, 0.42, "percent") == "+8 điểm phần trăm"
    assert change(100, 100, "number") == "không đổi"
    assert change(5, 0, "number") is None
    assert change(None, 3, "number") is None
