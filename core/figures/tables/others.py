"""Visits and calls that were spared, by assumption; and the measures of other subjects. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from core.figures import wording
from core.figures.assumptions import Assumptions, Saved
from core.figures.model import Definition, percentile
from core.figures.names import LED, MESSAGES, PROCEDURE, SPEED, within
from core.figures.numbers import Numbers
from core.figures.sheet import Column, Table, Value


def spared(numbers: Numbers, assumptions: Assumptions) -> Table:
    """The estimate, each line with the assumption it rests on."""
    rows: list[tuple[Value, ...]] = []
    for title, count, saved in _lines(numbers, assumptions):
        rows.append((title, count, saved.visits, count * saved.visits, saved.calls, count * saved.calls))
    visits, calls = estimate(numbers, assumptions)
    rows.append(("Cộng (ước tính)", None, None, visits, None, calls))
    columns = (
        Column("Việc máy đã làm", "text"),
        Column("Số lượt"),
        Column("Giả định: mỗi lượt bớt … lần đi lại", "decimal"),
        Column("Ước tính lần đi lại bớt được"),
        Column("Giả định: mỗi lượt bớt … cuộc gọi", "decimal"),
        Column("Ước tính cuộc gọi bớt được"),
    )
    note = f"{wording.NOT_MEASURED} Giả định đặt trong hồ sơ triển khai của tỉnh (figures: status, procedure, reminder)."
    return Table("uoc-tinh", "Ước tính đi lại và cuộc gọi bớt được", note, columns, tuple(rows))


def estimate(numbers: Numbers, assumptions: Assumptions) -> tuple[float, float]:
    """Visits and calls spared: the sum of each count by what it is assumed to spare."""
    lines = _lines(numbers, assumptions)
    return sum(n * s.visits for _, n, s in lines), sum(n * s.calls for _, n, s in lines)


def _lines(numbers: Numbers, assumptions: Assumptions) -> list[tuple[str, int, Saved]]:
    days = assumptions.within_days
    followed = sum(n for key, n in numbers.keys(LED).items() if within(key.partition(".")[2], days))
    return [
        ("Trả lời, tra cứu về hồ sơ", numbers.of(MESSAGES, "dossier"), assumptions.status),
        ("Trả lời về thủ tục", numbers.of(PROCEDURE), assumptions.procedure),
        (f"Việc đã làm trong {days} ngày sau khi nhắc", followed, assumptions.reminder),
    ]


def speed(numbers: Numbers) -> Table:
    """How long answers took."""
    now, before = numbers.keys(SPEED), numbers.keys_before(SPEED)
    rows = tuple(
        (title, percentile(now, part), percentile(before, part))
        for title, part in (("Một nửa số tin trong vòng", 0.5), ("95 % số tin trong vòng", 0.95))
    )
    columns = (Column("Trả lời", "text"), Column("Kỳ này", "ms"), Column("Kỳ trước", "ms"))
    note = (
        "Thời gian máy soạn câu trả lời, chưa gồm thời gian nền tảng chuyển tin; làm tròn đến bậc gần nhất."
    )
    return Table("toc-do", "Thời gian trả lời", note, columns, rows if sum(now.values()) else ())


def defined(numbers: Numbers, definitions: Sequence[Definition]) -> list[Table]:
    """A table for each measure that other subjects add."""
    return [_defined(numbers, one) for one in definitions]


def _defined(numbers: Numbers, one: Definition) -> Table:
    keys = numbers.keys(one.name)
    rows: tuple[tuple[Value, ...], ...] = ()
    columns: tuple[Column, ...]
    if one.how == "spread":
        columns = (Column(one.title, "text"), Column("Thời gian", "ms"))
        parts = (("Một nửa trong vòng", 0.5), ("95 % trong vòng", 0.95))
        rows = tuple((title, percentile(keys, part)) for title, part in parts) if keys else ()
    elif one.how == "mean":
        columns = (Column(one.title, "text"), Column("Số lượt"), Column("Trung bình", "decimal"))
        sums = {key: numbers.now[one.name, key] for key in sorted(keys)}
        rows = tuple((_called(one, key), n, total / n if n else None) for key, (n, total) in sums.items())
    else:
        columns = (Column(one.title, "text"), Column("Số lượt", drawn=True))
        rows = tuple((_called(one, key), count) for key, count in sorted(keys.items(), key=lambda k: -k[1]))
    name = one.name.replace("_", "-")
    return Table(name, one.title, one.note, columns, rows, "bar" if one.how == "count" else None)


def _called(one: Definition, key: str) -> str:
    return (one.keys or {}).get(key, key) or one.title
