"""Tables about dossiers and how people found their handling. Pure."""

from __future__ import annotations

from collections import defaultdict

from core.figures import wording
from core.figures.model import NO_OFFICE
from core.figures.names import RATING
from core.figures.numbers import Numbers
from core.figures.sheet import Column, Table, Value, share

_WHOLE = "Tất cả"


def tables(numbers: Numbers, least: int) -> list[Table]:
    """All of them.

    Args:
        least: fewer ratings than this are not shown.
    """
    return [_standing(numbers), _ratings(numbers, least)]


def _standing(numbers: Numbers) -> Table:
    """One row an office, those with late dossiers first; the whole at the end."""
    by_office: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (office, key), count in numbers.standing.items():
        by_office[office][key] += count
    rows = [_office(numbers, office, counts) for office, counts in by_office.items()]
    rows.sort(key=lambda row: (-int(str(row[-2])), str(row[0])))
    if len(rows) > 1:
        whole = [sum(int(str(row[n])) for row in rows) for n in range(1, len(rows[0]))]
        rows.append((_WHOLE, *whole))
    columns = (
        Column("Nơi tiếp nhận", "text"),
        *(Column(title) for title in wording.STANDING),
        Column("Khác"),
        Column("Trong đó trễ hẹn", drawn=True),
        Column("Tổng"),
    )
    on = f"Ngày {numbers.stood_on:%d/%m/%Y}. " if numbers.stood_on else ""
    note = f"{on}{wording.ONLY_FOLLOWED} Không chia theo kênh."
    return Table("ho-so", "Hồ sơ theo nơi tiếp nhận", note, columns, tuple(rows), "bar")


def _office(numbers: Numbers, office: int, counts: dict[str, int]) -> tuple[Value, ...]:
    by_state: dict[int, int] = defaultdict(int)
    for key, count in counts.items():
        by_state[int(key.partition(".")[0])] += count
    shown = [sum(by_state.pop(int(s), 0) for s in states) for states in wording.STANDING.values()]
    late = sum(count for key, count in counts.items() if key.endswith(".late"))
    name = wording.NO_OFFICE if office == NO_OFFICE else numbers.offices.get(office, f"Nơi số {office}")
    return (name, *shown, sum(by_state.values()), late, sum(counts.values()))


def late(numbers: Numbers) -> int:
    """How many dossiers were late on the last day that was counted."""
    return sum(count for (_, key), count in numbers.standing.items() if key.endswith(".late"))


def followed(numbers: Numbers) -> int:
    """How many dossiers had not ended on that day."""
    return sum(count for (_, key), count in numbers.standing.items() if not key.endswith(".ended"))


def mean_rating(numbers: Numbers, least: int) -> float | None:
    """The mean of the ratings; None where there are too few."""
    sums = [one for (name, _), one in numbers.now.items() if name == RATING]
    count = sum(number for number, _ in sums)
    return sum(total for _, total in sums) / count if count >= least else None


def _ratings(numbers: Numbers, least: int) -> Table:
    counts, whole = numbers.keys(RATING), numbers.of(RATING)
    rows = (
        tuple(
            (f"{n} điểm", counts.get(str(n), 0), share(counts.get(str(n), 0), whole)) for n in range(5, 0, -1)
        )
        if whole >= least
        else ()
    )
    columns = (Column("Điểm", "text"), Column("Lượt đánh giá", drawn=True), Column("Tỷ lệ", "percent"))
    note = (
        "Người dân chấm từ 1 đến 5 sau khi nhận kết quả, qua trợ lý; chỉ người đã lưu hồ sơ được mời. "
        f"Dưới {least} lượt thì không hiện, để không nhận ra ai."
    )
    empty = f"Chưa đủ {least} lượt đánh giá trong thời gian này."
    return Table("hai-long", "Mức độ hài lòng", note, columns, rows, "bar", empty)
