"""Tables about conversations. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from core.figures import wording
from core.figures.assumptions import Assumptions
from core.figures.model import Period, month_end
from core.figures.names import INTENT, MESSAGES, PEOPLE, PROCEDURE
from core.figures.numbers import Numbers
from core.figures.sheet import Column, Table, Value, share

MOST = 20  # procedures and intents shown
_TELL: dict[str, tuple[str, ...]] = {
    "Hỏi lại": ("asked_back",),
    "Chưa trả lời được": ("declined", "failed"),
    "Chuyển cán bộ": ("handed", "silent"),
}


def tables(numbers: Numbers, names: Mapping[str, str], assumptions: Assumptions) -> list[Table]:
    """All of them.

    Args:
        names: of procedures by id.
    """
    return [
        _by_day(numbers),
        _outcomes(numbers),
        _procedures(numbers, names),
        _unanswered(numbers, assumptions),
        _intents(numbers),
    ]


def _by_day(numbers: Numbers) -> Table:
    long = numbers.period.long
    rows: list[tuple[Value, ...]] = []
    for part in _parts(numbers.period, long):
        talks = {key: _sum(numbers, PEOPLE, (key,), part) for key in wording.PEOPLE}
        told = [_sum(numbers, MESSAGES, keys, part) for keys in _TELL.values()]
        messages = _sum(numbers, MESSAGES, tuple(wording.OUTCOMES), part)
        rows.append((part.first, sum(talks.values()), talks["alone"], messages, *told))
    first = Column("Tháng", "month") if long else Column("Ngày", "day")
    columns = (
        first,
        Column("Cuộc trò chuyện", drawn=True),
        Column("Máy tự trả lời xong", drawn=True),
        Column("Tin nhắn"),
        *(Column(title, drawn=title == "Chuyển cán bộ") for title in _TELL),
    )
    note = (
        "Một cuộc trò chuyện là một người nhắn trên một kênh trong một ngày. “Máy tự trả lời xong” là cuộc mà mọi câu "
        "đều có câu trả lời và không chuyển sang cán bộ; hệ thống không biết người dân có hài lòng với câu trả lời "
        "không."
    )
    some = tuple(rows) if any(row[1] for row in rows) else ()
    return Table("theo-ngay", "Trò chuyện theo thời gian", note, columns, some, "line")


def _outcomes(numbers: Numbers) -> Table:
    counts, whole = numbers.keys(MESSAGES), numbers.of(MESSAGES)
    rows = [
        (wording.OUTCOMES.get(key, key), count, share(count, whole))
        for key, count in sorted(counts.items(), key=lambda one: -one[1])
    ]
    columns = (Column("Cách trả lời", "text"), Column("Tin nhắn", drawn=True), Column("Tỷ lệ", "percent"))
    return Table("cach-tra-loi", "Tin nhắn được trả lời thế nào", "", columns, tuple(rows), "bar")


def _procedures(numbers: Numbers, names: Mapping[str, str]) -> Table:
    counts, whole = numbers.keys(PROCEDURE), numbers.of(PROCEDURE)
    best = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:MOST]
    rows = tuple((names.get(key, key), count, share(count, whole)) for key, count in best)
    columns = (Column("Thủ tục", "text"), Column("Lượt trả lời", drawn=True), Column("Tỷ lệ", "percent"))
    note = f"{MOST} thủ tục được trả lời nhiều nhất, kể cả khi bấm nút."
    return Table("thu-tuc", "Thủ tục được hỏi nhiều", note, columns, rows, "bar")


def _unanswered(numbers: Numbers, assumptions: Assumptions) -> Table:
    rows = tuple((one.text, one.people, one.times) for one in numbers.unanswered)
    columns = (Column("Câu hỏi", "text"), Column("Số người"), Column("Số lần"))
    note = wording.words_kept(assumptions.people, assumptions.keep_text_days)
    empty = "Không có câu nào được đủ nhiều người hỏi mà chưa trả lời được."
    return Table("chua-tra-loi", "Câu hỏi chưa trả lời được", note, columns, rows, None, empty)


def _intents(numbers: Numbers) -> Table:
    counts, whole = numbers.keys(INTENT), numbers.of(INTENT)
    best = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:MOST]
    rows = tuple((wording.INTENTS.get(key, key), count, share(count, whole)) for key, count in best)
    columns = (Column("Ý hỏi", "text"), Column("Tin nhắn"), Column("Tỷ lệ", "percent"))
    note = "Theo bộ hiểu câu; nút bấm, lệnh và mã hồ sơ không qua bộ này."
    return Table("y-hoi", "Người dân hỏi gì", note, columns, rows)


def _parts(period: Period, long: bool) -> Iterator[Period]:
    """The period by days, or by months."""
    first = period.first
    while first <= period.last:
        last = min(month_end(first), period.last) if long else first
        yield Period(first, last)
        first = last + dt.timedelta(days=1)


def _sum(numbers: Numbers, measure: str, keys: tuple[str, ...], part: Period) -> int:
    return sum(numbers.daily.get((measure, day, key), 0) for day in part for key in keys)
