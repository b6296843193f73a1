"""Tables about what was sent first and what it led to. Pure."""

from __future__ import annotations

from collections import defaultdict

from core.figures import wording
from core.figures.names import FINISHED, LED, NOTICE, REMINDED, SENT, within
from core.figures.numbers import Numbers
from core.figures.sheet import Column, Table, share

_FAILED = ("failed", "gone")
_NOT_SENT = ("dropped", "expired")
_COLUMNS = (
    Column("Đã gửi", drawn=True),
    Column("Chưa rõ đã đến"),
    Column("Không gửi được", drawn=True),
    Column("Không cần gửi nữa"),
)


def tables(numbers: Numbers, within_days: int) -> list[Table]:
    """All of them."""
    return [_sent(numbers), _led(numbers, within_days), _notices(numbers)]


def _sent(numbers: Numbers) -> Table:
    by_kind = _by_state(numbers.keys(SENT))
    rows = tuple((wording.KINDS[kind], *_states(by_kind[kind])) for kind in wording.KINDS if kind in by_kind)
    note = (
        "“Không cần gửi nữa”: hồ sơ đã chuyển bước, người dân đã tắt loại nhắc đó, hoặc quá hạn gửi. "
        "“Đã gửi” nghĩa là nền tảng đã nhận; hệ thống không biết người dân đã đọc chưa."
    )
    columns = (Column("Loại", "text"), *_COLUMNS)
    return Table("nhac", "Nhắc việc đã gửi", note, columns, rows, "stacked")


def _led(numbers: Numbers, days: int) -> Table:
    found = numbers.keys(LED)
    rows = []
    for moved, title in wording.MOVED.items():
        keys = {k.partition(".")[2]: n for k, n in found.items() if k.startswith(f"{moved}.")}
        soon = sum(n for key, n in keys.items() if within(key, days))
        later = sum(n for key, n in keys.items() if key.startswith("d") and not within(key, days))
        reminded = numbers.of(REMINDED, moved)
        if reminded or keys:
            after = share(soon, soon + later)
            rows.append((title, reminded, soon, later, keys.get("none", 0), after))
    columns = (
        Column("Việc", "text"),
        Column("Lượt hồ sơ được nhắc", drawn=True),
        Column(f"Đã làm trong {days} ngày", drawn=True),
        Column(f"Đã làm sau {days} ngày"),
        Column("Đã làm khi chưa nhắc"),
        Column(f"Tỷ lệ làm trong {days} ngày", "percent"),
    )
    note = (
        f"{wording.ONLY_FOLLOWED} Số ngày tính từ tin nhắc gần nhất về đúng việc đó đến lúc cổng cho biết đã xong; "
        "tỷ lệ tính trên các hồ sơ đã làm sau khi được nhắc. Làm sau khi được nhắc chưa chắc là nhờ nhắc."
    )
    return Table("sau-nhac", "Sau khi nhắc", note, columns, tuple(rows), "bar")


def _notices(numbers: Numbers) -> Table:
    by_subject = _by_state(numbers.keys(NOTICE))
    rows = tuple(
        (wording.notice(subject), *_states(states), share(states.get("sent", 0), sum(states.values())))
        for subject, states in sorted(by_subject.items(), reverse=True)
    )
    columns = (Column("Thông báo", "text"), *_COLUMNS, Column("Tỷ lệ đã gửi", "percent"))
    note = "Thông báo cán bộ gửi cho nhiều người; tính theo ngày gửi xong. Hệ thống không biết người dân đã đọc chưa."
    return Table("thong-bao", "Thông báo đến được bao nhiêu người", note, columns, rows)


def finished(numbers: Numbers) -> Table:
    """Dossiers that were finished in the period, against their day of return."""
    counts, whole = numbers.keys(FINISHED), numbers.of(FINISHED)
    rows = tuple(
        (title, counts[key], share(counts[key], whole))
        for key, title in wording.FINISHED.items()
        if counts.get(key)
    )
    columns = (Column("Giải quyết xong", "text"), Column("Hồ sơ", drawn=True), Column("Tỷ lệ", "percent"))
    return Table("dung-hen", "Hồ sơ giải quyết xong", wording.ONLY_FOLLOWED, columns, rows, "bar")


def _by_state(counts: dict[str, int]) -> dict[str, dict[str, int]]:
    """Counts of ``kind.state`` by kind."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for key, count in counts.items():
        kind, _, state = key.rpartition(".")
        found[kind][state] = count
    return found


def _states(states: dict[str, int]) -> tuple[int, int, int, int]:
    return (
        states.get("sent", 0),
        states.get("unknown", 0),
        sum(states.get(s, 0) for s in _FAILED),
        sum(states.get(s, 0) for s in _NOT_SENT),
    )
